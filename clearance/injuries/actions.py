"""Write injuries and holds (treatment: courses.py). Every one of them can only shut the gate."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from clearance.anatomy.areas import side_problem
from clearance.injuries.models import Hold, Injury, InjuryVersion
from clearance.people.actions import in_use, leave_care_team, same_studio, set_supervising
from clearance.people.lock import lock_client
from clearance.people.models import CareTeamMember, Client, Physician, User
from clearance.people.refused import Refused
from clearance.people.trail import last_done, record_for

PLACE = ("area", "side", "severity", "supervised_by")


@transaction.atomic
def log_injury(
    *, client: Client, by: User, area: str, side: str, severity: int, tissue: str, onset: str,
    onset_on: date | None = None, description: str = "", icd10: str = "", supervised_by: Physician | None = None,
    at: datetime | None = None,
) -> Injury:  # fmt: skip
    """Log an injury. The gate stays shut until a decision covers it. Raises Refused."""
    client = in_use(lock_client(client.pk, at=at))
    _check_place(client, area, side, supervised_by)
    place = {"area": area, "side": side, "severity": severity, "supervised_by": supervised_by}
    sent_before = _sent_before(client, by, place, {"tissue": tissue, "onset": onset, "description": description})
    if sent_before:
        return sent_before
    injury = Injury.objects.create(
        client=client, tissue=tissue, onset=onset, onset_on=onset_on, description=description, icd10=icd10,
        by=by, created_at=client.changed_at,
    )  # fmt: skip
    version = InjuryVersion.objects.create(injury=injury, number=1, by=by, since=client.changed_at, **place)
    record_for(
        client, "injury.logged", f"{by} logged an injury: {version}, {version.severity_word}.", by=by, injury=injury.pk
    )
    return injury


def _sent_before(client: Client, by: User, place: dict[str, Any], words: dict[str, Any]) -> Injury | None:
    """Return the injury that the first of two clicks has logged."""
    lately = last_done(client, "injury.logged", by=by).get("injury", 0)
    same = {f"versions__{name}": value for name, value in place.items()} | words
    return Injury.objects.filter(pk=lately, client=client, voided_at=None, versions__number=1, **same).first()


@transaction.atomic
def amend_injury(*, injury: Injury, by: User, reason: str, at: datetime | None = None, **place: Any) -> InjuryVersion:
    """Change an injury's place, side, severity or supervising physician. The old value stays readable.

    Raises Refused when nothing changes, when no reason is given and when the injury is void.
    """
    client = in_use(lock_client(injury.client_id, at=at))
    injury = Injury.objects.get(pk=injury.pk)
    current = InjuryVersion.objects.get(injury=injury, until=None)
    new = {name: place.get(name, getattr(current, name)) for name in PLACE}
    if injury.voided_at:
        raise Refused("This entry is void.")
    if all(getattr(current, name) == value for name, value in new.items()):
        raise Refused("Nothing is different from what is recorded.")
    if not reason.strip():
        raise Refused("Say why the entry changes. The physician reads it.", field="reason")
    _check_place(client, new["area"], new["side"], new["supervised_by"])
    return _next_version(client, current, by, reason, new)


def _next_version(client: Client, current: InjuryVersion, by: User, reason: str, new: dict[str, Any]) -> InjuryVersion:
    current.until = client.changed_at
    current.save(update_fields=["until"])
    version = InjuryVersion.objects.create(
        injury_id=current.injury_id, number=current.number + 1, by=by, reason=reason, since=client.changed_at, **new
    )
    was, now_is = (
        f"{one}, {one.severity_word}, supervised by {one.supervised_by or 'nobody'}" for one in (current, version)
    )
    sentence = f"{by} amended an injury: {was}; now {now_is}."
    record_for(client, "injury.amended", sentence, by=by, injury=current.injury_id, why=reason)
    return version


def _check_place(client: Client, area: str, side: str, physician: Physician | None) -> None:
    problem = side_problem(area, side)
    if problem:
        raise Refused(problem, field="side")
    if physician:
        same_studio(client, physician)
        if not CareTeamMember.objects.filter(client=client, physician=physician, until=None).exists():
            raise Refused(f"{physician} is not on the care team of {client} yet.", field="supervised_by")


@transaction.atomic
def describe_injury(
    *, injury: Injury, by: User, tissue: str, onset: str, onset_on: date | None, description: str, icd10: str
) -> None:
    """Change what the gate does not read: tissue, onset, description and code. Raises Refused for a void entry."""
    client = in_use(lock_client(injury.client_id))
    injury = Injury.objects.get(pk=injury.pk)
    if injury.voided_at:
        raise Refused("This entry is void.")
    injury.tissue, injury.onset, injury.onset_on = tissue, onset, onset_on
    injury.description, injury.icd10 = description, icd10
    injury.save(update_fields=["tissue", "onset", "onset_on", "description", "icd10"])
    record_for(client, "injury.described", f"{by} changed the description of an injury.", by=by, injury=injury.pk)


@transaction.atomic
def void_injury(*, injury: Injury, by: User, reason: str, at: datetime | None = None) -> None:
    """Mark an entry as made by mistake. It stays visible, struck through. Raises Refused when it is void already.

    Voiding opens nothing: until the physician who must decide has signed after it, the gate treats it as a stop.
    """
    client = lock_client(injury.client_id, at=at)
    injury = Injury.objects.get(pk=injury.pk)
    if injury.voided_at:
        raise Refused("This entry is void already.")
    injury.voided_at, injury.voided_by, injury.void_reason = client.changed_at, by, reason
    injury.save(update_fields=["voided_at", "voided_by", "void_reason"])
    record_for(client, "injury.voided", f"{by} voided an injury entry: {reason}", by=by, injury=injury.pk)


@transaction.atomic
def hand_over(
    *, client: Client, physician: Physician, by: User, reason: str = "", at: datetime | None = None
) -> CareTeamMember:
    """Make a physician the supervising one, and give the earlier one's injuries and the unsupervised ones to them.

    Shuts the gate until the new one has decided. Raises Refused.
    """
    client = lock_client(client.pk, at=at)
    earlier = CareTeamMember.objects.filter(client=client, kind=CareTeamMember.Kind.SUPERVISING, until=None).first()
    member = set_supervising(client=client, physician=physician, by=by, reason=reason, at=at)
    versions = InjuryVersion.objects.select_related("supervised_by").filter(
        injury__client=client, until=None, injury__voided_at=None
    )
    for version in versions:
        if version.supervised_by_id in (None, earlier.physician_id if earlier else None):
            place = {name: getattr(version, name) for name in PLACE} | {"supervised_by": physician}
            _next_version(lock_client(client.pk, at=at), version, by, reason or "First supervising physician", place)
    return member


@transaction.atomic
def dismiss(*, client: Client, physician: Physician, by: User) -> None:
    """Take a physician off the care team. Raises Refused for one who supervises the client or an injury."""
    client = lock_client(client.pk)
    if InjuryVersion.objects.filter(
        injury__client=client, injury__voided_at=None, until=None, supervised_by=physician
    ).exists():
        raise Refused(f"{physician} supervises an injury. Amend the injury first, with another physician.")
    leave_care_team(client=client, physician=physician, by=by)


@transaction.atomic
def open_hold(*, client: Client, by: User | None, reason: str, at: datetime | None = None) -> Hold:
    """Stop a client's training at once. Raises Refused without a reason."""
    client = lock_client(client.pk, at=at)
    if not reason.strip():
        raise Refused("Say what happened. The physician reads it.", field="reason")
    lately = last_done(client, "hold.opened", by=by).get("hold", 0)
    sent_before = Hold.objects.filter(pk=lately, client=client, reason=reason.strip()).first()
    if sent_before:
        return sent_before
    hold = Hold.objects.create(client=client, reason=reason.strip(), by=by, at=client.changed_at)
    record_for(client, "hold.opened", f"{by or 'A rule'} opened a hold.", by=by, hold=hold.pk)
    return hold
