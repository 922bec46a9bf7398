"""Forms about injuries: where and how severe it is, what it is, and why an entry changes."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clearance.anatomy.areas import Area, Side
from clearance.anatomy.tissue import Onset, Severity, Tissue
from clearance.injuries.models import InjuryVersion
from clearance.pages.client_frame import today
from clearance.pages.forms.base import Day, PageForm, Text
from clearance.people.models import Client
from clearance.people.queries import care_team_now

SIDES = [(side.value, side.label.capitalize()) for side in Side]
SEVERITIES = [(level.value, f"{level.value} {level.label.capitalize()}") for level in Severity]
# Shape of ICD-10 and of its national extensions, as ICD-10-CM: letter, two signs, then up to four after the point.
ICD10 = re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?")


class OfClient(PageForm):
    """A form about a client."""

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.client = client


class PlaceForm(OfClient):
    """Where an injury is, how severe, and who supervises it: what the gate reads."""

    area = forms.ChoiceField(
        choices=Area.choices, widget=forms.RadioSelect, label="Where is it?",
        error_messages={"required": "Tap the picture or pick from the list."},
    )  # fmt: skip
    side = forms.ChoiceField(
        choices=SIDES, widget=forms.RadioSelect, label="Which side?",
        help_text="The client's own side, never guessed. “Middle” is for head, neck, chest, back and abdomen.",
        error_messages={"required": "Choose the side. It is never guessed."},
    )  # fmt: skip
    severity = forms.TypedChoiceField(
        choices=SEVERITIES, coerce=int, widget=forms.RadioSelect, label="How severe is it?",
        error_messages={"required": "Choose how severe it is."},
    )  # fmt: skip
    supervised_by: Any = forms.ModelChoiceField(
        queryset=None, required=False, label="Supervising physician", empty_label="Nobody yet",
        help_text="From the care team. Until somebody supervises it, nobody can clear it.",
        error_messages={"invalid_choice": "Choose a physician of this client's care team."},
    )  # fmt: skip

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, client=client, **kwargs)
        self.fields["supervised_by"].queryset = care_team_now(client.pk)  # type: ignore[attr-defined]

    @property
    def place(self) -> list[tuple[str, str]]:
        """The place as it is chosen, for the body picture. A posted form has to be cleaned before."""
        known = self.cleaned_data if self.is_bound else self.initial
        return [(known["area"], known.get("side", ""))] if known.get("area") else []


class DescriptionForm(OfClient):
    """What an injury is: what the gate does not read."""

    tissue = forms.ChoiceField(choices=Tissue.choices, initial=Tissue.UNSPECIFIED, label="What is hurt?")
    onset = forms.ChoiceField(
        choices=Onset.choices, widget=forms.RadioSelect, label="How did it begin?",
        error_messages={"required": "Choose how it began."},
    )  # fmt: skip
    onset_on = Day(required=False, label="Day it began")
    description = Text(
        required=False, label="What happened", help_text="In the client's words. The physician reads it.",
    )  # fmt: skip
    icd10 = forms.CharField(
        required=False, max_length=8, label="ICD-10 code", help_text="Only if the physician gave one, as M54.5.",
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, client=client, **kwargs)
        self.on = today(client.studio)
        self.fields["onset_on"].widget.attrs["max"] = self.on.isoformat()

    def clean_onset_on(self) -> date | None:
        day = self.cleaned_data["onset_on"]
        if day and day > self.on:
            raise ValidationError("This day is in the future.")
        if day and day < self.client.born:
            raise ValidationError("This day is before the client was born.")
        return day

    def clean_icd10(self) -> str:
        code = self.cleaned_data["icd10"].upper()
        if code and not ICD10.fullmatch(code):
            raise ValidationError("Write the code as M54.5: a letter, two digits, a point and what follows.")
        return code


class InjuryForm(DescriptionForm, PlaceForm):
    """A new injury, in one screen."""


class AmendForm(PlaceForm):
    """A change of place, side, severity or supervising physician, with the reason."""

    reason = Text(
        max_length=300, rows=2, label="Why does it change?",
        help_text="The physician reads it. The old values stay readable.",
        error_messages={"required": "Say why the entry changes."},
    )  # fmt: skip

    def __init__(self, *args: Any, version: InjuryVersion, **kwargs: Any) -> None:
        super().__init__(*args, initial=self._present(version), **kwargs)
        physician: Any = self.fields["supervised_by"]
        if version.supervised_by and version.supervised_by not in physician.queryset:
            physician.help_text = (
                f"{version.supervised_by} has left the care team. Choose who supervises this injury now."
            )

    @staticmethod
    def _present(version: InjuryVersion) -> dict[str, Any]:
        return {name: getattr(version, name) for name in ("area", "side", "severity")} | {
            "supervised_by": version.supervised_by_id
        }


class VoidForm(PageForm):
    """Why an entry is void."""

    reason = Text(
        max_length=300, rows=2, label="What was the mistake?",
        help_text="For example: entered for the wrong client. It stays readable.",
        error_messages={"required": "Say what the mistake was."},
    )  # fmt: skip
