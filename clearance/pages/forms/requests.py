"""The question to a physician, with the program envelope."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from clearance.anatomy.movements import Phase
from clearance.pages.forms.base import Day, PageForm, Text
from clearance.people.models import Physician


class AskForm(PageForm):
    """Whom to ask and what is planned; the defaults are the mildest program."""

    physician: Any = forms.ModelChoiceField(
        queryset=None, widget=forms.RadioSelect, empty_label=None, label="Whom do you ask?",
        error_messages={
            "required": "Choose a physician.",
            "invalid_choice": "Choose a physician who supervises this client or an open injury.",
        },
    )  # fmt: skip
    modes = forms.CharField(max_length=200, initial="balance, core, light resistance", label="What is planned")
    days_a_week = forms.IntegerField(min_value=1, max_value=7, initial=2, label="Days a week")
    minutes = forms.IntegerField(min_value=5, max_value=240, initial=40, label="Minutes a day")
    top_phase = forms.TypedChoiceField(
        choices=Phase.choices, coerce=int, initial=Phase.STABILIZATION_ENDURANCE, label="Highest phase"
    )
    top_effort = forms.IntegerField(
        min_value=1, max_value=10, initial=5, label="Highest effort", help_text="From 1 to 10. 5 is hard, 10 the most."
    )
    reply_by = Day(required=False, label="Answer by")
    question = Text(required=False, label="Anything else to ask")

    def __init__(self, *args: Any, physicians: QuerySet[Physician], on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.fields["physician"].queryset = physicians  # type: ignore[attr-defined]
        self.fields["reply_by"].widget.attrs["min"] = on.isoformat()

    def clean_reply_by(self) -> date | None:
        day = self.cleaned_data["reply_by"]
        if day and day < self.on:
            raise ValidationError("This day has passed.")
        return day
