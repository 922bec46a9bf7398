"""Forms about treatment: a course on an injury, and a session that took place."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clearance.injuries.models import TreatmentCourse
from clearance.pages.forms.base import Day, PageForm, Text
from clearance.people.models import Client
from clearance.people.queries import care_team_now


class CourseForm(PageForm):
    """A series of treatments of one injury. `injuries` are (id, words) of the open ones."""

    injury = forms.TypedChoiceField(
        label="Which injury is treated?", coerce=int, widget=forms.RadioSelect,
        error_messages={"required": "Choose the injury.", "invalid_choice": "Choose one of these injuries."},
    )  # fmt: skip
    kind = forms.ChoiceField(
        label="Kind of treatment", choices=[("", "Choose the kind"), *TreatmentCourse.Kind.choices],
        error_messages={"required": "Choose the kind of treatment."},
    )  # fmt: skip
    agent = forms.CharField(max_length=80, required=False, help_text="What is injected, if the physician said so.")
    physician: Any = forms.ModelChoiceField(
        queryset=None, required=False, label="Who performs it", empty_label="Somebody else, or not known",
        error_messages={"invalid_choice": "Choose a physician of this client's care team."},
    )  # fmt: skip
    planned_sessions = forms.IntegerField(
        min_value=1, max_value=100, required=False, label="Planned sessions", help_text="Empty when it is open-ended."
    )
    interval_days = forms.IntegerField(
        min_value=1, max_value=365, required=False, label="Days between sessions", help_text="As the physician plans."
    )

    def __init__(self, *args: Any, client: Client, injuries: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["injury"].choices = injuries  # type: ignore[attr-defined]
        self.fields["physician"].queryset = care_team_now(client.pk)  # type: ignore[attr-defined]


class SessionForm(PageForm):
    """A session that took place. `on` is today in the studio."""

    performed_on = Day(label="Day of the session", error_messages={"required": "Enter the day."})
    notes = Text(max_length=2000, required=False, help_text="What the client or the clinic said, in their words.")

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"performed_on": on}, **kwargs)
        self.on = on

    def clean_performed_on(self) -> date:
        """A session is recorded once it took place."""
        day: date = self.cleaned_data["performed_on"]
        if day > self.on:
            raise ValidationError("A session is recorded once it took place: not in the future.")
        return day
