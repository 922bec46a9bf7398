"""What became of a question: every state with who and when, and the present one. Read from rows that are only added."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices

from clearance.decisions.models import Decision, Outcome, Request, RequestStep


class Kind(TextChoices):
    DRAFTED = "DRAFTED", "Drafted"
    SENT = "SENT", "Sent"
    OPENED = "OPENED", "Opened"
    ANSWERED = "ANSWERED", "Answered"
    NEEDS_MORE = "NEEDS_MORE", "Needs more"
    TOLD = "TOLD", "Told more"
    DECLINED = "DECLINED", "Declined"
    BOUNCED = "BOUNCED", "Bounced"
    EXPIRED = "EXPIRED", "Expired"
    LOCKED = "LOCKED", "Locked"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"
    REPLACED = "REPLACED", "Replaced"


ASKED = (Kind.DRAFTED, Kind.TOLD)
SETTLED = (Kind.ANSWERED, Kind.NEEDS_MORE, Kind.DECLINED, Kind.WITHDRAWN, Kind.REPLACED)
ENDED = (Kind.WITHDRAWN, Kind.REPLACED)
# In these the question still waits for the physician, or for the studio to bring it there.
OPEN = tuple(one for one in Kind if one not in SETTLED)


@dataclass(frozen=True)
class Stage:
    """One state of a question. `who` is empty where nobody did it; `asked_at` is when it was last asked."""

    kind: Kind
    at: datetime
    who: str = ""
    note: str = ""
    asked_at: datetime = datetime.min

    @property
    def label(self) -> str:
        return self.kind.label


def history(request: Request, *, at: datetime) -> list[Stage]:
    """Return all states of a question up to a moment, oldest first. Three queries, none where they are prefetched:
    `steps__by`, `links__by`, and the client's decisions given by `answers_to`."""
    steps = list(_steps(request))
    ends = min((one.at for one in steps if one.kind in (Kind.WITHDRAWN, Kind.REPLACED)), default=at)
    found = [Stage(Kind.DRAFTED, request.at, str(request.by)), *steps, *_answers(request)]
    found += _links(request, at, [one.at for one in found if one.kind in SETTLED])
    return sorted((one for one in found if one.at <= ends), key=lambda one: one.at)


def stage_of(request: Request, *, at: datetime) -> Stage:
    """Return the present state of a question: what settled it since it was last asked, or the last that happened."""
    past = history(request, at=at)
    asked = max(place for place, one in enumerate(past) if one.kind in ASKED)
    since = past[asked:]
    present = next((one for one in reversed(since) if one.kind in SETTLED), since[-1])
    return Stage(present.kind, present.at, present.who, present.note, since[0].at)


def _steps(request: Request) -> Iterator[Stage]:
    for step in request.steps.all():
        kind = Kind.DRAFTED if step.kind == RequestStep.Kind.AGAIN else Kind(step.kind)
        yield Stage(kind, step.at, str(step.by) if step.by else "", step.note)


def _links(request: Request, at: datetime, settled: list[datetime]) -> Iterator[Stage]:
    for link in request.links.all():
        if link.since > request.at:
            yield Stage(Kind.DRAFTED, link.since, str(link.by))
        ended = link.until is not None and link.until <= link.expires_at
        over = ended or any(link.since <= moment <= link.expires_at for moment in settled)
        if link.expires_at <= at and not over:
            yield Stage(Kind.EXPIRED, link.expires_at)


def _answers(request: Request) -> Iterator[Stage]:
    """A decision that was entered by mistake answers nothing."""
    for one in answers_to(request):
        if not hasattr(one, "void"):
            yield Stage(_kind_of(one), one.signed_at, one.signed_name, one.conditions)


def answers_to(request: Request) -> list[Decision]:
    """Return the physician's words on the client since the question, oldest first; from `request.words` where a list
    has loaded them for many questions."""
    if "words" not in request.__dict__:
        found = Decision.objects.filter(client=request.client_id, physician=request.physician_id)
        later = found.filter(signed_at__gt=request.at).select_related("void").order_by("signed_at")
        request.__dict__["words"] = list(later)
    return list(request.__dict__["words"])


def _kind_of(decision: Decision) -> Kind:
    kinds = {Outcome.DEFERRED: Kind.NEEDS_MORE, Outcome.NOT_MY_PATIENT: Kind.DECLINED}
    return kinds.get(Outcome(decision.outcome), Kind.ANSWERED)
