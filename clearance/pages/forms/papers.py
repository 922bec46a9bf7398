"""Forms about an answer on paper: filing it, typing it beside the scan, and comparing the two."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from clearance.decisions.models import Decision, Outcome, Paper
from clearance.decisions.statement import day
from clearance.exchange.bounds import MOST_BYTES, Cause
from clearance.injuries.models import InjuryVersion
from clearance.pages.forms.base import Day, PageForm
from clearance.pages.forms.decide import DecisionForm
from clearance.people.identity import phone_words, same_name
from clearance.people.models import Physician

NO_SIGNATURE = "Without a signature the paper is not complete. Send it back to the clinic."
NO_DAY = "Without the day of the signature the paper is not complete. Send it back or call the clinic."
NO_END = "The paper gives no full end date, so it is not complete. Send it back or call the clinic."
NO_ANSWER = "The paper ticks no answer, so it is not complete. Send it back or call the clinic."
SEVERAL = "The paper ticks more than one answer, so it is not complete. Send it back or call the clinic."
INCOMPLETE = {"NO_ANSWER": NO_ANSWER, "SEVERAL": SEVERAL}
NOTHING_TICKED = "If nothing is ticked: no."
ORDER = (
    "outcome", "ends", "valid_from", "valid_until", "covers", "holds_through_course", "rest_days", "restrictions",
    "unlisted", "conditions", "signed", "signed_on", "signed_name", "signed_credential", "signed_licence",
)  # fmt: skip


class PaperForm(PageForm):
    """A scan, a photo or a fax of what the physician signed."""

    how = forms.ChoiceField(
        label="How did it arrive?", choices=Paper.How.choices, widget=forms.RadioSelect,
        error_messages={"required": "Say how the paper arrived."},
    )  # fmt: skip
    file = forms.FileField(
        label="The paper", help_text="PDF, JPEG or PNG, at most 10 MB and 20 pages. Every page has to be readable.",
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
        error_messages={"required": "Choose the scan, photo or fax.", "empty": Cause.EMPTY.value},
    )  # fmt: skip

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse by size before anything is read."""
        sent: UploadedFile[bytes] = self.cleaned_data["file"]
        if (sent.size or 0) > MOST_BYTES:
            raise ValidationError(Cause.TOO_LARGE.value)
        return sent


class TranscriptForm(DecisionForm):
    """What a paper says, word for word. A paper that is not complete cannot be typed: each gap has its own answer."""

    ends = forms.ChoiceField(
        label="How does the paper say until when?", widget=forms.RadioSelect,
        choices=[
            ("DAY", "A full day, month and year"),
            ("SPAN", "Only a span, such as “in 4 weeks”"),
            ("NOTHING", "Nothing"),
        ],
        error_messages={"required": "Say how the paper gives its end."},
    )  # fmt: skip
    signed = forms.ChoiceField(
        label="Is there a signature on the paper?", widget=forms.RadioSelect,
        choices=[("yes", "Yes, signed by hand"), ("no", "No")],
        error_messages={"required": "Look for the signature."},
    )  # fmt: skip
    signed_on = Day(label="Day of the signature", error_messages={"required": NO_DAY})
    signed_name = forms.CharField(
        label="Printed name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Without the printed name the paper is not complete. Call the clinic."},
    )  # fmt: skip
    signed_credential = forms.CharField(label="Credential", max_length=40, required=False)
    signed_licence = forms.CharField(label="Licence number", max_length=40, required=False)

    def __init__(
        self, data: Any = None, *, physician: Physician, injuries: Sequence[InjuryVersion],
        exercises: Mapping[str, str],
    ) -> None:  # fmt: skip
        super().__init__(data, injuries=injuries, exercises=exercises)
        self.physician = physician
        # The letter does not ask for these.
        del self.fields["resolves"], self.fields["re_evaluate_on"]
        self._reword()
        self.order_fields(ORDER)

    def _reword(self) -> None:
        outcome: Any = self.fields["outcome"]
        outcome.label, outcome.error_messages["required"] = "Which answer is ticked?", "Choose what is ticked."
        ticked = [(one.value, one.label) for one in Outcome if one != Outcome.WITHDRAWN]
        outcome.choices = [*ticked, ("NO_ANSWER", "No answer is ticked"), ("SEVERAL", "More than one answer is ticked")]
        holds: Any = self.fields["holds_through_course"]
        holds.choices, holds.help_text = [("yes", "Yes"), ("no", "No, ask again after the next one")], NOTHING_TICKED
        unlisted: Any = self.fields["unlisted"]
        unlisted.label, unlisted.help_text = "Anything not listed", "If nothing is ticked: not allowed."
        unlisted.error_messages["required"] = "Say what the paper ticks for anything not listed."
        self.fields["covers"].help_text = "All that the letter asks about, but those that the paper strikes out."
        self.fields["rest_days"].help_text = "0 if the paper gives none."
        self.fields["conditions"].label = "In the physician's own words"
        self.fields["conditions"].help_text = "Everything written by hand that has no place above, word for word."
        self.fields["valid_until"].error_messages["required"] = "Enter the last day as it stands on the paper."
        self.fields["valid_from"].error_messages["required"] = "Without its first day the paper is not complete."

    @property
    def answers(self) -> list[dict[str, Any]]:
        """The answers of the letter, then the two ways in which a paper has none."""
        sent = self._sent("outcome")
        offered: Any = self.fields["outcome"]
        return [{"value": value, "label": label, "chosen": value == sent} for value, label in offered.choices]

    def clean_outcome(self) -> str:
        said = str(self.cleaned_data["outcome"])
        if said in INCOMPLETE:
            raise ValidationError(INCOMPLETE[said])
        return said

    def clean_signed(self) -> str:
        if self.cleaned_data["signed"] == "no":
            raise ValidationError(NO_SIGNATURE)
        return "yes"

    def clean_signed_name(self) -> str:
        """As printed, with initials or titles: but the last name is the asked physician's."""
        typed = str(self.cleaned_data["signed_name"])
        if not any(same_name(word, self.physician.name) for word in typed.split()):
            raise ValidationError(f"Only {self.physician} can answer this question. Look at the printed name again.")
        return typed

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if not self.opens:
            self.errors.pop("ends", None)
        elif said.get("ends") != "DAY":
            self.errors.pop("valid_until", None)
            if "ends" in said:
                self.add_error("ends", NO_END)
        starts, signed = said.get("valid_from"), said.get("signed_on")
        if self.opens and starts and signed and starts < signed:
            self.add_error("valid_from", "The first day is before the day of the signature. Call the clinic.")
        return said | {"resolves": [], "re_evaluate_on": None}


class CompareForm(PageForm):
    """The second person's ticks, one for every line that was typed."""

    compared = forms.MultipleChoiceField(
        label="As on the paper", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick every line that you compared."},
    )  # fmt: skip
    called_back = forms.CharField(
        label="Confirmed by calling the clinic: spoke with", max_length=120, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, decision: Decision) -> None:
        super().__init__(data)
        self.lines = lines_of(decision)
        ticks: Any = self.fields["compared"]
        ticks.choices = [(name, label) for name, label, _ in self.lines]
        called: Any = self.fields["called_back"]
        number = phone_words(decision.physician.phone)
        called.help_text = f"Call the number in the address book{f', {number}' if number else ''}, none from the paper."

    def clean_compared(self) -> list[str]:
        ticked = list(self.cleaned_data["compared"])
        if len(set(ticked)) < len(self.lines):
            raise ValidationError("Tick every line that you compared.")
        return ticked

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The lines with their ticks."""
        ticked = self["compared"].value() or []
        return [
            {"name": name, "label": label, "value": value, "ticked": name in ticked}
            for name, label, value in self.lines
        ]


class RejectForm(PageForm):
    """What differs from the paper."""

    reason = forms.CharField(
        label="What differs from the paper?", max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say what differs from the paper."},
    )  # fmt: skip


Line = tuple[str, str, str]


def lines_of(decision: Decision) -> list[Line]:
    """Return what was typed from a paper, a line each: name, label, value. Also what the paper must not say."""
    client = decision.client
    return [
        ("patient", "Patient", f"{client.name}, born {day(client.born)}"),
        ("outcome", "The only answer ticked", decision.get_outcome_display()),
        *(_terms(decision) if decision.opens else []),
        ("conditions", "In the physician's own words", decision.conditions or "nothing"),
        ("signature", "Signature", "signed by hand"),
        ("signed_name", "Printed name", decision.signed_name),
        ("signed_credential", "Credential", decision.signed_credential or "nothing"),
        ("signed_licence", "Licence number", decision.signed_licence or "nothing"),
        ("signed_on", "Day of the signature", day(decision.signed_on) if decision.signed_on else "nothing"),
    ]


def _terms(decision: Decision) -> list[Line]:
    covered = [one.words for one in decision.coverage.all()]
    return [
        ("valid_from", "From", day(decision.valid_from) if decision.valid_from else "nothing"),
        ("valid_until", "Until", day(decision.valid_until) if decision.valid_until else "nothing"),
        *([("covers", "Covers", "; ".join(covered) or "no injury")]),
        ("holds", "Holds through further treatment sessions", "yes" if decision.holds_through_course else "no"),
        ("rest_days", "Rest days after each session", str(decision.rest_days or "none")),
        *_limits(decision),
    ]


def _limits(decision: Decision) -> list[Line]:
    limits = sorted(decision.restrictions.all(), key=lambda one: one.position)
    if decision.outcome != Outcome.CLEARED_WITH_RESTRICTIONS:
        return [("restrictions", "Restrictions", "none")]
    unlisted = "allowed within the plan" if decision.unlisted_allowed else "not allowed"
    return [
        *((f"restriction-{one.position}", "Restriction", one.words) for one in limits),
        ("unlisted", "Anything not listed", unlisted),
    ]
