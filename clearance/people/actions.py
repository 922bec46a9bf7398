"""Write clients, their care team and their consents."""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import Value

from clearance.people import client_links
from clearance.people.identity import same_mailbox
from clearance.people.lock import lock_client, lock_studio, now
from clearance.people.models import CareTeamMember, Client, ClientLink, Consent, Identity, Physician, Studio, User
from clearance.people.queries import is_physicians_mailbox, search_words
from clearance.people.refused import Refused
from clearance.people.trail import record_for

LONGEST_CONSENT = timedelta(days=366)
CLIENT_FIELDS = (
    "name", "born", "email", "phone", "emergency_name", "emergency_phone", "goals", "notes", "trainer",
)  # fmt: skip


@transaction.atomic
def add_client(*, studio: Studio, by: User, at: datetime | None = None, **fields: Any) -> Client:
    """Add a client with the fields of CLIENT_FIELDS. Raises Refused."""
    studio = lock_studio(studio.pk)
    _check_client(studio, fields)
    at = at or now()
    client = Client(studio=studio, created_at=at, changed_at=at, judge_by=at, **fields)
    client.mailbox = same_mailbox(client.email)
    client.save()
    Identity.objects.create(client=client, name=client.name, born=client.born, by=by, since=at)
    _index(client)
    record_for(client, "client.added", f"{by} added {client}.", by=by)
    return client


@transaction.atomic
def edit_client(*, client: Client, by: User, **fields: Any) -> Client:
    """Change a client's own fields. Another name or date of birth makes what was signed before count no more: it was
    signed for somebody else. Raises Refused."""
    studio = lock_studio(client.studio_id)
    _check_client(studio, fields)
    client = lock_client(client.pk)
    was = (client.mailbox, client.name, client.born)
    for name, value in fields.items():
        setattr(client, name, value)
    client.mailbox = same_mailbox(client.email)
    client.save(update_fields=[*fields, "mailbox"])
    if was != (client.mailbox, client.name, client.born):
        # Whoever has the link was somebody else, or read another mailbox.
        client_links.end(client, because="moved")
    _keep_identity(client, by)
    _index(client)
    record_for(client, "client.edited", f"{by} edited {client}.", by=by, fields=sorted(fields))
    return client


def _keep_identity(client: Client, by: User) -> None:
    present = Identity.objects.get(client=client, until=None)
    if (present.name, present.born) == (client.name, client.born):
        return
    present.until = client.changed_at
    present.save(update_fields=["until"])
    Identity.objects.create(client=client, name=client.name, born=client.born, by=by, since=client.changed_at)
    sentence = f"{by} changed who {client} is; before: {present.name}, born {present.born}."
    record_for(client, "client.identity", sentence, by=by)


def _check_client(studio: Studio, fields: dict[str, Any]) -> None:
    unknown = set(fields) - set(CLIENT_FIELDS)
    if unknown:
        raise TypeError(f"no client fields: {sorted(unknown)}")
    trainer = fields.get("trainer")
    if trainer and (trainer.studio_id != studio.pk or not trainer.active):
        raise Refused("Choose a trainer who works here.", field="trainer")
    if is_physicians_mailbox(studio, fields.get("email", "")):
        raise Refused("This address belongs to a physician of this studio.", field="email")


def _index(client: Client) -> None:
    words = search_words(client.name, client.email, client.phone)
    Client.objects.filter(pk=client.pk).update(search=SearchVector(Value(words), config="simple"))


@transaction.atomic
def archive_client(*, client: Client, by: User) -> None:
    """Put a client away. Nothing is lost and nothing can be built until the client is brought back; a personal link
    ends for good."""
    client = lock_client(client.pk)
    if client.archived_at is None:
        client.archived_at = client.changed_at
        client.save(update_fields=["archived_at"])
        client_links.end(client, because="archived")
        record_for(client, "client.archived", f"{by} archived {client}.", by=by)


@transaction.atomic
def bring_back_client(*, client: Client, by: User) -> None:
    """Bring an archived client back."""
    client = lock_client(client.pk)
    if client.archived_at is not None:
        client.archived_at = None
        client.save(update_fields=["archived_at"])
        record_for(client, "client.brought_back", f"{by} brought {client} back.", by=by)


def in_use(client: Client) -> Client:
    """Return the client, or raise Refused when it is archived."""
    if client.archived_at is not None:
        raise Refused(f"{client} is archived. Bring the client back first.")
    return client


def same_studio(client: Client, physician: Physician) -> None:
    """Raise Refused unless the physician is in the client's studio's address book."""
    if physician.studio_id != client.studio_id:
        raise Refused("Choose a physician of this studio's address book.", field="physician")


@transaction.atomic
def join_care_team(*, client: Client, physician: Physician, by: User, at: datetime | None = None) -> CareTeamMember:
    """Add a physician who does not supervise. Raises Refused when the physician is on the care team already."""
    client = in_use(lock_client(client.pk, at=at))
    same_studio(client, physician)
    if CareTeamMember.objects.filter(client=client, physician=physician, until=None).exists():
        raise Refused(f"{physician} is on the care team already.", field="physician")
    member = _join(client, physician, CareTeamMember.Kind.OTHER, by, "")
    record_for(client, "care_team.joined", f"{by} added {physician} to the care team of {client}.", by=by)
    return member


@transaction.atomic
def set_supervising(
    *, client: Client, physician: Physician, by: User, reason: str = "", at: datetime | None = None
) -> CareTeamMember:
    """Make a physician the supervising one, from this moment on. A change takes a reason. Raises Refused."""
    client = in_use(lock_client(client.pk, at=at))
    same_studio(client, physician)
    present = CareTeamMember.objects.select_related("physician").filter(client=client, until=None)
    earlier = present.filter(kind=CareTeamMember.Kind.SUPERVISING).first()
    if earlier and earlier.physician_id == physician.pk:
        raise Refused(f"{physician} supervises {client} already.", field="physician")
    if earlier and not reason.strip():
        raise Refused("Say why the supervising physician changes. The next one reads it.", field="reason")
    for member in present.filter(physician=physician) | present.filter(kind=CareTeamMember.Kind.SUPERVISING):
        member.until = client.changed_at
        member.save(update_fields=["until"])
    sentence = f"{by} made {physician} the supervising physician of {client}."
    record_for(
        client, "care_team.supervising", sentence, by=by, earlier=str(earlier.physician) if earlier else "", why=reason
    )
    return _join(client, physician, CareTeamMember.Kind.SUPERVISING, by, reason)


def _join(client: Client, physician: Physician, kind: str, by: User, reason: str) -> CareTeamMember:
    return CareTeamMember.objects.create(
        client=client, physician=physician, kind=kind, by=by, reason=reason, since=client.changed_at
    )


@transaction.atomic
def leave_care_team(*, client: Client, physician: Physician, by: User) -> None:
    """Take a physician who does not supervise off the care team. Raises Refused for the supervising one."""
    client = lock_client(client.pk)
    member = CareTeamMember.objects.filter(client=client, physician=physician, until=None).first()
    if member is None:
        raise Refused(f"{physician} is not on the care team.", field="physician")
    if member.kind == CareTeamMember.Kind.SUPERVISING:
        raise Refused("Name another supervising physician instead.", field="physician")
    member.until = client.changed_at
    member.save(update_fields=["until"])
    record_for(client, "care_team.left", f"{by} took {physician} off the care team of {client}.", by=by)


@transaction.atomic
def give_consent(
    *, client: Client, physician: Physician, how: str, first_day: date, last_day: date, by: User, on: date,
    at: datetime | None = None,
) -> Consent:  # fmt: skip
    """Record the client's permission to share with a physician, for at most a year. It replaces an earlier one.

    `on` is today in the studio. Raises Refused.
    """
    client = in_use(lock_client(client.pk, at=at))
    same_studio(client, physician)
    if first_day > on:
        raise Refused("A consent is recorded once it is given: not in the future.", field="first_day")
    if last_day < max(first_day, on):
        raise Refused("The last day must not be in the past or before the first.", field="last_day")
    if last_day - first_day > LONGEST_CONSENT:
        raise Refused("A consent lasts a year at most.", field="last_day")
    earlier = Consent.objects.filter(client=client, physician=physician, until=None).first()
    if earlier:
        _end_consent(earlier, client.changed_at, "replaced by a newer consent")
    record_for(
        client,
        "consent.given",
        f"{client} consented to sharing with {physician} until {last_day.day} {last_day:%b %Y}.",
        by=by,
    )
    return Consent.objects.create(
        client=client, physician=physician, how=how, first_day=first_day, last_day=last_day, by=by,
        time_zone=client.studio.time_zone, since=client.changed_at,
    )  # fmt: skip


@transaction.atomic
def withdraw_consent(
    *, consent: Consent, by: User | None, reason: str, link: ClientLink | None = None, at: datetime | None = None
) -> None:
    """Record that the client withdrew a consent: told to `by`, or by the client under the personal `link`.

    Raises Refused when it is over already, and when the link has ended.
    """
    client = lock_client(consent.client_id, at=at)
    if (by is None) == (link is None):
        raise TypeError("either somebody was told, or the client withdrew under a link")
    if link:
        client_links.check_lives(link, client)
    consent = Consent.objects.select_related("physician").get(pk=consent.pk)
    if consent.until is not None:
        raise Refused("This consent has ended already.")
    _end_consent(consent, client.changed_at, reason)
    how = " under the personal link" if link else ""
    sentence = f"{client} withdrew the consent to share with {consent.physician}{how}."
    record_for(client, "consent.withdrawn", sentence, by=by, physician=consent.physician_id)


def _end_consent(consent: Consent, at: datetime, reason: str) -> None:
    consent.until = at
    consent.withdrawn_because = reason
    consent.save(update_fields=["until", "withdrawn_because"])
