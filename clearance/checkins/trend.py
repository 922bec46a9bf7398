"""What was told over time about each injury, and what treatment took place meanwhile."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from clearance.checkins.models import CheckIn
from clearance.checkins.queries import has_other_side
from clearance.checkins.scales import Strength, strength_word
from clearance.injuries.models import InjuryVersion, PlannedSession
from clearance.injuries.queries import current_versions, planned_for, sessions_of

NO_INJURY = "No injury named"


@dataclass(frozen=True)
class Told:
    """The check-ins about one injury, or about none, oldest first, and the sessions of its courses as they stand,
    oldest first, each with its `place`. Without an injury the sessions are all of the client's."""

    injury: int | None
    place: str
    void: bool
    rows: tuple[CheckIn, ...]
    sessions: tuple[Any, ...]
    planned: tuple[PlannedSession, ...] = ()
    other_side: bool = True

    @property
    def last(self) -> CheckIn:
        """The newest check-in."""
        return self.rows[-1]

    @property
    def summary(self) -> str:
        """The trend in one line, as "Pain 7 to 1 of 10 since 3 Mar 2027, strength clearly weaker, after session 1 of
        6 (prolotherapy)"."""
        first, last = self.rows[0], self.rows[-1]
        pain = f"Pain {last.pain_now} of 10 on {_day(last.on)}"
        if len(self.rows) > 1:
            pain = f"Pain {first.pain_now} to {last.pain_now} of 10 since {_day(first.on)}"
        return ", ".join(filter(None, [pain, strength_words(last.strength, self.other_side), self._after(last.on)]))

    def _after(self, on: date) -> str:
        done = [one for one in self.sessions if one.performed_on <= on]
        return f"after {session_words(done[-1])}" if done else ""


def strength_words(strength: int, other_side: bool = True) -> str:
    """Return a strength as part of a sentence; `other_side` says whether there is one to compare with."""
    word = strength_word(strength, other_side=other_side)
    joined = "strength: " if strength in (Strength.NONE, Strength.SAME, Strength.UNSURE) else "strength "
    return joined + word[:1].lower() + word[1:]


def session_words(session: Any) -> str:
    """Return a session of `sessions_of` by its place in its course, as "session 1 of 6 (prolotherapy)"."""
    course = session.course
    of = f" of {course.planned_sessions}" if course.planned_sessions else ""
    return f"session {session.place}{of} ({course.kind_word})"


def told_about(client: int, *, since: date | None = None) -> list[Told]:
    """Return what was told about each injury since a day, newest told first, in four queries."""
    told: dict[int | None, list[CheckIn]] = defaultdict(list)
    rows = CheckIn.objects.filter(client=client).select_related("by").order_by("on", "id")
    for row in rows.filter(on__gte=since) if since else rows:
        told[row.injury_id].append(row)
    places = {one.injury_id: one for one in current_versions(client)}
    sessions = list(sessions_of(client).select_related("course__injury").order_by("performed_on", "id"))
    planned = list(planned_for(client).select_related("course"))
    found = [_told(injury, told[injury], places, sessions, planned) for injury in told]
    return sorted(found, key=lambda one: (one.last.on, one.last.pk), reverse=True)


def _told(
    injury: int | None, rows: list[CheckIn], places: dict[int, InjuryVersion], sessions: Iterable[Any],
    planned: Iterable[PlannedSession],
) -> Told:  # fmt: skip
    place = places.get(injury) if injury else None
    return Told(
        injury=injury, place=str(place) if place else NO_INJURY, rows=tuple(rows),
        void=place is not None and place.injury.voided_at is not None,
        other_side=has_other_side(place.side if place else ""),
        sessions=tuple(one for one in sessions if injury in (None, one.course.injury_id)),
        planned=tuple(one for one in planned if injury in (None, one.course.injury_id)),
    )  # fmt: skip


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
