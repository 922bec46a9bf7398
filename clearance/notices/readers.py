"""Who is told: present members of the studio, the physician who is asked, and the client of a personal link."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from clearance.audit.models import Event
from clearance.checkins.models import Flag
from clearance.decisions.models import Decision, Request
from clearance.notices.routes import To
from clearance.people.models import Client, ClientLink, Membership, Physician, User


@dataclass(frozen=True)
class Reader:
    """Somebody who is told, and the address."""

    address: str
    user: User | None = None
    physician: Physician | None = None
    link: ClientLink | None = None


@dataclass(frozen=True)
class Matter:
    """What a line of the trail is about, as rows."""

    event: Event
    client: Client | None
    request: Request | None = None
    decision: Decision | None = None
    physician: Physician | None = None
    link: ClientLink | None = None
    flag: Flag | None = None


def matter_of(event: Event) -> Matter:
    """Return the rows that a line names, of its own studio."""
    named, studio = event.detail, event.studio
    request = Request.objects.select_related("physician", "client__studio").filter(pk=named.get("request"))
    decision = Decision.objects.select_related("request__physician", "physician").filter(pk=named.get("decision"))
    found = decision.filter(client__studio=studio).first()
    return Matter(
        event=event,
        client=Client.objects.select_related("studio").filter(pk=event.client or 0, studio=studio).first(),
        request=request.filter(client__studio=studio).first() or (found.request if found else None),
        decision=found,
        physician=Physician.objects.filter(pk=named.get("physician"), studio=studio).first(),
        link=ClientLink.objects.select_related("client").filter(pk=named.get("link"), client__studio=studio).first(),
        flag=Flag.objects.filter(pk=named.get("flag"), client__studio=studio).first(),
    )


def readers(matter: Matter, to: Iterable[To]) -> Iterator[Reader]:
    """Yield everybody who is told, each once, but not whoever did it."""
    wanted = set(to)
    if To.PHYSICIAN in wanted and matter.request and matter.request.physician.email:
        yield Reader(matter.request.physician.email, physician=matter.request.physician)
    if To.CLIENT in wanted and matter.link and matter.link.client.email:
        yield Reader(matter.link.client.email, link=matter.link)
    for member in _members(matter, wanted):
        if member.user_id != matter.event.actor:
            yield Reader(member.user.email, user=member.user)


def trainer_of(client: Client) -> Reader | None:
    """Return the client's trainer while they work there."""
    member = working(client.studio_id).filter(pk=client.trainer_id).first()
    return Reader(member.user.email, user=member.user) if member else None


def working(studio: int | None) -> QuerySet[Membership]:
    """Return the members who work in a studio now."""
    present = Membership.objects.filter(studio=studio, active=True, user__is_active=True)
    return present.select_related("user").order_by("pk")


def _members(matter: Matter, wanted: set[To]) -> Iterable[Membership]:
    chosen = Q(pk=None)
    if To.TRAINER in wanted and matter.client:
        chosen |= Q(pk=matter.client.trainer_id)
    if To.ASKER in wanted and matter.request:
        chosen |= Q(user=matter.request.by_id)
    if To.TYPIST in wanted and matter.decision and matter.decision.entered_by_id:
        chosen |= Q(user=matter.decision.entered_by_id)
    if To.MANAGERS in wanted:
        chosen |= Q(role=Membership.Role.MANAGER)
    return working(matter.event.studio).filter(chosen)
