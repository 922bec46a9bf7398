"""What happened to a client, in one time line, from the rows themselves: each line is a fact with its moment."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from clearance.injuries.models import InjuryVersion
from clearance.pages.timeline_body import injury_lines, treatment_lines
from clearance.pages.timeline_care import (
    care_team_lines,
    consent_lines,
    decision_lines,
    program_lines,
    request_lines,
)
from clearance.pages.timeline_line import KINDS, Line
from clearance.pages.timeline_told import hold_lines, told_lines
from clearance.people.models import Client


def what_happened(client: Client, versions: list[InjuryVersion], programs: list[Any]) -> list[Line]:
    """Return every line of a client, newest first. `versions` and `programs` are all of the client's, as their queries
    return them. Of one moment, what followed stands above what it followed from."""
    lines = [
        *hold_lines(client),
        *told_lines(client, versions),
        *treatment_lines(client, versions),
        *injury_lines(client, versions),
        *request_lines(client),
        *decision_lines(client),
        *consent_lines(client),
        *care_team_lines(client),
        *program_lines(client, programs),
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def kinds_in(wishes: Iterable[str]) -> list[str]:
    """Return the kinds of line that were asked for, in their order; what is no kind asks for nothing."""
    wanted = set(wishes)
    return [kind for kind in KINDS if kind in wanted]


def only(lines: list[Line], kinds: list[str]) -> list[Line]:
    """Return the lines of these kinds, or all of them where none is asked for."""
    return [line for line in lines if line.kind in kinds] if kinds else lines


def page_of(lines: list[Line], before: datetime | None, *, most: int) -> tuple[list[Line], datetime | None]:
    """Return at most so many lines from before a moment, and the moment before which the next ones lie, or None.

    Lines of one moment stay on one page.
    """
    left = [line for line in lines if before is None or line.at < before]
    page, rest = left[:most], left[most:]
    while rest and len(page) > 1 and page[-1].at == rest[0].at:
        page.pop()
    return page, page[-1].at if rest else None
