"""Write physicians: anybody of the staff adds one, only a manager vouches for one."""

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from clearance.audit.actions import record
from clearance.people.identity import same_mailbox
from clearance.people.lock import lock_clients, lock_studio, now
from clearance.people.models import CareTeamMember, Client, Membership, Physician, Studio, User, Verification
from clearance.people.queries import mailbox_conflict
from clearance.people.refused import Refused
from clearance.people.staff import open_account

VOUCHED_FOR = ("name", "credential", "clinic", "email", "phone", "fax", "licence", "licence_place", "npi")


@transaction.atomic
def add_physician(*, studio: Studio, by: User, at: datetime | None = None, **fields: Any) -> Physician:
    """Add a physician to a studio's address book, unverified. Raises Refused."""
    studio = lock_studio(studio.pk)
    _check_mailbox(studio, fields.get("email", ""), None)
    physician = Physician.objects.create(studio=studio, mailbox=same_mailbox(fields.get("email", "")), **fields)
    sentence = f"{by} added {physician} to the address book."
    record("physician.added", sentence, at=at or now(), by=by, studio=studio.pk, physician=physician.pk)
    return physician


@transaction.atomic
def edit_physician(*, physician: Physician, by: User, **fields: Any) -> Physician:
    """Change a physician's fields. A change of what a manager vouched for drops the verification. Raises Refused."""
    studio = lock_studio(physician.studio_id)
    at = lock_clients(_affected(physician))
    physician = Physician.objects.get(pk=physician.pk)
    changed = sorted(name for name, value in fields.items() if getattr(physician, name) != value)
    if "email" in changed:
        _check_mailbox(studio, fields["email"], physician)
    for name in changed:
        setattr(physician, name, fields[name])
    physician.mailbox = same_mailbox(physician.email)
    physician.save(update_fields=[*changed, "mailbox"])
    if set(changed) & set(VOUCHED_FOR):
        _drop(physician, at, f"{', '.join(changed)} changed".replace("_", " "))
    sentence = f"{by} edited {physician}."
    record("physician.edited", sentence, at=at, by=by, studio=studio.pk, physician=physician.pk, fields=changed)
    return physician


def _affected(physician: Physician) -> QuerySet[Client]:
    # Whoever was ever on a care team: an injury may still name a physician who left it.
    return Client.objects.filter(pk__in=CareTeamMember.objects.filter(physician=physician).values("client"))


def _check_mailbox(studio: Studio, email: str, physician: Physician | None) -> None:
    conflict = mailbox_conflict(studio, email, physician=physician)
    if conflict:
        raise Refused(conflict, field="email")


def _drop(physician: Physician, at: datetime, why: str) -> None:
    current = Verification.objects.filter(physician=physician, until=None).first()
    if current:
        current.until = at
        current.dropped_because = why[:200]
        current.save(update_fields=["until", "dropped_because"])


@transaction.atomic
def verify_physician(
    *, physician: Physician, by: User, how: str, source: str, checked: str = "", at: datetime | None = None
) -> Verification:
    """Record that a manager found this contact in an independent source. Raises Refused.

    `checked` is the fingerprint of the contact that the manager saw; empty where it was read in the same breath.
    """
    lock_studio(physician.studio_id)
    if checked and checked != fingerprint(Physician.objects.get(pk=physician.pk)):
        raise Refused("The contact has changed since you opened this page. Check what is written now.")
    if not Membership.objects.filter(
        user=by, studio=physician.studio_id, active=True, role=Membership.Role.MANAGER
    ).exists():
        raise Refused("Only a manager of this studio verifies a physician's contact.")
    moment = lock_clients(_affected(physician), at=at)
    _drop(physician, moment, "verified again")
    sentence = f"{by} verified the contact of {physician}: {how}, found in {source}."
    record("physician.verified", sentence, at=moment, by=by, studio=physician.studio_id, physician=physician.pk)
    return Verification.objects.create(physician=physician, by=by, how=how, source=source, since=moment)


def fingerprint(physician: Physician) -> str:
    """Return what stands for the fields that a manager vouches for."""
    return hashlib.sha256(repr([getattr(physician, name) for name in VOUCHED_FOR]).encode()).hexdigest()


@transaction.atomic
def link_account(*, physician: Physician, by: User, at: datetime | None = None) -> User:
    """Give a verified physician an account of their own under the verified address, and return its user.

    Raises Refused when the contact is unverified, has no address, or the account belongs to the studio's staff.
    """
    lock_studio(physician.studio_id)
    physician = Physician.objects.select_related("studio").get(pk=physician.pk)
    if not Verification.objects.filter(physician=physician, until=None).exists():
        raise Refused("Verify this contact first: an account is only opened at an address that a manager has checked.")
    if not physician.email:
        raise Refused("This contact has no e-mail address.")
    _check_mailbox(physician.studio, physician.email, physician)
    physician.user = open_account(email=physician.email, name=physician.name)
    physician.save(update_fields=["user"])
    sentence = f"{by} opened an account for {physician}."
    record("physician.account", sentence, at=at or now(), by=by, studio=physician.studio_id, physician=physician.pk)
    return physician.user
