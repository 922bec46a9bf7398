"""The status words of a client's gate, in one place: word and icon by slug."""

from datetime import date, datetime, timedelta
from typing import TypedDict
from zoneinfo import ZoneInfo

from clearance.gate.models import Standing
from clearance.gate.standings import ENDING_SOON

WORDS = {
    "in_force": ("In force", "shield-check"),
    "restrictions": ("Restrictions", "list-checks"),
    "ending_soon": ("Ending soon", "clock"),
    "waiting": ("Waiting for physician", "send"),
    "on_hold": ("On hold", "octagon-pause"),
    "not_cleared": ("Not cleared", "octagon-x"),
    "withdrawn": ("Withdrawn", "octagon-x"),
    "expired": ("Expired", "calendar-x"),
    "not_needed": ("Not needed", "circle-check"),
    "blocked": ("Blocked", "lock"),
}
OPEN = ("in_force", "restrictions", "not_needed")


class State(TypedDict):
    slug: str
    icon: str
    word: str
    detail: str


def plain(word: str) -> State:
    """Return a grey chip for a word that is no gate state."""
    return {"slug": "plain", "icon": "", "word": word, "detail": ""}


def state(slug: str, detail: str = "") -> State:
    """Return a status chip."""
    word, icon = WORDS[slug]
    return {"slug": slug, "icon": icon, "word": word, "detail": detail}


def state_of(slug: str, *, since: datetime | None, until: datetime | None, at: datetime, zone: str) -> State:
    """Return the chip of a gate: an open one says until when, a shut one since when."""
    if slug in OPEN:
        if until is None:
            return state(slug)
        last = day((until - timedelta(seconds=1)).astimezone(ZoneInfo(zone)))
        if until - at <= ENDING_SOON:
            return state("ending_soon", last)
        return state(slug, f"to {last}")
    return state(slug, f"since {day(since.astimezone(ZoneInfo(zone)))}" if since else "")


def state_of_standing(standing: Standing, *, at: datetime, zone: str) -> State:
    """Return the chip of a stored standing."""
    return state_of(standing.state, since=standing.since, until=standing.until, at=at, zone=zone)


def day(moment: date) -> str:
    """Return a day, or a moment's day, in short words, as `12 Mar 2027`."""
    return f"{moment.day} {moment:%b %Y}"
