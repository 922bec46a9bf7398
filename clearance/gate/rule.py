"""THE GATE RULE. A client's gate is open at a moment when no reason below applies. Pure: no database, clock or Django.

Only a physician's decision opens. Time alone only closes, except where the physician said "not before" or "rest n days
after a session": then time plays out what the physician said.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from clearance.gate.known import OPENING, Decision, Facts, Injury, Planned, Session


class Code(StrEnum):
    """Why a gate is shut, in the order in which people read the reasons."""

    NO_PHYSICIAN = "NO_PHYSICIAN"
    PHYSICIAN_UNVERIFIED = "PHYSICIAN_UNVERIFIED"
    NO_CONSENT = "NO_CONSENT"
    ON_HOLD = "ON_HOLD"
    WITHDRAWN = "WITHDRAWN"
    NOT_CLEARED = "NOT_CLEARED"
    NOT_CLEARED_UNTIL_TREATMENT_CONCLUDES = "NOT_CLEARED_UNTIL_TREATMENT_CONCLUDES"
    DEFERRED = "DEFERRED"
    GUIDANCE_ONLY = "GUIDANCE_ONLY"
    NOT_MY_PATIENT = "NOT_MY_PATIENT"
    NO_DECISION = "NO_DECISION"
    PAPER_UNVERIFIED = "PAPER_UNVERIFIED"
    EVIDENCE_TOO_WEAK = "EVIDENCE_TOO_WEAK"
    NOT_COVERED = "NOT_COVERED"
    SCREENED_SINCE = "SCREENED_SINCE"
    TREATED_SINCE = "TREATED_SINCE"
    TREATMENT_DUE = "TREATMENT_DUE"
    EXPIRED = "EXPIRED"
    NOT_YET = "NOT_YET"
    RESTING = "RESTING"


@dataclass(frozen=True)
class Reason:
    """Why the gate is shut: one sentence for people, and whose turn it is. `steps.step_of` says what moves it on."""

    code: Code
    sentence: str
    turn: str
    since: datetime
    physician: int | None = None
    injury: int | None = None


@dataclass(frozen=True)
class Verdict:
    """What the rule says at `at`. `needed` is false where the studio's policy asks for no clearance.

    `until` is the last moment (exclusive) up to which an open gate stays open if nothing happens, None without an end;
    `changes_at` is the next moment at which time alone changes the verdict or its reasons, or None.
    """

    at: datetime
    reasons: tuple[Reason, ...]
    decisions: tuple[int, ...]
    needed: bool
    until: datetime | None
    changes_at: datetime | None

    @property
    def open(self) -> bool:
        return not self.reasons

    @property
    def since(self) -> datetime | None:
        return min((reason.since for reason in self.reasons), default=None)


def verdict(facts: Facts, at: datetime) -> Verdict:
    """Judge the facts at a moment (with a time zone). Never raises for missing facts: they are reasons."""
    deciders = deciding(facts)
    order = list(Code)
    reasons = sorted(_reasons(facts, deciders, at), key=lambda reason: (order.index(reason.code), reason.since))
    current = [one for one in facts.decisions if one.physician in deciders]
    ahead = sorted(moment for moment in _boundaries(facts, deciders, current) if moment > at)
    changes_at = ahead[0] if ahead else None
    decisions = tuple(sorted(one.id for one in current))
    return Verdict(at, tuple(reasons), decisions, _needed(facts), None if reasons else changes_at, changes_at)


def deciding(facts: Facts) -> dict[int, datetime]:
    """Return who must decide, each with the moment since which they have to.

    The physician of every open injury; and the client's supervising physician under the policy EVERY_CLIENT, after a
    screening answer that was not a plain no, when no open injury is left to decide on although something was recorded,
    whenever that physician has said anything, and whenever a physician who no longer has to decide has: nobody gets
    around a refusal by changing the physician.
    """
    open_injuries = [injury for injury in facts.injuries if injury.voided_at is None]
    found = {one.supervised_by: facts.known_since for one in open_injuries if one.supervised_by is not None}
    if facts.supervising is not None and facts.supervising_since is not None:
        spoke = any(one.physician == facts.supervising or one.physician not in found for one in facts.decisions)
        if facts.every_client or facts.screened or spoke or (facts.flagged and not open_injuries):
            found[facts.supervising] = facts.supervising_since
    return found


def _needed(facts: Facts) -> bool:
    return facts.every_client or facts.flagged or bool(facts.decisions)


def _reasons(facts: Facts, deciders: Mapping[int, datetime], at: datetime) -> Iterator[Reason]:
    yield from _missing_physicians(facts, deciders)
    if not deciders:
        yield from _stops(facts, None, None)
    for physician_id, began in deciders.items():
        since = max(began, facts.identity_since or began)
        yield from _standing_of(facts, physician_id, at)
        decision = next((one for one in facts.decisions if one.physician == physician_id), None)
        if decision is None or decision.voided_at is not None or decision.informed_at < since:
            yield _no_decision(facts, physician_id, decision, since)
            decision = None
        elif decision.outcome not in OPENING:
            yield _refusal(facts, decision)
        else:
            yield from _limits_of(facts, decision, at)
        yield from _stops(facts, physician_id, decision)


def _missing_physicians(facts: Facts, deciders: Mapping[int, datetime]) -> Iterator[Reason]:
    unsupervised = [one for one in facts.injuries if one.supervised_by is None and one.voided_at is None]
    for one in unsupervised:
        sentence = f"Nobody supervises the injury: {_name(facts, 'injury', one.id)}."
        yield Reason(Code.NO_PHYSICIAN, sentence, "the trainer", one.since, injury=one.id)
    if not deciders and not unsupervised and _needed(facts):
        sentence = "No physician supervises this client, and only a physician can clear."
        yield Reason(Code.NO_PHYSICIAN, sentence, "the trainer", facts.known_since)
    elif facts.screened and facts.supervising is None:
        sentence = "No physician supervises this client beyond an injury, and a screening answer asks for one."
        yield Reason(Code.NO_PHYSICIAN, sentence, "the trainer", facts.screened[0].at)


def _standing_of(facts: Facts, physician_id: int, at: datetime) -> Iterator[Reason]:
    name = _name(facts, "physician", physician_id)
    physician = next((one for one in facts.physicians if one.id == physician_id), None)
    if physician is None or not physician.verified:
        sentence = f"The contact of {name} has not been verified by a manager."
        yield Reason(Code.PHYSICIAN_UNVERIFIED, sentence, "a manager", facts.known_since, physician_id)
    until, stopped = (physician.consent_until, physician.stopped_at) if physician else (None, None)
    if until is None or at >= until:
        how = "was withdrawn" if stopped else "has ended" if until else "is not recorded"
        sentence = f"The client's consent to share with {name} {how}."
        yield Reason(Code.NO_CONSENT, sentence, "the trainer", stopped or until or facts.known_since, physician_id)


def _no_decision(facts: Facts, physician_id: int, decision: Decision | None, since: datetime) -> Reason:
    name = _name(facts, "physician", physician_id)
    sentence = f"{name} has not decided yet."
    if decision is not None and decision.voided_at is not None:
        sentence, since = f"The decision of {name} was an entry made by mistake.", decision.voided_at
    elif decision is not None:
        renamed = since == facts.identity_since
        why = "the client's name or date of birth changed" if renamed else "taking over the supervision"
        sentence = f"{name} has not decided since {why}."
    return Reason(Code.NO_DECISION, sentence, name, since, physician_id)


REFUSALS = {
    Code.WITHDRAWN: "{name} withdrew the clearance.",
    Code.NOT_CLEARED: "{name} did not clear this client.",
    Code.NOT_CLEARED_UNTIL_TREATMENT_CONCLUDES: "{name} does not clear until the treatment has concluded.",
    Code.DEFERRED: "{name} needs to know or see more before deciding.",
    Code.GUIDANCE_ONLY: "{name} gave guidance and no clearance.",
    Code.NOT_MY_PATIENT: "{name} says that this is not their patient.",
}


def _refusal(facts: Facts, decision: Decision) -> Reason:
    # An outcome that this rule does not know is a refusal.
    code = Code(decision.outcome) if decision.outcome in REFUSALS else Code.NOT_CLEARED
    name = _name(facts, "physician", decision.physician)
    turn = "the trainer" if code is Code.NOT_MY_PATIENT else name
    return Reason(code, REFUSALS[code].format(name=name), turn, decision.signed_at, decision.physician)


def _stops(facts: Facts, physician_id: int | None, decision: Decision | None) -> Iterator[Reason]:
    """Holds, and entries voided as a mistake, stand until this physician has signed after them."""
    signed_at = decision.informed_at if decision else None
    name = "a physician" if physician_id is None else _name(facts, "physician", physician_id)
    for hold in facts.holds:
        if signed_at is None or hold.at >= signed_at:
            sentence = f"On hold: {_name(facts, 'hold', hold.id).rstrip('.')}. Only {name} can answer this."
            yield Reason(Code.ON_HOLD, sentence, name, hold.at, physician_id)
    for one in facts.injuries:
        if one.voided_at is not None and (signed_at is None or one.voided_at >= signed_at):
            sentence = f"{_name(facts, 'injury', one.id)} was voided as a mistake. {name} has to decide after that."
            yield Reason(Code.ON_HOLD, sentence, name, one.voided_at, physician_id, one.id)


def _limits_of(facts: Facts, decision: Decision, at: datetime) -> Iterator[Reason]:
    name = _name(facts, "physician", decision.physician)

    def reason(code: Code, sentence: str, since: datetime, injury: int | None = None, turn: str = name) -> Reason:
        return Reason(code, sentence, turn, since, decision.physician, injury)

    if not decision.confirmed:
        sentence = f"The paper answer of {name} has not been confirmed by a second person."
        yield reason(Code.PAPER_UNVERIFIED, sentence, decision.signed_at, turn="a second person of the studio")
    elif decision.evidence < facts.least_evidence:
        least, given = (_name(facts, "evidence", one) for one in (facts.least_evidence, decision.evidence))
        sentence = f"{name} signed by {given}, and the studio asks for at least {least}."
        yield reason(Code.EVIDENCE_TOO_WEAK, sentence, decision.signed_at)
    for injury in _uncovered(facts, decision):
        sentence = f"{name}'s decision does not cover this injury as it is now: {_name(facts, 'injury', injury.id)}."
        yield reason(Code.NOT_COVERED, sentence, max(injury.since, decision.signed_at), injury.id)
    screened = [one.at for one in facts.screened if one.at >= decision.informed_at]
    if screened and decision.physician == facts.supervising:
        sentence = f"A screening answer since {name}'s decision was not a plain no, or has changed."
        yield reason(Code.SCREENED_SINCE, sentence, min(screened))
    treated = [one for one in facts.sessions if _after(one, decision)]
    if treated and not decision.holds_through_course:
        days = max(one.on for one in treated)
        sentence = f"Treated on {_day(days)}; {name}'s decision does not hold through the course."
        yield reason(Code.TREATED_SINCE, sentence, min(one.recorded_at for one in treated))
    due = [one.on for one in _expected(facts, decision) if at >= _start_of(one.on, decision.time_zone)]
    if due and not treated:
        sentence = f"A treatment was planned for {_day(max(due))}; {name}'s decision does not hold through the course."
        yield reason(Code.TREATMENT_DUE, sentence, _start_of(min(due), decision.time_zone))
    yield from _times_of(facts, decision, at, reason)


def _uncovered(facts: Facts, decision: Decision) -> Iterator[Injury]:
    for injury in facts.injuries:
        mine = injury.supervised_by == decision.physician and injury.voided_at is None
        if mine and (injury.id, injury.number) not in decision.covers:
            yield injury


def _times_of(facts: Facts, decision: Decision, at: datetime, reason: Callable[..., Reason]) -> Iterator[Reason]:
    name = _name(facts, "physician", decision.physician)
    opens, closes = window(decision)
    if at < opens:
        first = f" before {_day(decision.valid_from)}" if decision.valid_from else ""
        yield reason(Code.NOT_YET, f"{name} cleared, but not{first}.", decision.signed_at, turn="nobody: wait")
    if at >= closes:
        ended = f"ended on {_day(decision.valid_until)}" if decision.valid_until else "has no end date"
        yield reason(Code.EXPIRED, f"{name}'s clearance {ended}.", min(closes, at))
    for start, end in rests(facts, decision):
        if start <= at < end:
            last = (end - timedelta(seconds=1)).astimezone(ZoneInfo(decision.time_zone))
            sentence = f"{name} asks for no training to {_day(last.date())} inclusive."
            yield reason(Code.RESTING, sentence, max(start, decision.signed_at), turn="nobody: wait")


def window(decision: Decision) -> tuple[datetime, datetime]:
    """Return the first moment and the first moment after the last day of a decision, in its own time zone.

    A decision without a proper pair of dates has an empty window: it never opens.
    """
    if decision.valid_from is None or decision.valid_until is None:
        return decision.signed_at, decision.signed_at
    opens = _start_of(decision.valid_from, decision.time_zone)
    return max(opens, decision.signed_at), _start_of(decision.valid_until + timedelta(days=1), decision.time_zone)


def rests(facts: Facts, decision: Decision) -> Iterator[tuple[datetime, datetime]]:
    """Yield the spans in which a decision asks for no training: its pauses, and the day of each treatment session with
    `rest_days` days after it. Each from its first moment to the first moment after its last day."""
    after = [
        (one.on, one.on + timedelta(days=decision.rest_days))
        for one in facts.sessions
        if decision.rest_days > 0 and _stands(one, decision)
    ]
    for first, last in (*decision.pauses, *after):
        yield _start_of(first, decision.time_zone), _start_of(last + timedelta(days=1), decision.time_zone)


def _boundaries(facts: Facts, deciders: Mapping[int, datetime], current: list[Decision]) -> Iterator[datetime]:
    for physician in facts.physicians:
        if physician.id in deciders and physician.consent_until:
            yield physician.consent_until
    for decision in current:
        if decision.outcome in OPENING:
            yield from window(decision)
            yield from (_start_of(one.on, decision.time_zone) for one in _expected(facts, decision))
            for span in rests(facts, decision):
                yield from span


def _after(session: Session, decision: Decision) -> bool:
    # The physician knew only what was recorded before the signature, whenever the session took place.
    after = session.on > _known_on(decision) or session.recorded_at >= decision.informed_at
    return after and _stands(session, decision)


def _stands(session: Session, decision: Decision) -> bool:
    """A correction takes nothing away from a physician who has not signed after it."""
    return session.corrected_at is None or session.corrected_at >= decision.informed_at


def _expected(facts: Facts, decision: Decision) -> Iterator[Planned]:
    """The days on which a clearance ends that does not hold through the course: every day that was planned when the
    physician signed, or since. Moving a plan must not make a clearance longer, and whoever signs later saw the move."""
    for one in facts.planned if not decision.holds_through_course else ():
        stood = one.until is None or one.until >= decision.informed_at
        later = one.on > _known_on(decision) or one.since >= decision.informed_at
        if stood and later:
            yield one


def _known_on(decision: Decision) -> date:
    return decision.informed_at.astimezone(ZoneInfo(decision.time_zone)).date()


def _start_of(day: date, time_zone: str) -> datetime:
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(time_zone))


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _name(facts: Facts, kind: str, id: int) -> str:
    return facts.names.get(f"{kind} {id}", f"{kind} {id}")
