"""The words that a physician signs. What is shown is what is signed, and what is stored, word for word."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from clearance.anatomy.areas import place
from clearance.anatomy.movements import Pattern
from clearance.decisions.kinds import clause
from clearance.decisions.models import OPENING, Outcome, Request
from clearance.injuries.models import CourseEnd, Hold, InjuryVersion, PlannedSession, TreatmentSession
from clearance.people.models import Client, Physician

MEANING = (
    "I sign this as the physician who supervises this client. It is my own decision, from what I know today. "
    "It promises nothing about the future, and I can withdraw or replace it at any time."
)


OF_PAPER = (
    "The physician signed this on paper as the one who supervises the client. It was typed here word for word beside "
    "the paper; it opens nothing before a second person has compared the two."
)


@dataclass(frozen=True)
class Clause:
    """One restriction as the physician chose it."""

    kind: str
    terms: dict[str, Any]
    area: str = ""
    side: str = ""

    @property
    def words(self) -> str:
        return clause(self.kind, self.terms, place(self.area, self.side).lower() if self.area else "")


@dataclass(frozen=True)
class Draft:
    """A decision before it is signed. `covers` and `resolves` are ids of injuries; `unlisted_allowed` says whether what
    the restrictions do not name is allowed within the plan."""

    outcome: str
    covers: frozenset[int] = frozenset()
    resolves: frozenset[int] = frozenset()
    valid_from: date | None = None
    valid_until: date | None = None
    re_evaluate_on: date | None = None
    holds_through_course: bool = False
    rest_days: int = 0
    conditions: str = ""
    restrictions: tuple[Clause, ...] = ()
    unlisted_allowed: bool = True

    @property
    def opens(self) -> bool:
        return self.outcome in OPENING


@dataclass(frozen=True)
class Known:
    """What the studio has recorded about a client at the moment of signing, as far as a physician has to see it."""

    injuries: tuple[InjuryVersion, ...] = ()
    sessions: tuple[TreatmentSession, ...] = ()
    holds: tuple[Hold, ...] = ()
    planned: tuple[PlannedSession, ...] = ()
    ended: tuple[CourseEnd, ...] = ()
    screened: tuple[str, ...] = ()
    asked: Request | None = None


def compose(*, client: Client, physician: Physician, draft: Draft, known: Known) -> str:
    """Return the statement: the client, what is recorded, and the decision, a line each."""
    lines = [
        f"Client: {_one_line(client.name)}, born {client.born.year}. Studio: {_one_line(client.studio.name)}.",
        f"Physician: {_one_line(physician.name)}, {_one_line(physician.credential)}.",
        *recorded(known),
        f"Decision: {Outcome(draft.outcome).label}.",
    ]
    return "\n".join(lines + (_opening(draft, known) if draft.opens else []) + _always(draft))


def digest(statement: str) -> str:
    """Return the SHA-256 of a statement, in hex."""
    return hashlib.sha256(statement.encode()).hexdigest()


def recorded(known: Known) -> Iterable[str]:
    """Yield what the studio has recorded, one line each: what a physician has to have read before signing."""
    for injury in known.injuries:
        yield f"Recorded injury: {_injury(injury)}."
    for session in known.sessions[:1]:
        yield f"Recorded treatment sessions: {len(known.sessions)}, the last on {day(session.performed_on)}."
    for plan in known.planned:
        yield f"Recorded plan for a treatment session: {day(plan.planned_on)}."
    for end in known.ended:
        course = f"{end.course.get_kind_display()}, {end.kind} on {day(end.ended_on)}"
        yield f"Recorded end of a treatment course: {course}."
    yield from (f"Recorded screening: {one}." for one in known.screened)
    for hold in known.holds[:1]:
        yield f"Recorded holds: {len(known.holds)}, the last: {_one_line(hold.reason)}"
    if known.asked:
        yield f"Planned: {planned(known.asked)}."


def planned(asked: Request) -> str:
    """Return the program envelope of a question in words."""
    often = f"{asked.days_a_week} days a week, {asked.minutes} minutes a day"
    most = f"phase {asked.top_phase} at most, effort {asked.top_effort} of 10 at most"
    moves = ", ".join(Pattern(one).label.lower() for one in asked.movements)
    return "; ".join([_one_line(asked.modes), often, most, *([f"movements: {moves}"] if moves else [])])


def _opening(draft: Draft, known: Known) -> list[str]:
    covered = [_injury(one) for one in known.injuries if one.injury_id in draft.covers - draft.resolves]
    over = [_injury(one) for one in known.injuries if one.injury_id in draft.resolves]
    through = "holds" if draft.holds_through_course else "does not hold"
    lines = [f"From {_day(draft.valid_from)} until {_day(draft.valid_until)}, both days included."]
    lines += [f"Covers: {'; '.join(covered)}."] if covered else []
    lines += [f"Resolved: {'; '.join(over)}."] if over else []
    lines += [f"It {through} through the treatment course."]
    lines += [f"Rest days after each treatment session: {draft.rest_days}."] if draft.rest_days else []
    lines += [f"Restriction: {one.words}." for one in draft.restrictions]
    if not draft.unlisted_allowed:
        return [*lines, "Anything not listed is not allowed."]
    return lines + (["Anything not listed is allowed within the plan."] if draft.restrictions else [])


def _always(draft: Draft) -> list[str]:
    # Every line of the physician's own words is marked as such, so that none reads like a clause.
    lines = [f"In words: {line}" for line in draft.conditions.splitlines() if line.strip()]
    return lines + ([f"Re-evaluate on {day(draft.re_evaluate_on)}."] if draft.re_evaluate_on else [])


def _one_line(text: str) -> str:
    # What others typed stands in one line: a line break in a name or a reason must not pass for a clause.
    return " ".join(text.split())


def _injury(version: InjuryVersion) -> str:
    return f"{version}, {version.severity_word}"


def _day(date: date | None) -> str:
    return day(date) if date else "no day"


def day(date: date) -> str:
    """Return a date as people write it, with the month in letters."""
    return f"{date.day} {date:%B %Y}"
