"""Forms of a client's consents."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet

from clearance.pages.forms.base import Day, PageForm, Text
from clearance.pages.forms.physicians import PhysicianChoice
from clearance.people.models import Consent, Physician


def year_from(day: date) -> date:
    """Return the last day of the year that begins on a day."""
    leap = day.month == 2 and day.day == 29
    return day.replace(year=day.year + 1, day=28 if leap else day.day) - timedelta(days=0 if leap else 1)


class ConsentForm(PageForm):
    """To whom, how and how long the client consents."""

    physician = PhysicianChoice(label="To share with")
    how = forms.ChoiceField(
        label="How the client said so",
        choices=Consent.How.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how the client said so."},
    )
    first_day = Day(label="From")
    last_day = Day(label="Until", help_text="The last day, at most a year after the first.")

    def __init__(self, *args: Any, physicians: QuerySet[Physician], on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["physician"].queryset = physicians  # type: ignore[attr-defined]
        self.fields["first_day"].initial, self.fields["last_day"].initial = on, year_from(on)
        self.fields["first_day"].widget.attrs["max"] = on.isoformat()
        self.fields["last_day"].widget.attrs["min"] = on.isoformat()


class WithdrawForm(PageForm):
    """Why a consent ends."""

    reason = Text(
        error_messages={"required": "Write what the client said, as short as you like."},
        label="What the client said",
        max_length=300,
        rows=2,
        help_text="It stays readable on the care team page.",
    )
