"""Read what has been asked and waits: in which state, on whom, how long, and how quickly physicians answer.

`_with_state` says in SQL what `states.stage_of` says of one question, so that lists can be narrowed, counted and cut.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import (
    Aggregate,
    Case,
    CharField,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce

from clearance.decisions.models import Contact, Decision, Link, Outcome, Request, RequestStep
from clearance.decisions.states import Kind, Stage
from clearance.people.models import Channel

FAILED = (Kind.BOUNCED, Kind.EXPIRED, Kind.LOCKED)
ENDED = (RequestStep.Kind.WITHDRAWN, RequestStep.Kind.REPLACED)


def _words(since: str) -> QuerySet[Any]:
    # A decision that was entered by mistake answers nothing.
    words: QuerySet[Any] = Decision.objects.filter(
        client=OuterRef("client"), physician=OuterRef("physician"), void=None
    )
    return words.filter(signed_at__gt=OuterRef(since)).order_by("signed_at")


def _with_state(requests: QuerySet[Any], at: datetime) -> QuerySet[Any]:
    """Leave out what was taken back, replaced or declined, and add `asked_last`; `said`, the outcome of the newest word
    since; `state`; and `on_paper`: by letter, without a link since it was last asked."""
    step = RequestStep.objects.filter(request=OuterRef("pk")).order_by("-at", "-id")
    told = step.filter(kind=RequestStep.Kind.TOLD).values("at")[:1]
    link = Link.objects.filter(request=OuterRef("pk"), since__gte=OuterRef("asked_last")).order_by("-since")
    lapsing = link.filter(Q(until=None) | Q(until__gt=F("expires_at")))
    live = requests.filter(~Exists(step.filter(kind__in=ENDED)))
    declined = step.filter(kind=RequestStep.Kind.DECLINED, at__gt=OuterRef("asked_last"))
    waits: QuerySet[Any] = live.annotate(asked_last=Coalesce(Subquery(told), F("at")))
    found: QuerySet[Any] = waits.filter(~Exists(declined)).annotate(
        said=Subquery(_words("asked_last").reverse().values("outcome")[:1]),
        step=Subquery(step.values("kind")[:1]), step_at=Subquery(step.values("at")[:1]),
        link_since=Subquery(link.values("since")[:1]), lapses=Subquery(lapsing.values("expires_at")[:1]),
    )  # fmt: skip
    lapsed = Q(lapses__lte=at) & (Q(step_at=None) | Q(step_at__lte=F("lapses")))
    sent_again = Q(link_since__gt=F("at")) & (Q(step_at=None) | Q(link_since__gte=F("step_at")))
    state = Case(
        When(said=Outcome.DEFERRED, then=Value(Kind.NEEDS_MORE)),
        When(lapsed, then=Value(Kind.EXPIRED)),
        When(Q(step=None) | Q(step=RequestStep.Kind.AGAIN) | sent_again, then=Value(Kind.DRAFTED)),
        default=F("step"),
        output_field=CharField(),
    )
    return found.annotate(state=state, on_paper=Q(channel=Channel.PAPER, link_since=None))


def awaited(at: datetime) -> QuerySet[Any]:
    """Return the questions on which a physician has the next move. Where the physician needs more, a link ended, a mail
    came back or a letter has not left, the studio has it: see `needs_studio`."""
    letter = Q(on_paper=True, state__in=(Kind.DRAFTED, Kind.TOLD))
    return _with_state(Request.objects.all(), at).filter(said=None).exclude(letter | Q(state__in=FAILED))


def needs_studio(request: Request, stage: Stage) -> bool:
    """Say whether nothing happens on a question before the studio moves. `request` comes with its history."""
    linked = any(one.since >= stage.asked_at for one in request.links.all())
    letter = request.channel == Channel.PAPER and not linked
    return stage.kind in (*FAILED, Kind.NEEDS_MORE) or (letter and stage.kind in (Kind.DRAFTED, Kind.TOLD))


def with_history(requests: Iterable[Request]) -> list[Request]:
    """Return questions with all that `states.stage_of` reads, in five queries however many they are."""
    found = list(requests)
    prefetch_related_objects(found, "steps__by", "links__by")
    said = Decision.objects.filter(
        client__in={one.client_id for one in found}, physician__in={one.physician_id for one in found}
    )
    words: dict[tuple[int, int], list[Decision]] = defaultdict(list)
    for one in said.select_related("void").order_by("signed_at"):
        words[one.client_id, one.physician_id].append(one)
    for asked in found:
        later = [one for one in words[asked.client_id, asked.physician_id] if one.signed_at > asked.at]
        asked.__dict__["words"] = later
    return found


def newest_questions(clients: Iterable[int]) -> list[Request]:
    """Return the newest question about each of these clients to each physician, with its history."""
    asked = Request.objects.filter(client__in=list(clients)).select_related("physician", "by")
    newest = asked.order_by("client", "physician", "-at", "-id").distinct("client", "physician")
    return with_history(newest)


def on_board(studio: int, *, at: datetime) -> QuerySet[Any]:
    """Return a studio's questions that wait, for a physician or for the studio, oldest first, each with `state`."""
    asked = Request.objects.filter(client__studio=studio, client__archived_at=None)
    waits = _with_state(asked, at).filter(Q(said=None) | Q(said=Outcome.DEFERRED))
    return waits.select_related("client__studio", "client__trainer__user", "physician", "by").order_by("at", "id")


class Median(Aggregate):
    """The middle one; of two, half-way between them. Without any: None."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


def answer_times(studio: int, by: str, *, since: datetime) -> QuerySet[Any]:
    """Return how the questions since a moment were answered, by "physician" or "clinic": `asked`, `answered`, and
    `median`, the time to the first word. Those that were taken back or replaced before any do not count."""
    kinds = (RequestStep.Kind.WITHDRAWN, RequestStep.Kind.REPLACED)
    ended = RequestStep.objects.filter(request=OuterRef("pk"), kind__in=kinds).order_by("at")
    asked: QuerySet[Any] = Request.objects.filter(client__studio=studio, at__gte=since).annotate(
        clinic=F("physician__clinic"),
        first=Subquery(_words("at").values("signed_at")[:1]),
        ended=Subquery(ended.values("at")[:1]),
    )
    counted = asked.filter(Q(ended=None) | Q(first__lt=F("ended")))
    took = ExpressionWrapper(F("first") - F("at"), output_field=DurationField())
    groups = counted.values(by).annotate(asked=Count("pk"), answered=Count("first"), median=Median(took))
    return groups.order_by(by)


def contacts_of(request: Request) -> QuerySet[Contact]:
    """Return the contact log of a question, newest first."""
    return Contact.objects.filter(request=request).select_related("by").order_by("-at", "-id")


def contacts_with(physician: int) -> QuerySet[Contact]:
    """Return the contact log of a physician, newest first."""
    found = Contact.objects.filter(physician=physician).select_related("by", "request__client")
    return found.order_by("-at", "-id")
