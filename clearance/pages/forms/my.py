"""The forms behind a client's personal link, in the client's own words."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms import BoundField

from clearance.checkins.models import CheckIn
from clearance.checkins.scales import EFFORT, Load, Strength
from clearance.checkins.symptoms import ANSWERS, Symptom
from clearance.pages.forms.answer import CodeForm
from clearance.pages.forms.base import PageForm, Text

NONE, SOME = "none", "some"
NOT_SAID = ("", "Not said")
TEN = [(one, str(one)) for one in range(11)]


class OwnCodeForm(CodeForm):
    """The access code, and whether this device is the client's own."""

    remember = forms.BooleanField(
        label="This is my own device: remember the code here for 30 days", required=False,
        help_text="Leave it empty on a device that others use. The code is then asked for again after an hour.",
    )  # fmt: skip


def _of_ten(label: str, **more: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=[NOT_SAID, *TEN], coerce=int, empty_value=None, required=False,
        error_messages={"invalid_choice": "Choose a number from 0 to 10."}, **more,
    )  # fmt: skip


class OwnCheckInForm(PageForm):
    """How the client is today. Nothing is chosen beforehand. `injuries` are (id, words) of the open ones."""

    injury = forms.TypedChoiceField(
        label="What is this about?", coerce=int, widget=forms.RadioSelect,
        error_messages={"required": "Choose what this is about.", "invalid_choice": "Choose one of these."},
    )  # fmt: skip
    pain_now = forms.TypedChoiceField(
        label="Pain now", choices=TEN, coerce=int, widget=forms.RadioSelect,
        help_text="0 is no pain, 10 is the worst pain that you can think of.",
        error_messages={"required": "Choose a number from 0 to 10.", "invalid_choice": "Choose a number from 0 to 10."},
    )  # fmt: skip
    strength = forms.TypedChoiceField(
        label="Strength or control there, against the other side", choices=Strength.choices, coerce=int,
        widget=forms.RadioSelect, help_text="Where there is no other side: against before it was hurt.",
        error_messages={"required": "Choose how strong it is.", "invalid_choice": "Choose one of these."},
    )  # fmt: skip
    any_symptom = forms.ChoiceField(
        label="Have you had any of these since your last check-in?", widget=forms.RadioSelect,
        choices=[(NONE, "None of these"), (SOME, "Yes, or I am not sure: I mark which")],
        error_messages={"required": "Read the list, then choose one.", "invalid_choice": "Choose one of these."},
    )  # fmt: skip
    pain_worst = _of_ten("Worst pain since your last check-in")
    pain_session = _of_ten("Pain during your last session")
    pain_morning = _of_ten("Pain on the morning after it")
    effort = forms.TypedChoiceField(
        label="How hard was your last session?", coerce=int, empty_value=None, required=False,
        choices=[NOT_SAID, *((one, f"{one} {word}") for one, word in enumerate(EFFORT))],
        error_messages={"invalid_choice": "Choose a number from 0 to 10."},
    )  # fmt: skip
    load = forms.ChoiceField(
        label="Was there more or less to lift than the time before?", choices=[NOT_SAID, *Load.choices], required=False,
        error_messages={"invalid_choice": "Choose one of these."},
    )  # fmt: skip
    note = Text(label="Anything else", required=False, max_length=1000, rows=2)

    def __init__(self, *args: Any, injuries: list[tuple[int, str]], symptoms: Iterable[Symptom], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked, self.injuries = tuple(symptoms), injuries
        self.fields["injury"].choices = injuries  # type: ignore[attr-defined]
        if len(injuries) < 2:
            del self.fields["injury"]
        for one in self.asked:
            self.fields[f"symptom_{one.slug}"] = forms.ChoiceField(
                label=one.words, required=False, widget=forms.RadioSelect,
                choices=[("no", "No"), ("yes", "Yes"), ("unsure", "Not sure")],
                error_messages={"invalid_choice": "Choose no, yes or not sure."},
            )  # fmt: skip

    @property
    def checklist(self) -> list[BoundField]:
        """The fields of the symptoms, most urgent first."""
        return [self[f"symptom_{one.slug}"] for one in self.asked]

    def clean(self) -> dict[str, Any]:
        """An answer that says both is asked again, so that nothing urgent is lost in it."""
        said = self.cleaned_data.get("any_symptom")
        if said == NONE and self.marked:
            self.add_error(
                "any_symptom", "You marked something below. Choose “Yes, or I am not sure”, or answer no there."
            )
        if said == SOME and not self.marked:
            self.add_error("any_symptom", "Mark below which, with yes or not sure.")
        return self.cleaned_data

    @property
    def marked(self) -> dict[str, str]:
        """What was answered with yes or not sure, by slug."""
        given = ((one.slug, self.cleaned_data.get(f"symptom_{one.slug}")) for one in self.asked)
        return {slug: said for slug, said in given if said in ANSWERS}

    @property
    def about(self) -> int | None:
        """The injury that was chosen, or the only one, or None."""
        chosen: int | None = self.cleaned_data.get("injury")
        return chosen or (self.injuries[0][0] if len(self.injuries) == 1 else None)

    @property
    def told(self) -> dict[str, Any]:
        """What was told, as `record_check_in` takes it."""
        names = {field.name for field in CheckIn._meta.get_fields()} - {"injury"}
        return {name: value for name, value in self.cleaned_data.items() if name in names} | {"symptoms": self.marked}


class OwnWithdrawForm(PageForm):
    """A consent ends without a reason, too."""

    reason = Text(
        label="Anything you want to say about it", required=False, max_length=250, rows=2,
        help_text="No reason is needed.",
    )  # fmt: skip
