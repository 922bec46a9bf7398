"""Read the trail on: a delivery for everybody whom a line tells something."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from clearance.audit.models import Event
from clearance.decisions.models import Decision, Request
from clearance.decisions.states import OPEN, stage_of
from clearance.notices import due
from clearance.notices.models import Cursor, Delivery
from clearance.notices.queries import LOOK_EVERY, by_account, heard, living_link
from clearance.notices.readers import Matter, Reader, matter_of, readers, trainer_of
from clearance.notices.routes import ROUTES, SHUTTING_MANY, TYPED, Kind, Route
from clearance.notices.shut import shut_by
from clearance.people import client_links
from clearance.people.models import ClientLink, Physician, Studio, Verification
from clearance.people.queries import verification_of

BATCH = 200
# What happened longer before a studio's trail was first read is known by now.
HISTORY = timedelta(days=2)


@transaction.atomic
def read_on(studio: Studio, *, at: datetime) -> bool:
    """Read a studio's trail on and look at the clock once a minute; say whether there may be more to read.

    The cursor's lock makes each line's deliveries exactly once: they and the cursor are written together or not at all.
    Whoever comes while somebody else reads does nothing.
    """
    Cursor.objects.bulk_create([Cursor(studio=studio, since=at)], ignore_conflicts=True)
    cursor = Cursor.objects.select_for_update(skip_locked=True).filter(studio=studio).first()
    if cursor is None:
        return False
    events = list(Event.objects.filter(studio=studio.pk, number__gt=cursor.read_up_to).order_by("number")[:BATCH])
    _put(delivery for event in events for delivery in _deliveries(event, studio, cursor.since, at))
    if events:
        cursor.read_up_to = events[-1].number
    if cursor.looked_at is None or abs(at - cursor.looked_at) >= LOOK_EVERY:
        _put(due.deliveries(studio, at=at))
        cursor.looked_at = at
    cursor.save(update_fields=["read_up_to", "looked_at"])
    return len(events) == BATCH


def _put(deliveries: Iterable[Delivery]) -> None:
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)


def _deliveries(event: Event, studio: Studio, since: datetime, at: datetime) -> Iterator[Delivery]:
    route, recent = ROUTES.get(event.action), event.at >= since - HISTORY
    if recent:
        yield from _of_shut(event, studio, at)
    if route is None or not (recent or route.kind in (Kind.ASKED, Kind.INVITED)):
        return
    # A line may be later than the moment that was read before it was written.
    matter, at = matter_of(event), max(at, event.at)
    if not _worth(route, matter, recent=recent, at=at):
        return
    route = TYPED if _typed(event) else route
    for reader in readers(matter, route.to):
        key = _key(route, event, studio)
        due_at = heard(reader.physician, studio, at)
        yield _delivery(matter, reader, kind=route.kind, key=key, studio=studio, due_at=due_at)


def _of_shut(event: Event, studio: Studio, at: datetime) -> Iterator[Delivery]:
    """One message to each trainer whose client's gate was shut, however many clients that are. A rule's hold is told
    as the red flag that opened it."""
    if event.action == "hold.opened" and event.actor is None:
        return
    many = event.action in SHUTTING_MANY
    told = {reader.address: (reader, client) for client in shut_by(event) if (reader := trainer_of(client))}
    for reader, client in told.values():
        if reader.user and reader.user.pk != event.actor:
            matter = Matter(event, None if many else client)
            key = f"shut:{event.pk}" if many else f"event:{event.pk}"
            yield _delivery(matter, reader, kind=Kind.SHUT, key=key, studio=studio, due_at=max(at, event.at))


def _worth(route: Route, matter: Matter, *, recent: bool, at: datetime) -> bool:
    if route.kind == Kind.ASKED:
        return matter.request is not None and _asks(matter.request, matter.event, recent=recent, at=at)
    if route.kind == Kind.INVITED:
        return matter.link is not None and _leads_somewhere(matter.link, at)
    if route.kind == Kind.VERIFY:
        return matter.physician is not None and _to_verify(matter.physician, matter.event)
    return matter.client is not None


def _leads_somewhere(link: ClientLink, at: datetime) -> bool:
    return not client_links.ended_because(link, at=at)


def _asks(request: Request, event: Event, *, recent: bool, at: datetime) -> bool:
    """Whether the question still waits as it was asked then, and goes by mail. Of history only what a link can answer
    counts: whoever has an account has been told in another way."""
    stage = stage_of(request, at=at)
    by_mail = living_link(request, at=at) is not None or (recent and by_account(request))
    return by_mail and stage.kind in OPEN and stage.asked_at <= event.at


def _to_verify(physician: Physician, event: Event) -> bool:
    dropped = Verification.objects.filter(physician=physician, until=event.at).exists()
    return (dropped or event.action == "physician.added") and verification_of(physician.pk) is None


def _typed(event: Event) -> bool:
    return event.action == "decision.signed" and event.detail.get("route") == Decision.Route.PAPER


def _key(route: Route, event: Event, studio: Studio) -> str:
    """What a reader is told once: a line of the trail, a client's refused attempts of one day, or all red flags of a
    client at one moment; the most urgent one is written first."""
    if route.kind == Kind.REFUSED:
        return f"refused:{event.client}:{event.at.astimezone(ZoneInfo(studio.time_zone)).date()}"
    if route.kind == Kind.FLAG:
        return f"flags:{event.client}:{event.at.isoformat()}"
    return f"event:{event.pk}"


def _delivery(matter: Matter, reader: Reader, **fields: Any) -> Delivery:
    return Delivery(
        address=reader.address, user=reader.user, physician=reader.physician or matter.physician,
        client=matter.client.pk if matter.client else None, request=matter.request, decision=matter.decision,
        link=reader.link, flag=matter.flag, at=matter.event.at, **fields,
    )  # fmt: skip
