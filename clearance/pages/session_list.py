"""The sessions of treatments as pages show them: as they stand, with the entries that were corrected."""

from itertools import pairwise
from typing import Any

from clearance.anatomy.areas import site_words
from clearance.injuries.models import TreatmentCourse, TreatmentSession
from clearance.injuries.queries import session_rows, sessions_of

Row = dict[str, Any]


def sessions_shown(client: int, course: TreatmentCourse | None = None) -> list[Row]:
    """Return the sessions of a client, or of one course, the newest day first, in two queries.

    Each has `now`, the entry that stands; its `place` among the sessions of its course, None where it did not take
    place; the `places` treated in words; and `corrections`, newest first: what `was`, `by` which later entry,
    and the `places` and `notes` that were different.
    """
    counted, rows = sessions_of(client), session_rows(client)
    if course is not None:
        counted, rows = counted.filter(course=course), rows.filter(course=course)
    places: dict[int, int] = {one.pk: one.place for one in counted}
    said: dict[tuple[int, int], list[TreatmentSession]] = {}
    for row in rows:
        said.setdefault((row.course_id, row.number), []).append(row)
    shown = [_shown(entries, places) for entries in said.values()]
    return sorted(shown, key=lambda row: (row["now"].performed_on, row["now"].pk), reverse=True)


def _shown(entries: list[TreatmentSession], places: dict[int, int]) -> Row:
    now = entries[-1]
    corrections = [_correction(was, by) for was, by in pairwise(entries)]
    return {"now": now, "place": places.get(now.pk), "places": site_words(now.sites), "corrections": corrections[::-1]}


def _correction(was: TreatmentSession, by: TreatmentSession) -> Row:
    """Places and notes of the entry only where the later one has others, or where there is no later one to read."""
    differs = {name: not by.took_place or getattr(was, name) != getattr(by, name) for name in ("sites", "notes")}
    places, notes = site_words(was.sites) if differs["sites"] else "", was.notes if differs["notes"] else ""
    return {"was": was, "by": by, "places": places, "notes": notes}
