"""Load what the rule needs, as it was at a moment, for one client or many, in a constant number of queries.

Everything the gate reads is kept as rows with moments, so the facts of any past moment can be loaded again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q

from clearance.checkins.models import Screening, ScreeningVoid
from clearance.decisions.kinds import Kind
from clearance.decisions.models import OPENING, Coverage, Decision, Restriction
from clearance.gate import known
from clearance.injuries.models import Hold, Injury, InjuryVersion, PlannedSession, TreatmentCourse, TreatmentSession
from clearance.people.models import (
    CareTeamMember,
    Client,
    Consent,
    Evidence,
    Identity,
    Physician,
    Policy,
    Verification,
)

Covered = dict[int, frozenset[tuple[int, int]]]
BY_OWN_HAND = (Decision.Route.ACCOUNT, Decision.Route.LINK)
LOOK = {"looked_at": "at", "looked_well": "confirmed", "called_back": "called_back"}


def of_client(client: int, *, at: datetime) -> known.Facts:
    """Return one client's facts at a moment. Raises KeyError for a client who does not exist."""
    return of_clients([client], at=at)[client]


def of_clients(clients: Iterable[int], *, at: datetime) -> dict[int, known.Facts]:
    """Return the facts of many clients at a moment, by client id."""
    ids = list(clients)
    rows = _load(ids, at)
    return {one.pk: _facts(one, rows) for one in Client.objects.select_related("studio").filter(pk__in=ids)}


@dataclass(frozen=True)
class _Rows:
    at: datetime
    policies: dict[int, Policy]
    supervising: dict[int, CareTeamMember]
    versions: dict[int, list[InjuryVersion]]
    decisions: dict[int, list[Decision]]
    covers: Covered
    resolved: frozenset[int]
    pauses: dict[int, list[Restriction]]
    injuries: dict[int, list[Injury]]
    identities: dict[int, Identity]
    sessions: dict[int, list[TreatmentSession]]
    planned: dict[int, list[PlannedSession]]
    holds: dict[int, list[Hold]]
    treated: frozenset[int]
    screened: dict[int, list[known.Screened]]
    consents: dict[tuple[int, int], Consent]
    verified: frozenset[int]
    physicians: dict[int, str]


def _load(ids: list[int], at: datetime) -> _Rows:
    now = Q(since__lte=at) & (Q(until=None) | Q(until__gt=at))
    decisions = _grouped(_decisions(ids, at), lambda one: one.client_id)
    present = [one for found in decisions.values() for one in found]
    signed = [one.pk for one in present]
    versions = InjuryVersion.objects.filter(now, injury__client__in=ids).select_related("injury").order_by("injury_id")
    supervising = CareTeamMember.objects.filter(now, client__in=ids, kind=CareTeamMember.Kind.SUPERVISING)
    consents = Consent.objects.filter(client__in=ids, since__lte=at).order_by("since", "id")
    doctors = Physician.objects.filter(care_of__client__in=ids).distinct()
    return _Rows(
        at=at,
        policies={one.studio_id: one for one in Policy.objects.filter(now, studio__clients__in=ids).distinct()},
        supervising={one.client_id: one for one in supervising},
        versions=_grouped(versions, lambda one: one.injury.client_id),
        decisions=decisions,
        covers=_covers(signed),
        resolved=_resolved(present, at),
        pauses=_grouped(_pauses(signed), lambda one: one.decision_id),
        injuries=_grouped(Injury.objects.filter(client__in=ids, created_at__lte=at), lambda one: one.client_id),
        identities={one.client_id: one for one in Identity.objects.filter(now, client__in=ids)},
        sessions=_grouped(_sessions(ids, at), lambda one: one.course.injury.client_id),
        planned=_grouped(_planned(ids, at), lambda one: one.course.injury.client_id),
        holds=_grouped(Hold.objects.filter(client__in=ids, at__lte=at).order_by("at", "id"), lambda one: one.client_id),
        treated=_treated(ids, at),
        screened=_screened(ids, at),
        consents={(one.client_id, one.physician_id): one for one in consents},
        verified=frozenset(Verification.objects.filter(now, physician__in=doctors).values_list("physician", flat=True)),
        physicians=dict(doctors.values_list("pk", "name")),
    )


def _facts(client: Client, rows: _Rows) -> known.Facts:
    policy, member = rows.policies.get(client.studio_id), rows.supervising.get(client.pk)
    versions, holds, sessions = rows.versions[client.pk], rows.holds[client.pk], rows.sessions[client.pk]
    named = {one.supervised_by_id for one in versions if one.supervised_by_id}
    named |= {member.physician_id} if member else set()
    return known.Facts(
        client=client.pk,
        every_client=policy is None or policy.needs == Policy.Needs.EVERY_CLIENT,
        least_evidence=policy.least_evidence if policy else max(Evidence.values),
        flagged=bool(
            rows.injuries[client.pk] or sessions or holds or rows.screened[client.pk] or client.pk in rows.treated
        ),
        known_since=client.created_at,
        identity_since=rows.identities[client.pk].since if client.pk in rows.identities else rows.at,
        supervising=member.physician_id if member else None,
        supervising_since=member.since if member else None,
        physicians=tuple(_physician(client.pk, one, rows) for one in sorted(named)),
        injuries=tuple(_injuries(rows.injuries[client.pk], versions, rows)),
        decisions=tuple(_decision(one, rows) for one in rows.decisions[client.pk]),
        sessions=tuple(_session(one, rows.at) for one in sessions if one.took_place),
        planned=tuple(
            known.Planned(one.pk, one.planned_on, one.since, _if_past(one.until, rows.at))
            for one in rows.planned[client.pk]
        ),
        screened=tuple(rows.screened[client.pk]),
        holds=tuple(known.Hold(one.pk, one.at) for one in holds),
        names=_names(client, rows),
    )


def _names(client: Client, rows: _Rows) -> dict[str, str]:
    return (
        {"zone": client.studio.time_zone}
        | {f"evidence {level.value}": level.label for level in Evidence}
        | {f"physician {pk}": name for pk, name in rows.physicians.items()}
        | {f"injury {one.injury_id}": f"{one} ({one.severity_word})" for one in rows.versions[client.pk]}
        | {f"hold {one.pk}": one.reason for one in rows.holds[client.pk]}
    )


def _injuries(injuries: list[Injury], versions: list[InjuryVersion], rows: _Rows) -> Iterator[known.Injury]:
    by_injury = {one.injury_id: one for one in versions}
    for injury in injuries:
        if injury.pk in rows.resolved:
            continue
        version = by_injury.get(injury.pk)
        # An injury that lost its versions is a missing fact: nobody supervises it and nothing covers it.
        yield _injury(version, rows.at) if version else known.Injury(injury.pk, 0, None, injury.created_at)


def _injury(version: InjuryVersion, at: datetime) -> known.Injury:
    return known.Injury(
        id=version.injury_id,
        number=version.number,
        supervised_by=version.supervised_by_id,
        since=version.since,
        voided_at=_if_past(version.injury.voided_at, at),
    )


def _decision(decision: Any, rows: _Rows) -> known.Decision:
    return known.Decision(
        id=decision.pk,
        physician=decision.physician_id,
        outcome=decision.outcome,
        signed_at=decision.signed_at,
        time_zone=decision.time_zone,
        valid_from=decision.valid_from,
        valid_until=decision.valid_until,
        covers=rows.covers.get(decision.pk, frozenset()),
        holds_through_course=decision.holds_through_course,
        rest_days=decision.rest_days,
        pauses=tuple(_pause(one) for one in rows.pauses[decision.pk]),
        # Nothing but the physician's own hand on a screen is confirmed by itself: any other route starts shut.
        confirmed=decision.route in BY_OWN_HAND or _looked_at(decision, rows.at),
        voided_at=_if_past(decision.void_at, rows.at),
        evidence=_evidence(decision, rows.at),
        knew_at=decision.asked_at if decision.route == Decision.Route.PAPER else None,
    )


def _looked_at(decision: Any, at: datetime) -> bool:
    """A second person confirmed the transcription."""
    return bool(decision.looked_well) and _if_past(decision.looked_at, at) is not None


def _evidence(decision: Any, at: datetime) -> int:
    called = decision.called_back and _looked_at(decision, at)
    return Evidence.PAPER_CALLED_BACK.value if called else decision.evidence


def _physician(client: int, physician: int, rows: _Rows) -> known.Physician:
    consent = rows.consents.get((client, physician))
    stopped_at = _if_past(consent.until, rows.at) if consent else None
    until = _end_of(consent.last_day, consent.time_zone) if consent and not stopped_at else None
    return known.Physician(physician, physician in rows.verified, until, stopped_at)


def _end_of(day: date, time_zone: str) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=ZoneInfo(time_zone))


def _pause(restriction: Restriction) -> tuple[date, date]:
    terms = restriction.terms
    return date.fromisoformat(terms["first"]), date.fromisoformat(terms["last"])


def _decisions(ids: list[int], at: datetime) -> Iterable[Decision]:
    later = Decision.objects.filter(replaces=OuterRef("pk"), signed_at__lte=at)
    present = Decision.objects.filter(~Exists(later), client__in=ids, signed_at__lte=at)
    look = {name: F(f"second_look__{field}") for name, field in LOOK.items()}
    return present.annotate(void_at=F("void__at"), asked_at=F("request__at"), **look).order_by("id")


def _covers(decisions: list[int]) -> Covered:
    found: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for row in Coverage.objects.filter(decision__in=decisions):
        found[row.decision_id].add((row.injury_id, row.number))
    return {decision: frozenset(rows) for decision, rows in found.items()}


def _resolved(present: Iterable[Any], at: datetime) -> frozenset[int]:
    """An injury stays resolved while no later word of the physician who said so refuses: whoever withdraws or refuses
    takes the resolution back for good, and has to decide on the injury again."""
    standing = [one for one in present if one.outcome in OPENING and _if_past(one.void_at, at) is None]
    pairs = {(one.client_id, one.physician_id) for one in standing}
    said = Coverage.objects.filter(resolves=True, decision__client__in={client for client, _ in pairs})
    said = said.filter(decision__signed_at__lte=at).filter(Q(decision__void=None) | Q(decision__void__at__gt=at))
    refused = Decision.objects.filter(
        client=OuterRef("decision__client"), physician=OuterRef("decision__physician"),
        signed_at__gt=OuterRef("decision__signed_at"), signed_at__lte=at,
    )  # fmt: skip
    said = said.filter(~Exists(refused.exclude(outcome__in=OPENING)))
    rows = said.values_list("injury_id", "decision__client_id", "decision__physician_id")
    return frozenset(injury for injury, client, physician in rows if (client, physician) in pairs)


def _treated(ids: list[int], at: datetime) -> frozenset[int]:
    courses = TreatmentCourse.objects.filter(injury__client__in=ids, created_at__lte=at)
    return frozenset(courses.values_list("injury__client", flat=True))


def _screened(ids: list[int], at: datetime) -> dict[int, list[known.Screened]]:
    """Screening answers that were not a plain no, and those that have changed, whatever they were: a later screening
    takes nothing back."""
    signed = Screening.objects.filter(client__in=ids, at__lte=at, flagged=True).values_list("client", "pk", "at")
    voids = ScreeningVoid.objects.filter(screening__client__in=ids, at__lte=at)
    found: dict[int, list[known.Screened]] = defaultdict(list)
    for client, pk, moment in [*signed, *voids.values_list("screening__client", "screening", "at")]:
        found[client].append(known.Screened(pk, moment))
    return defaultdict(list, {client: sorted(rows, key=lambda one: (one.at, one.id)) for client, rows in found.items()})


def _pauses(decisions: list[int]) -> Iterable[Restriction]:
    return Restriction.objects.filter(decision__in=decisions, kind=Kind.NO_TRAINING_WINDOW)


def _planned(ids: list[int], at: datetime) -> Iterable[PlannedSession]:
    planned = PlannedSession.objects.filter(course__injury__client__in=ids, since__lte=at)
    return planned.select_related("course__injury").order_by("id")


def _session(session: Any, at: datetime) -> known.Session:
    """Words that were corrected are no new session: it was recorded when its day was."""
    before = session.corrects
    same_day = before is not None and before.took_place and before.performed_on == session.performed_on
    recorded_at = before.recorded_at if same_day else session.recorded_at
    return known.Session(session.pk, session.performed_on, recorded_at, _if_past(session.corrected_at, at))


def _sessions(ids: list[int], at: datetime) -> Iterable[TreatmentSession]:
    performed = TreatmentSession.objects.filter(course__injury__client__in=ids, recorded_at__lte=at)
    performed = performed.annotate(corrected_at=F("corrected_by__recorded_at"))
    return performed.select_related("course__injury", "corrects").order_by("performed_on", "id")


def _if_past(moment: datetime | None, at: datetime) -> datetime | None:
    return moment if moment is not None and moment <= at else None


def _grouped(rows: Iterable[Any], key: Callable[[Any], int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found
