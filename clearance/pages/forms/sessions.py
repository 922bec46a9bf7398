"""Forms about the sessions of a course: recorded, corrected, planned, called off."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clearance.injuries.models import TreatmentCourse, TreatmentSession
from clearance.pages.forms.base import Day, PageForm, Text
from clearance.pages.forms.treatments import ENDS_A_CLEARANCE, NextDay, Sites, SitesForm, later
from clearance.pages.status import day as in_words


class TookPlaceForm(SitesForm):
    """A session that took place. `on` is today in the studio."""

    performed_on = Day(label="Day of the session", error_messages={"required": "Enter the day."})
    sites = Sites(label="Where?")
    notes = Text(
        max_length=2000, required=False, label="Notes", help_text="What the client or the clinic said, in their words."
    )

    def __init__(self, *args: Any, course: TreatmentCourse, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on, self.born = on, course.injury.client.born
        self.fields["performed_on"].widget.attrs |= {"max": on.isoformat(), "min": self.born.isoformat()}

    def clean_performed_on(self) -> date:
        """A session is recorded once it took place."""
        day: date = self.cleaned_data["performed_on"]
        if day > self.on:
            raise ValidationError("A session is recorded once it took place: not in the future.")
        if day < self.born:
            raise ValidationError("This day is before the client was born.")
        return day


class SessionForm(TookPlaceForm):
    """A session to record, and the next one where a day is known; what is planned stays if none is entered."""

    next_on = NextDay(required=False, label="Next session planned for")

    def __init__(self, *args: Any, course: TreatmentCourse, on: date, planned_on: date | None, **kwargs: Any) -> None:
        super().__init__(*args, course=course, on=on, initial={"performed_on": on, "sites": course.sites}, **kwargs)
        self.days = course.interval_days
        stays = planned_on is not None and planned_on > on
        kept = f"Empty: {in_words(planned_on)} stays planned." if stays and planned_on else "Empty: no day is planned."
        after = later(on, self.days)
        apart = f" {self.days} days after today is {in_words(after)}." if after else ""
        self.fields["next_on"].help_text = f"{kept}{apart} {ENDS_A_CLEARANCE}"
        self.fields["next_on"].limit(on)  # type: ignore[attr-defined]


class CorrectionForm(TookPlaceForm):
    """What was wrong about a session, and why it changes."""

    absent = forms.BooleanField(
        required=False,
        label="It did not take place",
        help_text="Then the day, the places and the notes stay as they are.",
    )
    reason = Text(
        max_length=300, rows=2, label="Why is the entry corrected?",
        help_text="The physician reads it. The old entry stays readable.",
        error_messages={"required": "Say why the entry is corrected."},
    )  # fmt: skip

    def __init__(self, *args: Any, session: TreatmentSession, course: TreatmentCourse, on: date, **kwargs: Any) -> None:
        recorded = {name: getattr(session, name) for name in ("performed_on", "sites", "notes")}
        super().__init__(*args, course=course, on=on, initial=recorded, **kwargs)


class PlanForm(PageForm):
    """The day of the next session. Moving one that is planned has a reason where there is one to tell."""

    next_on = NextDay(label="Day of the next session", error_messages={"required": "Enter the day."})
    because = forms.CharField(
        max_length=250, required=False, label="Why it moves", help_text="As “the clinic is closed”. It stays readable."
    )

    def __init__(self, *args: Any, on: date, planned_on: date | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["next_on"].limit(on)  # type: ignore[attr-defined]
        if planned_on is None:
            del self.fields["because"]


class CallOffForm(PageForm):
    """Why a planned session does not take place."""

    reason = Text(
        max_length=300, rows=2, label="Why is it called off?", help_text="It stays readable.",
        error_messages={"required": "Say why it is called off."},
    )  # fmt: skip
