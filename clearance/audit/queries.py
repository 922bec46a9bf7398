"""Read the trail."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet

from clearance.audit.chain import breaks
from clearance.audit.models import Event


def trail(studio: int, *, client: int | None = None, actor: int | None = None, action: str = "") -> QuerySet[Event]:
    """Return a studio's lines, newest first, filtered by client, person and action prefix."""
    events = Event.objects.filter(studio=studio).order_by("-number")
    if client is not None:
        events = events.filter(client=client)
    if actor is not None:
        events = events.filter(actor=actor)
    return events.filter(action__startswith=action) if action else events


def last_line(client: int) -> Event | None:
    """Return the newest line about a client."""
    return Event.objects.filter(client=client).order_by("-number").first()


def was_recorded(client: int, action: str, **detail: Any) -> bool:
    """Say whether the trail has a line of this action about a client with this detail."""
    return Event.objects.filter(client=client, action=action, detail__contains=detail).exists()


def broken_lines() -> Iterator[str]:
    """Yield a sentence for every line of every trail that does not verify."""
    for studio in Event.objects.order_by("studio").values_list("studio", flat=True).distinct():
        yield from breaks(Event.objects.filter(studio=studio).order_by("number").iterator(chunk_size=2000))


def lines_naming(client: int, things: dict[str, int]) -> list[Event]:
    """Return the lines about a client whose detail names one of these things by its id, oldest first."""
    named = Q()
    for name, number in things.items():
        named |= Q(detail__contains={name: number})
    return list(Event.objects.filter(named, client=client).order_by("number")) if things else []


def digests_before(lines: list[Event]) -> dict[int, str]:
    """Return, by number, the digest of the line that stands before each of these lines of one studio."""
    wanted = [one.number - 1 for one in lines]
    found = Event.objects.filter(studio__in={one.studio for one in lines}, number__in=wanted)
    return {number + 1: digest for number, digest in found.values_list("number", "digest")}
