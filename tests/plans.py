"""Plans for tests."""

from clearance.programs.actions import Day, Line, Plan

GENTLE = Line("glute-bridge", sets=2, reps=15, tempo="4/2/1", rest=60, effort=4)


def plan(*slugs: str, **fields: object) -> Plan:
    """A plan of one day with these exercises, gentle ones unless named."""
    lines = tuple(Line(slug, sets=2, reps=12, tempo="4/2/1", rest=60, effort=4) for slug in slugs) or (GENTLE,)
    return Plan(**({"title": "Back to base", "phase": 1, "days": (Day("Day A", lines),)} | fields))
