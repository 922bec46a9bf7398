"""Read what is and will be told."""

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from clearance.audit.models import Event
from clearance.decisions.models import Link, Request
from clearance.decisions.states import OPEN, Kind, Stage, stage_of
from clearance.notices.models import Cursor, Delivery
from clearance.notices.moments import after_quiet, reminder_marks
from clearance.people.models import Channel, Physician, Studio

State = Delivery.State
LOOK_EVERY = timedelta(minutes=1)
LATELY = timedelta(days=14)
MOST = 50
# In these a reminder would reach nobody, or lead nowhere.
NOT_REMINDED = (Kind.BOUNCED, Kind.EXPIRED, Kind.LOCKED)


def living_link(request: Request, *, at: datetime) -> Link | None:
    """Return the link under which a question can be answered at a moment, or None. One query, none when prefetched."""
    living = (one for one in request.links.all() if one.until is None and one.expires_at > at)
    link = next(living, None)
    return link if link and link.mailbox == request.physician.mailbox else None


def by_account(request: Request) -> bool:
    """Say whether a question without a link is read in the physician's own account."""
    return request.channel == Channel.ACCOUNT and request.physician.user_id is not None


def reminders_of(request: Request, stage: Stage, *, at: datetime) -> list[datetime]:
    """Return the moments of all reminders of a question in this stage, past ones too; empty when none is sent."""
    link = living_link(request, at=at)
    reachable = request.physician.email and (link or by_account(request))
    if not reachable or stage.kind not in OPEN or stage.kind in NOT_REMINDED:
        return []
    return reminder_marks(stage.asked_at, link.expires_at if link else None)


def next_reminder(request: Request, *, at: datetime) -> datetime | None:
    """Return when a physician is next reminded of a question, quiet hours left out, or None when that will not be.

    No query where physician, client and studio are joined, and steps, links and answers loaded as for `states.history`.
    """
    ahead = [one for one in reminders_of(request, stage_of(request, at=at), at=at) if one > at]
    return heard(request.physician, request.client.studio, ahead[0]) if ahead else None


def heard(physician: Physician | None, studio: Studio, moment: datetime) -> datetime:
    """Return the moment, or the end of the physician's quiet hours that it lies in. The staff has none."""
    if physician is None:
        return moment
    return after_quiet(moment, physician.quiet_from, physician.quiet_until, studio.time_zone)


def studios_to_read(*, at: datetime) -> QuerySet[Studio]:
    """Return the studios whose trail has unread lines, or for which nobody has looked at the clock for a minute."""
    cursor = Cursor.objects.filter(studio=OuterRef("pk"))
    unread = Event.objects.filter(studio=OuterRef("pk"), number__gt=OuterRef("read"))
    read = Coalesce(cursor.values("read_up_to")[:1], Value(0))
    looked = cursor.filter(looked_at__gt=at - LOOK_EVERY, looked_at__lte=at)
    return Studio.objects.annotate(read=read).filter(Exists(unread) | ~Exists(looked)).order_by("pk")


def waiting() -> int:
    """Return how many messages of all studios wait, due or not."""
    return Delivery.objects.filter(state=State.PENDING).count()


def waiting_of(studio: int) -> QuerySet[Delivery]:
    """Return the messages of a studio that wait, next one first."""
    return _of(studio).filter(state=State.PENDING).order_by("due_at", "id")[:MOST]


def failed_of(studio: int) -> QuerySet[Delivery]:
    """Return the messages of a studio that failed for good, newest first."""
    return _of(studio).filter(state=State.FAILED).order_by("-due_at", "-id")[:MOST]


def lately_of(studio: int, *, at: datetime) -> QuerySet[Delivery]:
    """Return what was sent, or found not needed, in the last two weeks, newest first."""
    over = Q(state=State.SENT) | Q(state=State.SKIPPED)
    return _of(studio).filter(over, due_at__gt=at - LATELY).order_by(F("due_at").desc(), "-id")[:MOST]


def mail_of_link(link: int) -> Delivery | None:
    """Return the message with a client's personal link, or None while the trail has not been read."""
    return Delivery.objects.filter(link=link).order_by("-id").first()


def _of(studio: int) -> QuerySet[Delivery]:
    return Delivery.objects.filter(studio=studio).select_related("user", "physician", "request", "link__client")
