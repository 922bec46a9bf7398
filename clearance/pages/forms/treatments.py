"""Forms about a treatment course: how it is planned, and how it ended."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clearance.anatomy.areas import site_pairs, site_words, sites, sites_by_region
from clearance.anatomy.bodymap import BodyMap, body_map
from clearance.injuries.courses import FARTHEST_PLAN
from clearance.injuries.models import CourseEnd, CourseTemplate, TreatmentCourse
from clearance.injuries.queries import performers
from clearance.injuries.templates import KEPT
from clearance.pages.forms.base import Day, PageForm, Text
from clearance.people.models import Client

FROM_THE_LIST = "Choose places from the list."
ENDS_A_CLEARANCE = "A clearance that does not hold through the course ends at the start of this day."


class Sites(forms.MultipleChoiceField):
    """Places on the body. The list is what is saved; a picture above it ticks it."""

    def __init__(self, **kwargs: Any) -> None:
        said = {"invalid_choice": FROM_THE_LIST, "invalid_list": FROM_THE_LIST}
        super().__init__(
            choices=sites_by_region(),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            error_messages=said,
            **kwargs,
        )

    def clean(self, value: Any) -> list[str]:
        chosen = set(super().clean(value))
        return [slug for slug, _ in sites() if slug in chosen]


class SitesForm(PageForm):
    """A form with `sites`, and what the picture and the fold around the list show of it."""

    @property
    def ticked(self) -> list[str]:
        """The places that are ticked now, posted or beforehand."""
        said = set(self["sites"].value() or [])
        return [slug for slug, _ in sites() if slug in said]

    @property
    def picture(self) -> BodyMap:
        return body_map(site_pairs(self.ticked))

    @property
    def where(self) -> str:
        return site_words(self.ticked)


class NextDay(Day):
    """The day for which a session is planned; the range is the domain's to check."""

    def limit(self, on: date) -> None:
        """Let the browser's calendar offer what can be planned."""
        self.widget.attrs |= {"min": on.isoformat(), "max": (on + FARTHEST_PLAN).isoformat()}


class CourseForm(SitesForm):
    """What is recorded of a course. `course` is the one that changes, None for a new one."""

    kind = forms.ChoiceField(
        label="Kind of treatment", choices=[("", "Choose the kind"), *TreatmentCourse.Kind.choices],
        error_messages={"required": "Choose the kind of treatment."},
    )  # fmt: skip
    agent = forms.CharField(
        max_length=80, required=False, label="What is injected or used", help_text="If the physician said so."
    )
    physician: Any = forms.ModelChoiceField(
        queryset=None, required=False, label="Who performs it", empty_label="Somebody else, or not known",
        error_messages={"invalid_choice": "Choose a physician of this client's care team."},
    )  # fmt: skip
    performed_by = forms.CharField(
        max_length=120, required=False, label="Or who it is, in words", help_text="Where it is nobody of the care team."
    )
    planned_sessions = forms.IntegerField(
        min_value=1, max_value=100, required=False, label="Planned sessions", help_text="Empty when it is open-ended."
    )
    interval_days = forms.IntegerField(
        min_value=1, max_value=365, required=False, label="Days between", help_text="As the physician plans."
    )
    aftercare = Text(required=False, label="Aftercare", help_text="The physician's words. The app adds none.")
    medicines = Text(
        required=False, label="Medicines to avoid", rows=2, help_text="The physician's words. The app adds none."
    )
    sites = Sites(label="Where is it treated?", help_text="Tick none where it is the place of the injury itself.")

    def __init__(self, *args: Any, client: Client, course: TreatmentCourse | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["physician"].queryset = performers(client.pk, course)  # type: ignore[attr-defined]

    def clean_performed_by(self) -> str:
        words: str = self.cleaned_data["performed_by"]
        if words and self.cleaned_data.get("physician"):
            raise ValidationError("Choose a physician, or say in words who it is: not both.")
        return words


class NewCourseForm(CourseForm):
    """A series of treatments of one injury that begins. `injuries` are (id, words) of the open ones."""

    injury = forms.TypedChoiceField(
        label="Which injury is treated?", coerce=int, widget=forms.RadioSelect,
        error_messages={"required": "Choose the injury.", "invalid_choice": "Choose one of these injuries."},
    )  # fmt: skip
    next_on = NextDay(
        required=False, label="First session planned for",
        help_text=f"Empty when no day is known. {ENDS_A_CLEARANCE}",
    )  # fmt: skip
    keep_as = forms.CharField(
        max_length=80, required=False, label="Name of the template",
        help_text="As “Lower back, usual course”. Without a name none is kept. The next course can start from it.",
    )  # fmt: skip

    def __init__(self, *args: Any, injuries: list[tuple[int, str]], on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["injury"].choices = injuries  # type: ignore[attr-defined]
        self.fields["next_on"].limit(on)  # type: ignore[attr-defined]

    def clean_keep_as(self) -> str:
        name: str = self.cleaned_data["keep_as"]
        if name and not self.cleaned_data.get("physician"):
            raise ValidationError("A template belongs to a physician. Choose who performs it, or leave this empty.")
        return name


def of_template(template: CourseTemplate) -> dict[str, Any]:
    """Return what a form starts from under a template."""
    return {name: getattr(template, name) for name in KEPT} | {"physician": template.physician_id}


def of_course(course: TreatmentCourse, names: Iterable[str]) -> dict[str, Any]:
    """Return what is recorded of a course, by the names of a form's fields."""
    return {name: getattr(course, name) for name in names} | {"physician": course.physician_id}


class EndForm(PageForm):
    """How and when a course ended."""

    kind = forms.ChoiceField(
        choices=[
            (CourseEnd.Kind.CONCLUDED, "Concluded, as the physician planned it"),
            (CourseEnd.Kind.STOPPED, "Stopped before that"),
        ],
        widget=forms.RadioSelect, label="How did it end?",
        error_messages={"required": "Choose how it ended.", "invalid_choice": "Choose one of these."},
    )  # fmt: skip
    ended_on = Day(label="On which day?", error_messages={"required": "Enter the day."})
    reason = Text(
        max_length=300,
        rows=2,
        required=False,
        label="Why?",
        help_text="Needed where it was stopped: what was said, and by whom.",
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"ended_on": on}, **kwargs)
        self.fields["ended_on"].widget.attrs["max"] = on.isoformat()


def later(day: date, days: int | None) -> date | None:
    """Return the day so many days later, None without a number."""
    return day + timedelta(days=days) if days else None
