"""The filters of the trail. They live in the address, so a filtered trail can be bookmarked."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from clearance.pages.forms.base import PageForm
from clearance.people.models import User

KINDS = (
    ("", "Everything"),
    ("client.", "Clients"),
    ("care_team.", "Care teams"),
    ("consent.", "Consents"),
    ("injury.", "Injuries"),
    ("course.", "Treatment courses"),
    ("session.", "Treatment sessions"),
    ("hold.", "Holds"),
    ("physician.", "Physicians and requests"),
    ("decision.", "Decisions"),
    ("program.", "Programs"),
    ("gate.", "Refusals"),
    ("staff.", "Staff"),
    ("studio.", "Studio and policy"),
)
LARGEST = 2**63 - 1


class Number(forms.IntegerField):
    """An id or a line's number in the address."""

    def __init__(self) -> None:
        super().__init__(required=False, min_value=0, max_value=LARGEST, widget=forms.HiddenInput())


class TrailForm(PageForm):
    """Client by name or id, person, kind of action, and where a page begins."""

    q = forms.CharField(label="Client", required=False, max_length=120, widget=forms.SearchInput())
    person: Any = forms.ModelChoiceField(label="Done by", required=False, queryset=None, empty_label="Anybody")
    kind = forms.ChoiceField(label="About", required=False, choices=KINDS)
    client = Number()
    before = Number()
    after = Number()

    def __init__(self, *args: Any, people: QuerySet[User], one_kind: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        if one_kind:
            del self.fields["kind"]

    @property
    def filtered(self) -> bool:
        """Whether anything but the place in the list was asked for."""
        return any(self.data.get(name) for name in ("q", "person", "kind", "client"))

    def clean_person(self) -> int | None:
        """Return the id of the person's user."""
        person = self.cleaned_data["person"]
        return person.pk if person else None
