"""What the red-flag rules look at: the words of `red_flags.py`, without any rule. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from clearance.checkins.scales import Load, Strength


@dataclass(frozen=True)
class Answer:
    """One check-in about one injury. Pain and effort from 0 to 10; `symptoms` are those answered with yes or not sure.

    `limit` is the pain beyond which it is too much by the physician's word or the client's own threshold, the lower of
    the two, or None where neither is known.
    """

    id: int
    on: date
    pain_now: int
    strength: int = Strength.SAME
    pain_worst: int | None = None
    pain_session: int | None = None
    pain_morning: int | None = None
    effort: int | None = None
    load: str = ""
    symptoms: frozenset[str] = frozenset()
    limit: int | None = None

    @property
    def weak(self) -> bool:
        """Weaker than the other side. Whoever is not sure counts as weaker."""
        return self.strength != Strength.SAME

    @property
    def pains(self) -> tuple[int, ...]:
        """Every pain that was told."""
        told = (self.pain_now, self.pain_worst, self.pain_session, self.pain_morning)
        return tuple(one for one in told if one is not None)

    @property
    def load_rose(self) -> bool:
        """The session before was lighter. An unknown load counts as the same."""
        return self.load == Load.MORE


@dataclass(frozen=True)
class Treated:
    """A treatment course with the days of its sessions, earliest first. `planned` None means open-ended.

    `doubtful` are days on which a session may have taken place: an entry that was corrected away, or a planned day that
    has passed. They count wherever a session makes the rules stricter. `breaks_skin`: an injection or an operation;
    `spinal`: at the spine.
    """

    id: int
    planned: int | None = None
    days: tuple[date, ...] = ()
    over: bool = False
    breaks_skin: bool = True
    spinal: bool = False
    injury: int | None = None
    doubtful: tuple[date, ...] = ()

    def before(self, on: date) -> tuple[date, ...]:
        """Return the days of the sessions up to a day."""
        return tuple(day for day in self.days if day <= on)

    def maybe(self, on: date) -> tuple[date, ...]:
        """Return the days up to a day on which a session took place or may have, earliest first."""
        return tuple(sorted(day for day in {*self.days, *self.doubtful} if day <= on))


@dataclass(frozen=True)
class Seen:
    """All that the rules look at on a day.

    `answers` are the check-ins about one injury, oldest first; the last one is judged. `courses` are all of the
    client's; `injury` is what the answers are about. `due_on` and `every_days` are the client's schedule.
    """

    on: date
    answers: tuple[Answer, ...] = ()
    courses: tuple[Treated, ...] = ()
    injury: int | None = None
    due_on: date | None = None
    every_days: int = 0

    @property
    def present(self) -> Answer | None:
        """The check-in that is judged."""
        return self.answers[-1] if self.answers else None

    @property
    def earlier(self) -> tuple[Answer, ...]:
        """The check-ins before it."""
        return self.answers[:-1]

    @property
    def last_session(self) -> date | None:
        """The day of the newest session of any course."""
        return max((day for one in self.courses for day in one.maybe(self.on)), default=None)

    def running(self, days: int) -> tuple[Treated, ...]:
        """Return the courses of this injury that have begun and are not over, or had a session in the last so many
        days; those of all injuries where none is named. Neither a last session nor an entry that ends the course heals
        anything on the same day."""
        mine = [one for one in self.courses if self.injury is None or one.injury in (None, self.injury)]
        return tuple(one for one in mine if one.maybe(self.on) and not self._done(one, days))

    def _done(self, course: Treated, days: int) -> bool:
        ended = course.over or (course.planned is not None and len(course.before(self.on)) >= course.planned)
        return ended and (self.on - course.maybe(self.on)[-1]).days > days


Thresholds = Mapping[str, int]
