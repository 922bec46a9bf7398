"""What the gate rule looks at. Pure: the words of `rule.py`, without any rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

OPENING = frozenset({"CLEARED", "CLEARED_WITH_RESTRICTIONS"})


@dataclass(frozen=True)
class Injury:
    """An injury that no decision has resolved, at its version `number`."""

    id: int
    number: int
    supervised_by: int | None
    since: datetime
    voided_at: datetime | None = None


@dataclass(frozen=True)
class Decision:
    """One physician's newest word. `covers` holds (injury id, version number), `pauses` first and last days of no
    training. `evidence` is a number, more is stronger.

    `knew_at` is the moment of the record that the physician saw, where that is not the signature's: a paper answers
    the letter, and whatever was recorded after the letter was not before the physician's eyes.
    """

    id: int
    physician: int
    outcome: str
    signed_at: datetime
    time_zone: str = "UTC"
    valid_from: date | None = None
    valid_until: date | None = None
    covers: frozenset[tuple[int, int]] = frozenset()
    holds_through_course: bool = False
    rest_days: int = 0
    pauses: tuple[tuple[date, date], ...] = ()
    confirmed: bool = True
    voided_at: datetime | None = None
    evidence: int = 0
    knew_at: datetime | None = None

    @property
    def informed_at(self) -> datetime:
        """Up to when the physician knew the record."""
        return self.knew_at or self.signed_at


@dataclass(frozen=True)
class Physician:
    """A physician who may have to decide: whether a manager vouches for the contact, and the client's consent.

    `consent_until` is the end (exclusive) of the consent that was not withdrawn; `stopped_at` is when it was.
    """

    id: int
    verified: bool
    consent_until: datetime | None
    stopped_at: datetime | None = None


@dataclass(frozen=True)
class Session:
    """A treatment session as it was recorded. `corrected_at` is when another row came to stand for it: until a
    physician has signed after that, both count."""

    id: int
    on: date
    recorded_at: datetime
    corrected_at: datetime | None = None


@dataclass(frozen=True)
class Planned:
    """A day for which a treatment session was planned. `until` is when the plan was moved or called off."""

    id: int
    on: date
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Screened:
    """A screening with an answer that was not a plain no, or the word that an answer of one has changed."""

    id: int
    at: datetime


@dataclass(frozen=True)
class Hold:
    id: int
    at: datetime


@dataclass(frozen=True)
class Facts:
    """All that the rule looks at, for one client at one moment.

    `flagged`: an injury, treatment, hold or a screening answer that was not a plain no was ever recorded.
    `least_evidence`: the weakest evidence of a signature that the studio accepts. `identity_since`: since when the
    client has this name and date of birth; an older signature was for somebody else. `names` are for sentences only,
    keyed as "physician 3", "injury 5", "hold 2", "evidence 20", and decide nothing.
    """

    client: int
    every_client: bool
    flagged: bool
    known_since: datetime
    identity_since: datetime | None = None
    supervising: int | None = None
    supervising_since: datetime | None = None
    physicians: tuple[Physician, ...] = ()
    injuries: tuple[Injury, ...] = ()
    decisions: tuple[Decision, ...] = ()
    sessions: tuple[Session, ...] = ()
    planned: tuple[Planned, ...] = ()
    screened: tuple[Screened, ...] = ()
    holds: tuple[Hold, ...] = ()
    least_evidence: int = 0
    names: Mapping[str, str] = field(default_factory=dict, compare=False)
