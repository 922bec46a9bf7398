"""Read the restrictions behind an open gate, and narrow and count standings for lists."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, When

from clearance.decisions.board import awaited
from clearance.decisions.kinds import Kind
from clearance.decisions.models import Decision, Request, Restriction
from clearance.gate.limits import Clause, Limits, together
from clearance.gate.models import Standing
from clearance.gate.rule import Code
from clearance.gate.standings import ENDING_SOON, refresh
from clearance.people.models import CareTeamMember

OPEN = Q(state__in=("in_force", "restrictions", "not_needed"))
ENDS = {"ending_soon": ENDING_SOON, "ending_later": timedelta(days=30)}
# Whatever a physician was asked, the studio has to move these on first: before that no answer can come or count.
OURS_FIRST = Q(codes__overlap=[Code.NO_PHYSICIAN, Code.PHYSICIAN_UNVERIFIED, Code.NO_CONSENT, Code.NOT_MY_PATIENT])
ONLY_TIME = ~OPEN & Q(codes__contained_by=[Code.NOT_YET, Code.RESTING])
NO_PHYSICIAN = Q(codes__contains=[Code.NO_PHYSICIAN])
UNVERIFIED = Q(codes__contains=[Code.PHYSICIAN_UNVERIFIED])
NO_CONSENT = Q(codes__contains=[Code.NO_CONSENT])
BLOCKED = Q(state="blocked")
# The blocked ones by the first thing that is missing: each is in one group, and the groups add up.
GROUPED = {
    "no_physician": BLOCKED & NO_PHYSICIAN,
    "unverified": BLOCKED & ~NO_PHYSICIAN & UNVERIFIED,
    "no_consent": BLOCKED & ~NO_PHYSICIAN & ~UNVERIFIED & NO_CONSENT,
    "not_yet": BLOCKED & ONLY_TIME,
    "to_ask": BLOCKED & ~ONLY_TIME & ~NO_PHYSICIAN & ~UNVERIFIED & ~NO_CONSENT,
}
COUNTED = (
    "open", "ending_later", "shut", "no_physician", "unverified", "no_consent", "to_ask", "waiting", "on_hold",
    "not_cleared", "withdrawn", "expired", "not_yet",
)  # fmt: skip


def limits_of(decisions: Iterable[int]) -> Limits:
    """Return the restrictions of these decisions: those in force behind a verdict or a pass."""
    signed = list(decisions)
    found = (
        Restriction.objects.filter(decision__in=signed, decision__valid_until__isnull=False)
        .select_related("decision__physician")
        .order_by("decision_id", "position")
    )
    return together([*_planned(signed), *(
        Clause(
            id=one.pk, decision=one.decision_id, physician=one.decision.physician.name,
            until=one.decision.valid_until, kind=one.kind, terms=one.terms, words=one.words, area=one.area,
            side=one.side,
        )
        for one in found
        if one.decision.valid_until
    )])  # fmt: skip


def pain_cap(client: int) -> int | None:
    """Return the least pain (0 to 10) that a physician's present word on a client allows, during training or the next
    morning, in force today or not; None where none names one."""
    said = Restriction.objects.filter(kind=Kind.PAIN_CAP, decision__client=client, decision__replaced_by=None)
    terms = [one.terms for one in said.filter(decision__void=None)]
    return min(
        (int(one[when]) for one in terms for when in ("during", "after") if one.get(when) is not None), default=None
    )


def words_of(decisions: Iterable[int]) -> list[Clause]:
    """Return what the physicians added in their own words, for showing beside their restrictions."""
    found = Decision.objects.filter(pk__in=list(decisions), valid_until__isnull=False).exclude(conditions="")
    return [
        Clause(-8 * one.pk, one.pk, one.physician.name, one.valid_until, "in_words", {}, one.conditions)
        for one in found.select_related("physician").order_by("pk")
        if one.valid_until
    ]


Cap = tuple[str, dict[str, Any], str]


def _planned(decisions: list[int]) -> Iterator[Clause]:
    """Yield what a physician was asked about: who clears "what is planned" clears nothing beyond it."""
    opening = Decision.objects.filter(pk__in=decisions, valid_until__isnull=False)
    for one in opening.select_related("request", "physician").prefetch_related("restrictions").order_by("pk"):
        for place, (kind, terms, words) in enumerate([*_listed(one), *_caps(one.request)], start=1):
            # Ids of their own, below those of restrictions.
            if one.valid_until:
                yield Clause(-8 * one.pk - place, one.pk, one.physician.name, one.valid_until, kind, terms, words)


def _caps(plan: Request | None) -> list[Cap]:
    if plan is None:
        return []
    days, effort, phase = plan.days_a_week, plan.top_effort, plan.top_phase
    return [
        ("phase_cap", {"phase": phase}, f"Phase {phase} at most, as planned"),
        ("volume_cap", {"amount": days, "unit": "sessions"}, f"At most {days} sessions a week, as planned"),
        ("intensity_cap", {"rpe": effort}, f"Effort at most {effort} of 10, as planned"),
    ]


def _listed(decision: Decision) -> list[Cap]:
    """Only what is listed: the movements of a plan that names some, and, where the physician said that nothing else is
    allowed, the ways of training that a restriction allows alone beside them."""
    movements = decision.request.movements if decision.request else []
    if decision.unlisted_allowed and not movements:
        return []
    named = [] if decision.unlisted_allowed else decision.restrictions.all()
    ways = [one.terms["modalities"] for one in named if one.kind == Kind.MODALITY_ALLOW_ONLY]
    terms = {"patterns": list(movements), "modalities": [one for found in ways for one in found]}
    return [("listed_only", terms, "Nothing but the movements that the plan names, and what the physician lists")]


def in_state(state: str, *, at: datetime) -> Q:
    """Return the condition on standings for a state's slug, or for one of these wider and narrower ones.

    `open`, `shut`; `ending_soon` and `ending_later`: open for 14 or 30 more days at most; `needs_you`: shut, and the
    studio has the next move; `asked`: shut, and a physician has it; the groups of GROUPED. An unknown one is empty.
    """
    if state in ENDS:
        return OPEN & Q(until__lte=at + ENDS[state])
    asked = ~OURS_FIRST & Q(client__in=awaited(at).values("client"))
    wider = {
        "open": OPEN,
        "shut": ~OPEN,
        "needs_you": ~OPEN & ~ONLY_TIME & ~asked,
        "asked": ~OPEN & ~ONLY_TIME & asked,
    }
    return (wider | GROUPED).get(state, Q(state=state))


def counts(standings: QuerySet[Standing], states: Iterable[str], *, at: datetime) -> dict[str, int]:
    """Return how many of these standings are in each of these states."""
    return standings.aggregate(**{state: _count(state, at) for state in states})


def caseload(standings: QuerySet[Standing], *, at: datetime) -> list[dict[str, Any]]:
    """Return one row per trainer, by name: `trainer`, `name`, `active` and the number in each of COUNTED."""
    named = standings.values(trainer=F("client__trainer"), name=F("client__trainer__user__name"))
    numbers = {group: _count(group, at) for group in COUNTED}
    return [dict(one) for one in named.annotate(active=Count("pk"), **numbers).order_by("name", "trainer")]


def _count(state: str, at: datetime) -> Count:
    return Count("pk", filter=in_state(state, at=at))


def standings_in(studio: int, state: str, *, at: datetime) -> QuerySet[Standing]:
    """Return a studio's standings in a state, as they were last judged."""
    return Standing.objects.filter(in_state(state, at=at), studio=studio)


def by_need(places: QuerySet[CareTeamMember]) -> QuerySet[CareTeamMember]:
    """Return a physician's places (with `asked_at`): asked about first, longest waiting on top, then shut gates, then
    by name. Judges the due clients of their studios again."""
    for studio in places.order_by().values_list("client__studio", flat=True).distinct():
        refresh(studio)
    trains = Q(client__standing__state__in=("in_force", "restrictions", "not_needed"))
    shut_first = Case(When(trains, then=1), default=0)
    return places.order_by(F("asked_at").asc(nulls_last=True), shut_first, "client__name", "pk")
