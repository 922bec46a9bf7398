"""Forms of the address book."""

from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError

from clearance.pages.forms.base import PageForm, Phone
from clearance.pages.forms.clients import QUIET, Email, PlaceForm
from clearance.people.address_book import fingerprint
from clearance.people.identity import npi_valid, phone_words
from clearance.people.models import Channel, Physician, Studio
from clearance.people.queries import physician_with_licence

HOW = [
    ("called the clinic at a number from that source", "I called the clinic at a number from that source"),
    ("compared with the entry in a public register", "I compared it with the entry in a public register"),
    ("asked at the clinic in person", "I asked at the clinic in person"),
    ("had an answer by letter or fax from the clinic", "I had an answer by letter or fax from the clinic"),
]
REACHED_BY = ("email", "phone", "fax")


class PhysicianChoice(forms.ModelChoiceField):
    """A physician of the address book; the label says when the contact is not verified."""

    def __init__(self, **kwargs: Any) -> None:
        sentences = {"required": "Choose a physician.", "invalid_choice": "Choose a physician from the list."}
        super().__init__(queryset=None, empty_label="Choose a physician", error_messages=sentences, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        words = [f"{obj}, {obj.credential}", *([obj.clinic] if obj.clinic else [])]
        return " · ".join(words if obj.verified else [*words, "not verified yet"])


class PhysicianFilter(PlaceForm):
    """What the address book is narrowed to."""

    q = forms.CharField(label="Name or clinic", required=False, max_length=120, widget=forms.TextInput(attrs=QUIET))
    contact = forms.ChoiceField(
        label="Contact",
        choices=[("", "Verified or not"), ("unverified", "Not verified"), ("verified", "Verified")],
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("q", "contact")

    @property
    def narrows(self) -> bool:
        """Say whether anything is filtered."""
        return any(self.data.get(name) for name in ("q", "contact"))


def _words(label: str, length: int, help_text: str = "", *, required: bool = False) -> forms.CharField:
    sentence = {"required": f"Enter the {label.lower()}."}
    return forms.CharField(
        label=label,
        max_length=length,
        help_text=help_text,
        required=required,
        widget=forms.TextInput(attrs=QUIET),
        error_messages=sentence,
    )


class Clock(forms.TimeInput):
    """A time of day, picked with the browser's clock."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class PhysicianForm(PageForm):
    """A physician's fields."""

    name = _words("Name", 120, "As in “Dr Jane Roe”.", required=True)
    credential = _words("Credential", 40, "As in MD, DO, MBBS.", required=True)
    specialty = _words("Specialty", 80)
    clinic = _words("Clinic", 120)
    licence = _words("Licence number", 40, required=True)
    licence_place = _words("Place of the licence", 60, "State or country, as in Maine.", required=True)
    npi = _words("NPI", 20, "US only: the ten-digit National Provider Identifier.")
    email = Email(label="E-mail", help_text="The physician's own address. Not one of your staff or clients.")
    phone = Phone(required=False)
    fax = Phone(required=False)
    channel = forms.ChoiceField(
        label="Likes to be asked by", required=False,
        choices=[("", "No wish known"), *((one.value, one.label[0].upper() + one.label[1:]) for one in Channel)],
    )  # fmt: skip
    quiet_from = forms.TimeField(label="No mail from", required=False, widget=Clock())
    quiet_until = forms.TimeField(
        label="No mail until", required=False, widget=Clock(), help_text="By the studio’s clock."
    )
    habits = _words("Fees and fax habits", 300, "As in “form fee 25 $, faxes are read on Mondays”.")

    def __init__(self, *args: Any, studio: Studio, physician: Physician | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.studio, self.physician = studio, physician
        self.helper.layout = Layout(
            Fieldset("Who it is", "name", "credential", "specialty", "clinic"),
            Fieldset("The licence", "licence", "licence_place", "npi"),
            Fieldset("How to reach them", *REACHED_BY),
            Fieldset("How they like it", "channel", "quiet_from", "quiet_until", "habits"),
        )

    def clean_npi(self) -> str:
        number = "".join(self.cleaned_data["npi"].replace("-", " ").split())
        if number and not npi_valid(number):
            raise ValidationError(
                "This is no NPI: it has ten digits, starts with 1 or 2, and its last digit checks the others."
            )
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("quiet_from")) != bool(data.get("quiet_until")) and not self.has_error("quiet_from"):
            self.add_error("quiet_until", "Give both times, or none.")
        if not any(data.get(name) or self.has_error(name) for name in REACHED_BY):
            self.add_error("phone", "Give a phone number, a fax number or an e-mail address.")
        if self.physician is None and all(data.get(name) for name in ("name", "licence", "licence_place")):
            self._check_licence(data)
        return data

    def _check_licence(self, data: dict[str, Any]) -> None:
        known = physician_with_licence(
            self.studio.pk, name=data["name"], licence=data["licence"], place=data["licence_place"]
        )
        if known:
            self.add_error("licence", f"{known} is in the address book with this licence already.")


class VerifyForm(PageForm):
    """How a manager checked a contact. `checked` stands for the contact that the manager saw."""

    how = forms.ChoiceField(
        label="How you checked it",
        choices=HOW,
        widget=forms.RadioSelect,
        error_messages={"required": "Say how you checked it."},
    )
    source = _words(
        "Source", 300,
        "Where you found the number or address, as in “Maine Board of Licensure”. Not what the client brought along.",
        required=True,
    )  # fmt: skip
    checked = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, physician: Physician, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present = fingerprint(physician)
        self.fields["checked"].initial = self.present

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("checked", "") != self.present:
            self.data = {**self.data.dict(), "checked": self.present}  # type: ignore[attr-defined]
            self.add_error(None, "The contact has changed since you opened this page. Check what is written now.")
        return data


def values_of(physician: Physician) -> dict[str, Any]:
    """Return what a form starts with for a physician."""
    values = {name: getattr(physician, name) for name in PhysicianForm.base_fields}
    quiet = {name: f"{values[name]:%H:%M}" if values[name] else "" for name in ("quiet_from", "quiet_until")}
    return values | quiet | {name: phone_words(values[name]) if values[name] else "" for name in ("phone", "fax")}
