"""Read the restrictions behind an open gate, and narrow and count standings for lists."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from clearance.decisions.models import Restriction
from clearance.gate.limits import Clause, Limits, together
from clearance.gate.models import Standing
from clearance.gate.rule import Code
from clearance.gate.standings import ENDING_SOON

OPEN = Q(state__in=("in_force", "restrictions", "not_needed"))
BLOCKED = Q(state="blocked")
LACKS = {code: Q(codes__contains=[code]) for code in (Code.NO_PHYSICIAN, Code.PHYSICIAN_UNVERIFIED, Code.NO_CONSENT)}
ASKABLE = BLOCKED & ~LACKS[Code.NO_PHYSICIAN] & ~LACKS[Code.PHYSICIAN_UNVERIFIED]
# What a trainer can move on although a physician has been asked: without it the physician cannot answer.
THE_TRAINERS_MOVE = Q(codes__overlap=[Code.NO_PHYSICIAN, Code.NO_CONSENT, Code.NOT_MY_PATIENT])
ONLY_TIME = Q(codes__contained_by=[Code.NOT_YET, Code.RESTING])
NARROWER = {
    "open": OPEN,
    "shut": ~OPEN,
    "needs_you": ~OPEN & ~ONLY_TIME & (~Q(state="waiting") | THE_TRAINERS_MOVE),
    "no_physician": BLOCKED & LACKS[Code.NO_PHYSICIAN],
    "unverified": BLOCKED & ~LACKS[Code.NO_PHYSICIAN] & LACKS[Code.PHYSICIAN_UNVERIFIED],
    "no_consent": ASKABLE & LACKS[Code.NO_CONSENT],
    "other": ASKABLE & ~LACKS[Code.NO_CONSENT],
}
ENDING_LATER = timedelta(days=30)
GROUPS = (
    "open", "shut", "no_physician", "unverified", "no_consent", "waiting", "on_hold", "not_cleared", "withdrawn",
    "expired", "other", "ending_later",
)  # fmt: skip


def limits_of(decisions: Iterable[int]) -> Limits:
    """Return the restrictions of these decisions: those in force behind a verdict or a pass."""
    found = (
        Restriction.objects.filter(decision__in=list(decisions), decision__valid_until__isnull=False)
        .select_related("decision__physician")
        .order_by("decision_id", "position")
    )
    return together(
        Clause(
            id=one.pk, decision=one.decision_id, physician=one.decision.physician.name,
            until=one.decision.valid_until, kind=one.kind, terms=one.terms, words=one.words, area=one.area,
            side=one.side,
        )
        for one in found
        if one.decision.valid_until
    )  # fmt: skip


def in_state(state: str, *, at: datetime) -> Q:
    """Return the condition on standings for a state's slug or one of the wider or narrower names of this module.

    `ending_soon` is open for 14 more days at most, `ending_later` for 30. No standing has an unknown state.
    """
    ends = {"ending_soon": ENDING_SOON, "ending_later": ENDING_LATER}
    if state in ends:
        return OPEN & Q(until__lte=at + ends[state])
    return NARROWER.get(state, Q(state=state))


def counts(standings: QuerySet[Standing], states: Iterable[str], *, at: datetime) -> dict[str, int]:
    """Return how many of these standings are in each of these states."""
    return standings.aggregate(**{state: _count(state, at) for state in states})


def caseload(standings: QuerySet[Standing], *, at: datetime) -> list[dict[str, Any]]:
    """Return one row per trainer, by name: `trainer`, `name`, `active` and the number in each of GROUPS."""
    named = standings.values(trainer=F("client__trainer"), name=F("client__trainer__user__name"))
    numbers = {group: _count(group, at) for group in GROUPS}
    return [dict(one) for one in named.annotate(active=Count("pk"), **numbers).order_by("name", "trainer")]


def _count(state: str, at: datetime) -> Count:
    return Count("pk", filter=in_state(state, at=at))


def standings_in(studio: int, state: str, *, at: datetime) -> QuerySet[Standing]:
    """Return a studio's standings in a state, as they were last judged."""
    return Standing.objects.filter(in_state(state, at=at), studio=studio)
