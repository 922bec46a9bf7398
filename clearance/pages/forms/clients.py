"""Forms of a client's own fields, and the filters of the list of clients."""

from datetime import date
from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError

from clearance.pages.forms.base import Day, PageForm, Phone, Text
from clearance.pages.status import WORDS
from clearance.people.identity import phone_words
from clearance.people.models import Client, Studio
from clearance.people.queries import namesake, trainers_of

QUIET = {"autocomplete": "off", "spellcheck": "false"}
OPENS = ("in_force", "restrictions", "ending_soon", "not_needed")
STATES = [
    ("", "Any state"),
    (
        "Gate open",
        [
            ("open", "Any that is open"),
            *((slug, WORDS[slug][0]) for slug in OPENS),
            ("ending_later", "Ending within 30 days"),
        ],
    ),
    (
        "Gate shut",
        [
            ("shut", "Any that is shut"),
            ("needs_you", "Your studio's move"),
            ("asked", "The physician's move"),
            *((slug, WORDS[slug][0]) for slug in WORDS if slug not in OPENS),
        ],
    ),
    (
        "Blocked because",
        [
            ("no_physician", "No physician is named"),
            ("unverified", "The contact is not verified"),
            ("no_consent", "No consent is in force"),
            ("to_ask", "The physician is to be asked"),
            ("not_yet", "The clearance has yet to begin"),
        ],
    ),
]
LARGEST_ID = 2**63 - 1


class Email(forms.EmailField):
    """An e-mail address that may be left out."""

    def __init__(self, **kwargs: Any) -> None:
        sentence = "Enter an e-mail address, as name@example.org."
        widget = forms.EmailInput(attrs={"autocomplete": "off"})
        super().__init__(required=False, max_length=254, widget=widget, error_messages={"invalid": sentence}, **kwargs)


class PlaceForm(PageForm):
    """Filters of a list by name that is turned page by page; `place` says where the page starts."""

    after = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    before = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)

    @property
    def status(self) -> int:
        return 200 if self.is_valid() else 422

    @property
    def place(self) -> dict[str, Any]:
        return {name: self.cleaned_data.get(name) for name in ("after", "before")}


class ClientFilter(PlaceForm):
    """What the list of clients is narrowed to."""

    q = forms.CharField(
        label="Name, e-mail or phone", required=False, max_length=120, widget=forms.TextInput(attrs=QUIET)
    )
    trainer: Any = forms.ModelChoiceField(label="Trainer", queryset=None, required=False, empty_label="Every trainer")
    state = forms.ChoiceField(label="State", choices=STATES, required=False)
    archived = forms.BooleanField(label="Archived", required=False)

    def __init__(self, *args: Any, studio: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["trainer"].queryset = trainers_of(studio)  # type: ignore[attr-defined]
        self.fields["trainer"].label_from_instance = str_of_user  # type: ignore[attr-defined]
        self.helper.layout = Layout("q", "trainer", "state", "archived")

    @property
    def narrows(self) -> bool:
        """Say whether anything but the archive is filtered."""
        return any(self.data.get(name) for name in ("q", "trainer", "state"))


def str_of_user(membership: Any) -> str:
    """Name a member without the role."""
    return str(membership.user)


class ClientForm(PageForm):
    """A client's own fields. A second client of the same name and day of birth takes a tick."""

    name = forms.CharField(
        max_length=120, widget=forms.TextInput(attrs=QUIET), error_messages={"required": "Enter the name."}
    )
    born = Day(label="Date of birth", error_messages={"required": "Enter the date of birth."})
    trainer: Any = forms.ModelChoiceField(
        label="Primary trainer",
        queryset=None,
        empty_label="Choose a trainer",
        error_messages={"required": "Choose a trainer."},
    )
    email = Email(label="E-mail")
    phone = Phone(required=False, help_text="With the country code if it is abroad, as +44 20 7946 0018.")
    emergency_name = forms.CharField(
        label="Who to call", max_length=120, required=False, widget=forms.TextInput(attrs=QUIET),
        help_text="Name, and who they are to the client.",
    )  # fmt: skip
    emergency_phone = Phone(label="Their phone", required=False)
    goals = Text(required=False, help_text="What the client trains for, in their own words.")
    notes = Text(required=False, help_text="For you and your colleagues. Physicians do not see this.")

    def __init__(self, *args: Any, studio: Studio, on: date, client: Client | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.studio, self.on, self.client = studio, on, client
        self.fields["trainer"].queryset = trainers_of(studio.pk)  # type: ignore[attr-defined]
        if client is not None:
            self.fields[
                "name"
            ].help_text = "Another name or date of birth shuts the gate until the physician signs again."
        self.fields["trainer"].label_from_instance = str_of_user  # type: ignore[attr-defined]
        self.fields["born"].widget.attrs["max"] = on.isoformat()
        self.who = Fieldset("Who it is", "name", "born", "trainer")
        self.helper.layout = Layout(
            self.who,
            Fieldset("How to reach them", "email", "phone"),
            Fieldset("In an emergency", "emergency_name", "emergency_phone"),
            Fieldset("Training", "goals", "notes"),
        )
        if "another" in self.data:
            self._offer_another()

    def clean_born(self) -> date:
        born: date = self.cleaned_data["born"]
        if born > self.on:
            raise ValidationError("This day is in the future.")
        return born

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        another = data.pop("another", False)
        if self.client is None and not another and data.get("name") and data.get("born"):
            self._check_namesake(data["name"], data["born"])
        return data

    def _check_namesake(self, name: str, born: date) -> None:
        known = namesake(self.studio.pk, name=name, born=born)
        if known:
            where = "among the archived clients" if known.archived_at else "on your list"
            self._offer_another()
            self.add_error("name", f"A client of this name, born on this day, is {where} already.")

    def _offer_another(self) -> None:
        if "another" in self.fields:
            return
        self.who.fields.insert(2, "another")
        self.fields["another"] = forms.BooleanField(label="This is somebody else with the same name", required=False)


def values_of(client: Client) -> dict[str, Any]:
    """Return what a form starts with for a client."""
    values = {name: getattr(client, name) for name in ClientForm.base_fields}
    phones = {name: phone_words(values[name]) if values[name] else "" for name in ("phone", "emergency_phone")}
    return values | phones
