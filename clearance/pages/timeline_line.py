"""One line of a client's time line, and the words that its makers share."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

KINDS = {
    "injury": "Injuries",
    "treatment": "Treatment",
    "check_in": "Check-ins",
    "flag": "Red flags",
    "hold": "Holds",
    "readiness": "Readiness",
    "screening": "Screening",
    "request": "Questions",
    "decision": "Decisions",
    "consent": "Consent",
    "program": "Programs",
    "other": "Care team",
}


@dataclass(frozen=True)
class Line:
    """One line, in the shape of components/timeline.html; `link` says what the address leads to."""

    at: datetime
    kind: str
    title: str
    text: str = ""
    slug: str = "plain"
    url: str = ""
    link: str = ""
    struck: bool = False
    day_only: bool = False


def on_its_day(day: date, recorded_at: datetime, zone: str) -> datetime:
    """Return where a fact lies: on its day, however late it was written down."""
    return min(recorded_at, datetime.combine(day, time.max, tzinfo=ZoneInfo(zone)))


def sentence(words: str) -> str:
    """Return words that end with a stop, whoever typed them."""
    words = words.strip()
    return words if not words or words[-1] in ".!?…" else f"{words}."
