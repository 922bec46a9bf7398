"""Write questions to physicians and what happens to them. An answer is a decision: see actions, links and papers."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from clearance.decisions import links
from clearance.decisions.models import Contact, Request, RequestedInjury, RequestStep
from clearance.decisions.queries import injuries_supervised, last_request, messages_since, supervises, supervises_client
from clearance.decisions.states import OPEN, Kind, stage_of
from clearance.injuries.models import InjuryVersion
from clearance.people import tokens
from clearance.people.actions import in_use
from clearance.people.lock import day_of, lock_client
from clearance.people.models import Channel, Client, Physician, User
from clearance.people.queries import consent_in_force, verification_of
from clearance.people.refused import Refused
from clearance.people.trail import record_for

# Without letters and digits that a fax or a tired eye mixes up.
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
AT_ONCE = timedelta(minutes=1)


def usual_channel(physician: Physician) -> str:
    """Return the way by which a question goes unless the trainer chooses another: the physician's wish where it can."""
    if physician.channel and not _obstacle(physician, physician.channel):
        return physician.channel
    possible = (Channel.ACCOUNT, Channel.LINK, Channel.PAPER)
    return next(one for one in possible if not _obstacle(physician, one))


@transaction.atomic
def ask(
    *, client: Client, physician: Physician, by: User, on: date, channel: str = "",
    about: Iterable[int] | None = None, at: datetime | None = None, **envelope: Any,
) -> tuple[Request, bool]:  # fmt: skip
    """Ask a physician about a client, with the program envelope; `on` is today in the studio, `about` the ids of the
    injuries in question (all that the physician supervises, when left out).

    Returns the question and whether it is new: the same one asked twice is one, as long as no decision has followed it.
    A question with another plan replaces the one that waits. Raises Refused without the client's consent, without a
    verified contact, when the physician does not supervise, and beyond the studio's number of messages a day.
    """
    client = in_use(lock_client(client.pk, at=at))
    physician = Physician.objects.get(pk=physician.pk)
    _check_askable(client, physician, on)
    channel = channel or usual_channel(physician)
    _check_channel(physician, channel)
    versions = _asked_about(client, physician, about)
    last = last_request(client.pk, physician.pk)
    waits = last is not None and stage_of(last, at=client.changed_at).kind in OPEN
    if last and waits and _same(last, channel, versions, envelope):
        return last, False
    if channel != Channel.PAPER:
        _check_cap(client, physician)
    if last and (waits or stage_of(last, at=client.changed_at).kind == Kind.NEEDS_MORE):
        _step(last, RequestStep.Kind.REPLACED, client.changed_at, by)
    links.end_all(client, physician, because="replaced")
    return _ask(client, physician, versions, by=by, channel=channel, **envelope), True


def _ask(client: Client, physician: Physician, versions: list[InjuryVersion], *, by: User, **plan: Any) -> Request:
    request = Request.objects.create(
        client=client, physician=physician, by=by, at=client.changed_at, code=_letter_code(),
        access_code=tokens.access_code(), **plan,
    )  # fmt: skip
    RequestedInjury.objects.bulk_create(
        RequestedInjury(
            request=request, injury_id=one.injury_id, number=one.number, words=f"{one}, {one.severity_word}"
        )
        for one in versions
    )
    if request.channel == Channel.LINK:
        links.issue(request, client=client, by=by)
    sentence = f"{by} asked {physician} about {client}."
    record_for(
        client, "physician.asked", sentence, by=by, physician=physician.pk, request=request.pk, channel=request.channel
    )
    return request


def _letter_code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(8))


def _asked_about(client: Client, physician: Physician, about: Iterable[int] | None) -> list[InjuryVersion]:
    mine = injuries_supervised(physician, client)
    chosen = {one.injury_id for one in mine} if about is None else set(about)
    if not chosen <= {one.injury_id for one in mine}:
        raise Refused(f"Ask {physician} about open injuries that they supervise.", field="about")
    if mine and not chosen and not supervises_client(physician, client):
        raise Refused("Choose at least one injury to ask about.", field="about")
    return [one for one in mine if one.injury_id in chosen]


def _same(last: Request, channel: str, versions: list[InjuryVersion], envelope: dict[str, Any]) -> bool:
    asked = set(last.asked_about.values_list("injury", "number"))
    same_injuries = asked == {(one.injury_id, one.number) for one in versions}
    return same_injuries and all(
        getattr(last, name) == value for name, value in {"channel": channel, **envelope}.items()
    )


def _check_askable(client: Client, physician: Physician, on: date) -> None:
    if not supervises(physician, client):
        raise Refused(f"{physician} supervises neither {client} nor an injury.", field="physician")
    if verification_of(physician.pk) is None:
        raise Refused(f"The contact of {physician} has not been verified by a manager.", field="physician")
    if consent_in_force(client.pk, physician.pk, on=on) is None:
        raise Refused(f"{client} has given no consent to share with {physician}.", field="physician")


def _obstacle(physician: Physician, channel: str) -> str:
    if channel == Channel.LINK and not physician.email:
        return f"The contact of {physician} has no e-mail address, so no link can be sent. Choose the letter."
    if channel == Channel.ACCOUNT and not (physician.user_id and physician.email):
        return f"{physician} has no account here. Choose the link or the letter."
    return "" if channel in Channel.values else "Choose how to send it."


def _check_channel(physician: Physician, channel: str) -> None:
    obstacle = _obstacle(physician, channel)
    if obstacle:
        raise Refused(obstacle, field="channel")


def _check_cap(client: Client, physician: Physician) -> None:
    zone = ZoneInfo(client.studio.time_zone)
    midnight = client.changed_at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    most = client.studio.asks_a_day
    if messages_since(physician.pk, midnight) >= most:
        times = "one message" if most == 1 else f"{most} messages"
        raise Refused(
            f"{physician} has had {times} from this studio today, which is the most it allows. Send it tomorrow, or "
            "print the letter.", field="channel",
        )  # fmt: skip


@transaction.atomic
def send_again(*, request: Request, by: User) -> None:
    """Send a question again. By link: a new one, and the earlier ends. A double click sends once.

    Raises Refused when nothing waits for an answer, within the studio's cool-down (which does not hold for a link that
    came back, ended or was locked), and beyond the number of messages a day.
    """
    client, request = in_use(lock_client(request.client_id)), _fresh(request)
    stage = stage_of(request, at=client.changed_at)
    if stage.kind not in OPEN:
        raise Refused("This question waits for no answer, so there is nothing to send.")
    if client.changed_at - stage.asked_at < AT_ONCE:
        return
    ready = may_send_again(request, client.studio.ask_again_hours, at=client.changed_at)
    if ready > client.changed_at:
        when = ready.astimezone(ZoneInfo(client.studio.time_zone))
        raise Refused(f"It can be sent again from {when:%A} {when:%H:%M} on. Call the clinic, or print the letter.")
    physician = request.physician
    _check_askable(client, physician, day_of(client))
    _check_cap(client, physician)
    if request.channel == Channel.ACCOUNT and physician.user_id:
        _step(request, RequestStep.Kind.AGAIN, client.changed_at, by)
    elif not request.access_code:
        raise Refused("This question was asked before links were. Ask it anew.")
    else:
        _check_channel(physician, Channel.LINK)
        links.issue(request, client=client, by=by)
    sentence = f"{by} asked {physician} about {client} again."
    record_for(client, "physician.asked_again", sentence, by=by, physician=physician.pk, request=request.pk)


def may_send_again(request: Request, hours: int, *, at: datetime) -> datetime:
    """Return the moment from which a question may be sent again. `hours` is the studio's cool-down."""
    stage = stage_of(request, at=at)
    failed = stage.kind in (Kind.BOUNCED, Kind.EXPIRED, Kind.LOCKED)
    return at if failed else stage.asked_at + timedelta(hours=hours)


@transaction.atomic
def withdraw_request(*, request: Request, by: User, reason: str) -> None:
    """Take a question back; its link ends at once. Raises Refused when it waits for nothing."""
    client, request = lock_client(request.client_id), _fresh(request)
    if stage_of(request, at=client.changed_at).kind not in (*OPEN, Kind.NEEDS_MORE):
        raise Refused("This question waits for no answer any more.")
    _step(request, RequestStep.Kind.WITHDRAWN, client.changed_at, by, reason)
    links.end(request, at=client.changed_at, because="withdrawn")
    sentence = f"{by} withdrew the question to {request.physician} about {client}."
    record_for(client, "request.withdrawn", sentence, by=by, request=request.pk, why=reason)


@transaction.atomic
def tell_more(*, request: Request, by: User, words: str) -> None:
    """Answer what the physician needs to know, on the same question; it waits for the physician again.

    Raises Refused when the physician did not ask, or may not be asked any more.
    """
    client, request = in_use(lock_client(request.client_id)), _fresh(request)
    if stage_of(request, at=client.changed_at).kind != Kind.NEEDS_MORE:
        raise Refused("The physician waits for no more on this question.")
    _check_askable(client, request.physician, day_of(client))
    _step(request, RequestStep.Kind.TOLD, client.changed_at, by, words)
    if request.links.exists() and request.physician.email:
        links.issue(request, client=client, by=by)
    sentence = f"{by} told {request.physician} more about {client}."
    record_for(client, "physician.told_more", sentence, by=by, physician=request.physician_id, request=request.pk)


# What a line of the contact log says about the question itself.
EFFECTS = {
    RequestStep.Kind.SENT: "It was sent or handed over",
    RequestStep.Kind.BOUNCED: "It came back: the address or number is wrong",
    RequestStep.Kind.DECLINED: "The clinic declines to answer",
}


@transaction.atomic
def log_contact(*, request: Request, by: User, effect: str = "", **line: str) -> Contact:
    """Write a line of the contact log about a question; `effect` is one of EFFECTS or empty. Raises Refused."""
    client, request = lock_client(request.client_id), _fresh(request)
    if effect and stage_of(request, at=client.changed_at).kind not in OPEN:
        raise Refused("This question waits for no answer any more, so nothing can happen to it.", field="effect")
    contact = Contact.objects.create(request=request, physician=request.physician, by=by, at=client.changed_at, **line)
    if effect:
        _step(request, RequestStep.Kind(effect), client.changed_at, by, contact.note)
    sentence = f"{by} noted a contact with {request.physician}: {Contact.Kind(contact.kind).label.lower()}."
    record_for(client, "physician.contacted", sentence, by=by, request=request.pk, contact=contact.pk, effect=effect)
    return contact


@transaction.atomic
def note_sent(*, request: Request) -> None:
    """Note that the mail about a question has left. Called by whoever sends."""
    client = lock_client(request.client_id)
    _step(request, RequestStep.Kind.SENT, client.changed_at, None)
    sentence = f"The question to {request.physician} about {client} was sent."
    record_for(client, "request.sent", sentence, by=None, request=request.pk)


@transaction.atomic
def note_bounced(*, request: Request, why: str) -> None:
    """Note that the mail about a question was refused by the physician's mail server. Called by whoever sends."""
    client, request = lock_client(request.client_id), _fresh(request)
    if stage_of(request, at=client.changed_at).kind not in OPEN:
        return
    _step(request, RequestStep.Kind.BOUNCED, client.changed_at, None, why)
    sentence = f"The question to {request.physician} about {client} came back: the address does not take mail."
    record_for(client, "request.bounced", sentence, by=None, request=request.pk)


def _fresh(request: Request) -> Request:
    # What was read before the lock may be old.
    return Request.objects.select_related("physician", "by").get(pk=request.pk)


def _step(request: Request, kind: RequestStep.Kind, at: datetime, by: User | None, note: str = "") -> None:
    RequestStep.objects.create(request=request, kind=kind, note=note, by=by, at=at)
