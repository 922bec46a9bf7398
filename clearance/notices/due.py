"""What time alone makes worth telling: reminders to physicians, and clearances that end soon."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from clearance.decisions.models import OPENING, Decision, Link
from clearance.decisions.queries import unanswered
from clearance.decisions.states import stage_of
from clearance.notices.models import Delivery
from clearance.notices.moments import DAY, ENDING_MARKS, STALE, ending_mark
from clearance.notices.queries import heard, reminders_of
from clearance.notices.readers import trainer_of
from clearance.notices.routes import Kind
from clearance.people.models import Channel, Studio

State = Delivery.State
JUST_TOLD = timedelta(hours=12)


def deliveries(studio: Studio, *, at: datetime) -> list[Delivery]:
    """Return what is to be told at a moment and has not been; of marks that were missed only the tightest."""
    found = [*_reminders(studio, at), *_endings(studio, at)]
    keys = Delivery.objects.filter(key__in=[one.key for one in found]).values_list("key", flat=True)
    return [one for one in found if one.key not in set(keys)]


def _reminders(studio: Studio, at: datetime) -> Iterator[Delivery]:
    for request in _mailed_questions(studio, at):
        stage = stage_of(request, at=at)
        mark = max((one for one in reminders_of(request, stage, at=at) if at - STALE <= one <= at), default=None)
        if mark is not None:
            yield Delivery(
                studio=studio, kind=Kind.REMINDER, key=f"reminder:{request.pk}:{mark.timestamp():.0f}",
                address=request.physician.email, physician=request.physician, client=request.client_id,
                request=request, at=stage.asked_at, due_at=heard(request.physician, studio, at),
                state=State.SKIPPED if request.told else State.PENDING,
                why="A message about this had just left." if request.told else "",
            )  # fmt: skip


def _mailed_questions(studio: Studio, at: datetime) -> QuerySet[Any]:
    """The open questions that went by mail; those with a message still on its way are left for later. Each has `told`:
    a message has just left, as after the mail server was away for days."""
    mails = Delivery.objects.filter(request=OuterRef("pk"))
    links = Link.objects.filter(request=OuterRef("pk"), until=None, expires_at__gt=at)
    return (
        unanswered()
        .filter(Q(channel=Channel.ACCOUNT) | Exists(links), at__lte=at, client__studio=studio, client__archived_at=None)
        .exclude(Exists(mails.filter(state=State.PENDING)))
        .annotate(told=Exists(mails.filter(state=State.SENT, sent_at__gt=at - JUST_TOLD)))
        .select_related("physician", "by")
        .prefetch_related("steps__by", "links__by")
    )


def _endings(studio: Studio, at: datetime) -> Iterator[Delivery]:
    soon = (at - DAY).date(), (at + max(ENDING_MARKS) * DAY + DAY).date()
    present = Decision.objects.filter(client__studio=studio, client__archived_at=None, replaced_by=None, void=None)
    for one in present.filter(outcome__in=OPENING, valid_until__range=soon).select_related("client"):
        zone = ZoneInfo(one.time_zone)
        signed_on, today = one.signed_at.astimezone(zone).date(), at.astimezone(zone).date()
        mark = ending_mark(signed_on, one.valid_until, today) if one.valid_until else None
        reader = trainer_of(one.client) if mark else None
        if reader:
            yield Delivery(
                studio=studio, kind=Kind.ENDING, key=f"ending:{one.pk}:{mark}", address=reader.address,
                user=reader.user, client=one.client_id, decision=one, at=at, due_at=at,
            )  # fmt: skip
