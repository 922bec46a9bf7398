"""Forms of the studio: its fields, its policy, its staff."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms

from clearance.pages.forms.base import PageForm, Phone
from clearance.people.models import Evidence, Membership, Policy

POLICIES = (
    (
        Policy.Needs.EVERY_CLIENT,
        "Every client. Nobody’s program is built before their supervising physician has cleared them.",
    ),
    (
        Policy.Needs.INJURED_OR_FLAGGED,
        "From the first injury, treatment, hold or flagged screening answer on. Until one is recorded, a client may "
        "train without a clearance. From then on only a physician’s decision opens the gate.",
    ),
)
EVIDENCE = (
    (Evidence.PAPER, "Paper that a second person has compared, and everything stronger"),
    (Evidence.LINK, "A link with its access code, and everything stronger"),
    (Evidence.PAPER_CALLED_BACK, "Paper that was also confirmed by calling the clinic back, and everything stronger"),
    (Evidence.ACCOUNT, "The physician’s own account, with or without a second factor"),
    (Evidence.SECOND_FACTOR, "Only the physician’s own account with a second factor"),
)
ROLES = (
    (Membership.Role.TRAINER, "Trainer: keeps clients, logs injuries, asks physicians, builds programs."),
    (
        Membership.Role.MANAGER,
        "Manager: all of that, and verifies physicians, voids mistakes, sees the caseload and the trail, and runs the "
        "studio.",
    ),
)
AREAS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
)  # fmt: skip
Zones = list[tuple[str, list[tuple[str, str]]]]


@cache
def zones() -> Zones:
    """Return the time zones by part of the world; aliases without one are left out."""
    found: dict[str, list[tuple[str, str]]] = {area: [] for area in AREAS}
    for zone in sorted(available_timezones()):
        area, _, place = zone.partition("/")
        if area in found:
            found[area].append((zone, place.replace("_", " ").replace("/", ": ")))
    return [("World", [("UTC", "UTC")]), *found.items()]


class OneLine(forms.CharField):
    """A name on one line: line breaks and runs of spaces become one space."""

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(value) or "").split())


class StudioForm(PageForm):
    """A studio's own fields. A time zone that is no longer listed stays choosable while it is in use."""

    name = OneLine(label="Name of the studio", max_length=120)
    phone = Phone(required=False, help_text="With the country code if it is abroad, as +44 20 7946 0018.")
    time_zone = forms.ChoiceField(
        label="Time zone",
        help_text="A clearance ends with its last day in this time zone. Decisions already signed keep theirs.",
    )

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = any(zone == known for _, group in zones() for known, _ in group)
        present: Zones = [] if listed else [("Now", [(zone, zone)])]
        self.fields["time_zone"].choices = present + zones()  # type: ignore[attr-defined]


class PolicyForm(PageForm):
    """Who needs a clearance, and the least evidence of a signature that counts."""

    needs = forms.ChoiceField(label="Who needs a clearance?", choices=POLICIES, widget=forms.RadioSelect)
    least_evidence = forms.TypedChoiceField(
        label="Which signatures count?", choices=EVIDENCE, coerce=int, widget=forms.RadioSelect,
        help_text="From the weakest to the strongest. A clearance on weaker evidence than this opens nothing.",
    )  # fmt: skip


class InviteForm(PageForm):
    """Somebody new on the staff. No role is chosen beforehand."""

    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        help_text="The invitation goes there, and it is the address to sign in with.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": "Enter an e-mail address, as name@example.org."},
    )
    name = OneLine(max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(choices=ROLES, widget=forms.RadioSelect)


class MemberForm(PageForm):
    """Somebody's role, and whether they work here."""

    role = forms.ChoiceField(choices=ROLES, widget=forms.RadioSelect)
    active = forms.TypedChoiceField(
        label="Works here",
        choices=((True, "Yes"), (False, "No. They are signed out of this studio at once.")),
        coerce=lambda value: value == "True",
        widget=forms.RadioSelect,
    )
