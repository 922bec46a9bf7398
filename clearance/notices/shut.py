"""Which gates a line of the trail shut: the rule, asked just before its moment and at it."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from clearance.audit.models import Event
from clearance.gate import facts
from clearance.gate.rule import Code, verdict
from clearance.notices.routes import SHUTTING, SHUTTING_MANY
from clearance.people.models import CareTeamMember, Client

JUST_BEFORE = timedelta(microseconds=1)
BATCH = 500


def shut_by(event: Event) -> list[Client]:
    """Return the clients in use whose gate was open just before a line of the trail and shut at its moment."""
    if event.action in SHUTTING and event.client is not None:
        clients = Client.objects.filter(pk=event.client)
    elif event.action in SHUTTING_MANY:
        clients = Client.objects.filter(studio=event.studio)
        if event.detail.get("physician"):
            team = CareTeamMember.objects.filter(physician=event.detail["physician"])
            clients = clients.filter(pk__in=team.values("client"))
    else:
        return []
    found = {one.pk: one for one in clients.filter(studio=event.studio, archived_at=None).select_related("studio")}
    return [found[pk] for pk in _shut(found, event.at)]


def codes_of(clients: Iterable[int], *, at: datetime) -> dict[int, list[Code]]:
    """Return why the gates of these clients are shut at a moment, each reason once; empty for an open one."""
    known = facts.of_clients(clients, at=at)
    return {pk: list(dict.fromkeys(one.code for one in verdict(found, at).reasons)) for pk, found in known.items()}


def _shut(clients: Iterable[int], at: datetime) -> Iterator[int]:
    ids = sorted(clients)
    for start in range(0, len(ids), BATCH):
        before = codes_of(ids[start : start + BATCH], at=at - JUST_BEFORE)
        after = codes_of([pk for pk, codes in before.items() if not codes], at=at)
        yield from (pk for pk, codes in after.items() if codes)
