"""The forms behind a client's personal link, in the client's own words."""

from typing import Any

from django import forms

from clearance.checkins.red_flags import TO_CLIENT
from clearance.pages.forms.answer import CodeForm
from clearance.pages.forms.base import PageForm, Text
from clearance.pages.forms.check_ins import NONE, SOME, CheckInForm


class OwnCodeForm(CodeForm):
    """The access code, and whether this device is the client's own."""

    remember = forms.BooleanField(
        label="This is my own device: remember the code here for 30 days", required=False,
        help_text="Leave it empty on a device that others use. The code is then asked for again after an hour.",
    )  # fmt: skip


class OwnCheckInForm(CheckInForm):
    """How the client is today, in the client's words: the same questions as a trainer asks, about no other day."""

    ACTIONS = TO_CLIENT
    LABELS = {
        "injury": "What is this about?",
        "any_new": "Have you had any of these since your last check-in?",
        "pain_worst": "Worst pain since your last check-in",
        "pain_session": "Pain during your last session",
        "effort": "How hard was your last session?",
        "load": "Was there more or less to lift than the time before?",
        "note": "Anything else",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["told_on"]
        for name, label in self.LABELS.items():
            if name in self.fields:
                self.fields[name].label = label
        any_new: Any = self.fields["any_new"]
        any_new.choices = [(NONE, "None of these"), (SOME, "Yes, or I am not sure: I tick which")]


class OwnWithdrawForm(PageForm):
    """A consent ends without a reason, too."""

    reason = Text(
        label="Anything you want to say about it", required=False, max_length=250, rows=2,
        help_text="No reason is needed.",
    )  # fmt: skip
