"""Write studios, their policy and their staff."""

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction

from clearance.audit.actions import record
from clearance.people.identity import same_mailbox
from clearance.people.lock import lock_clients, lock_studio, now
from clearance.people.models import Client, Evidence, Membership, Policy, Studio, User
from clearance.people.queries import is_physicians_mailbox
from clearance.people.refused import Refused


@transaction.atomic
def found_studio(
    *,
    name: str,
    time_zone: str,
    by: User | None = None,
    phone: str = "",
    demo: bool = False,
    at: datetime | None = None,
) -> Studio:
    """Open a studio with the stricter policy, EVERY_CLIENT."""
    studio = Studio.objects.create(name=name, time_zone=time_zone, phone=phone, demo=demo)
    moment = at or now()
    Policy.objects.create(studio=studio, needs=Policy.Needs.EVERY_CLIENT, by=by, since=moment)
    record("studio.founded", f"The studio {name} was opened.", at=moment, by=by, studio=studio.pk)
    return studio


@transaction.atomic
def edit_studio(*, studio: Studio, by: User, name: str, time_zone: str, phone: str) -> None:
    """Change a studio's own fields. Decisions and consents keep the time zone under which they were
    written."""
    studio = lock_studio(studio.pk)
    before = {"name": studio.name, "time_zone": studio.time_zone, "phone": studio.phone}
    at = lock_clients(Client.objects.filter(studio=studio)) if time_zone != studio.time_zone else now()
    studio.name, studio.time_zone, studio.phone = name, time_zone, phone
    studio.save(update_fields=["name", "time_zone", "phone"])
    record("studio.edited", f"{by} edited the studio.", at=at, by=by, studio=studio.pk, before=before)


@transaction.atomic
def change_policy(*, studio: Studio, needs: str, by: User, least_evidence: int | None = None) -> None:
    """Change who needs a clearance and the least evidence of a signature that counts, from this moment on."""
    studio = lock_studio(studio.pk)
    current = Policy.objects.get(studio=studio, until=None)
    least = Evidence(current.least_evidence if least_evidence is None else least_evidence)
    if (current.needs, current.least_evidence) == (needs, least):
        return
    current.until = lock_clients(Client.objects.filter(studio=studio))
    current.save(update_fields=["until"])
    Policy.objects.create(studio=studio, needs=needs, least_evidence=least, by=by, since=current.until)
    who = Policy.Needs(needs).label.lower()
    sentence = f"{by} set the policy. Who needs a clearance: {who}. Least evidence: {least.label}."
    record("studio.policy", sentence, at=current.until, by=by, studio=studio.pk, needs=needs, least=least.value)


@transaction.atomic
def change_asking(*, studio: Studio, by: User, link_days: int, ask_again_hours: int, asks_a_day: int) -> None:
    """Change how long a new link lives (days), how soon a question may be sent again (hours), and how many messages one
    physician gets in a day."""
    studio = lock_studio(studio.pk)
    studio.link_days, studio.ask_again_hours, studio.asks_a_day = link_days, ask_again_hours, asks_a_day
    studio.save(update_fields=["link_days", "ask_again_hours", "asks_a_day"])
    told = {"link_days": link_days, "ask_again_hours": ask_again_hours, "asks_a_day": asks_a_day}
    record("studio.asking", f"{by} changed how physicians are asked.", at=now(), by=by, studio=studio.pk, **told)


def open_account(*, email: str, name: str) -> User:
    """Return the user of a mailbox; a new one has no password until the link in the mail is followed.

    Only whoever reads that mailbox can follow the link, so its address counts as verified (two-step sign-in asks that).
    """
    user = User.objects.filter(mailbox=same_mailbox(email)).first()
    if user is None:
        user = User.objects.create_user(email, name=name)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@transaction.atomic
def invite(
    *, studio: Studio, email: str, name: str, role: str, by: User | None, at: datetime | None = None
) -> Membership:
    """Give somebody a role in a studio; a new user has no password until the invitation's link is followed.

    Raises Refused for an address of a physician of this studio or a present member.
    """
    studio = lock_studio(studio.pk)
    if is_physicians_mailbox(studio, email):
        raise Refused("This address belongs to a physician of this studio: staff cannot be one.", field="email")
    user = open_account(email=email, name=name)
    if user.physician_records.filter(studio=studio).exists():
        raise Refused("This person is a physician of this studio: staff cannot be one.", field="email")
    membership, new = Membership.objects.get_or_create(user=user, studio=studio, defaults={"role": role})
    if not new and membership.active:
        raise Refused(f"{user} works here already.", field="email")
    membership.role, membership.active = role, True
    membership.save(update_fields=["role", "active"])
    _record(
        membership, "staff.invited", f"{by or 'Clearance'} invited {user} as {membership.get_role_display()}.", by, at
    )
    return membership


@transaction.atomic
def change_member(*, membership: Membership, by: User, role: str, active: bool) -> None:
    """Change somebody's role, or end or renew their work here. Raises Refused for a studio's last manager and for a
    trainer who still has clients."""
    lock_studio(membership.studio_id)
    membership = Membership.objects.select_related("user").get(pk=membership.pk)
    managers = Membership.objects.filter(studio=membership.studio_id, role=Membership.Role.MANAGER, active=True)
    steps_down = membership.manages and membership.active and (role != Membership.Role.MANAGER or not active)
    if steps_down and not managers.exclude(pk=membership.pk).exists():
        raise Refused("A studio keeps at least one manager. Make somebody else a manager first.")
    if not active and Client.objects.filter(trainer=membership, archived_at=None).exists():
        raise Refused(f"{membership.user} still has clients. Give them to another trainer first.")
    membership.role, membership.active = role, active
    membership.save(update_fields=["role", "active"])
    state = membership.get_role_display().lower() if active else "no longer working here"
    _record(membership, "staff.changed", f"{by} changed {membership.user}: {state}.", by)


def _record(
    membership: Membership, action: str, sentence: str, by: User | None, at: datetime | None = None, **detail: Any
) -> None:
    record(action, sentence, at=at or now(), by=by, studio=membership.studio_id, member=membership.pk, **detail)
