"""What the chase board is narrowed to, and the code of a letter."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.db.models import QuerySet

from clearance.decisions.states import Kind
from clearance.pages.forms.base import PageForm
from clearance.pages.forms.clients import QUIET, str_of_user
from clearance.people.models import Membership, Physician

STATES = (
    Kind.DRAFTED, Kind.SENT, Kind.OPENED, Kind.TOLD, Kind.NEEDS_MORE, Kind.BOUNCED, Kind.EXPIRED, Kind.LOCKED,
)  # fmt: skip
MOST_PAGES = 10_000


class ChaseFilter(PageForm):
    """Filters of the board. A clinic is named by one of its physicians: no name stands in the address."""

    SHOWN = ("state", "physician", "clinic", "trainer", "days")

    state = forms.ChoiceField(
        required=False, choices=[("", "Any state"), *((str(one), str(one.label)) for one in STATES)]
    )
    physician = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    clinic = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    trainer: Any = forms.ModelChoiceField(queryset=None, required=False, empty_label="Every trainer")
    days = forms.IntegerField(required=False, min_value=0, max_value=3650, label="Waits longer than, days")
    code = forms.CharField(
        required=False, max_length=20, label="Letter code",
        widget=forms.TextInput(attrs=QUIET | {"placeholder": "K7QM-2R4T"}),
    )  # fmt: skip
    page = forms.IntegerField(required=False, min_value=1, max_value=MOST_PAGES)

    def __init__(
        self, *args: Any, physicians: Sequence[Physician], trainers: QuerySet[Membership], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        clinics = clinics_of(physicians)
        fields: Any = self.fields
        fields["physician"].choices = [("", "Every physician"), *((one.pk, one.name) for one in physicians)]
        fields["clinic"].choices = [("", "Every clinic"), *((pk, name) for name, pk in clinics.items())]
        fields["trainer"].queryset, fields["trainer"].label_from_instance = trainers, str_of_user
        self.named = {pk: name for name, pk in clinics.items()}
        self.helper.layout = Layout(*self.SHOWN)

    def clean_clinic(self) -> str:
        """Return the clinic's name."""
        chosen = self.cleaned_data["clinic"]
        return self.named[chosen] if chosen else ""

    @property
    def status(self) -> int:
        return 200 if self.is_valid() else 422

    @property
    def narrows(self) -> bool:
        """Say whether anything is filtered."""
        return any(self.data.get(name) for name in self.SHOWN)


def clinics_of(physicians: Sequence[Physician]) -> dict[str, int]:
    """Return the clinics by name, each with the id of the physician who stands for it in an address."""
    found: dict[str, int] = {}
    for one in sorted(physicians, key=lambda one: (one.clinic, one.pk)):
        if one.clinic:
            found.setdefault(one.clinic, one.pk)
    return found
