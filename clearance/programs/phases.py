"""The five phases and their acute variables, as a table. Pure.

OPT-style phases after public study guides of the NASM model (editions differ slightly, so the table has a version). A
default may only make a plan stricter; what the physician says comes first.
"""

from dataclasses import dataclass

from clearance.anatomy.movements import Phase

VERSION = "2026-1"


@dataclass(frozen=True)
class Acute:
    """Acute variables of a phase: each pair is lowest and highest. Rest in seconds, load in percent of one repetition
    maximum, length in weeks."""

    phase: Phase
    purpose: str
    reps: tuple[int, int]
    sets: tuple[int, int]
    tempo: str
    percent: tuple[int, int]
    rest: tuple[int, int]
    sessions_a_week: tuple[int, int]
    weeks: tuple[int, int]


PHASES: dict[int, Acute] = {
    Phase.STABILIZATION_ENDURANCE: Acute(
        Phase.STABILIZATION_ENDURANCE, "Control and endurance first", (12, 20), (1, 3), "4/2/1", (50, 70), (0, 90),
        (2, 4), (4, 6),
    ),
    Phase.STRENGTH_ENDURANCE: Acute(
        Phase.STRENGTH_ENDURANCE, "Strength and stability in turn", (8, 12), (2, 4), "2/0/2", (70, 80), (0, 60),
        (2, 4), (4, 4),
    ),
    Phase.MUSCULAR_DEVELOPMENT: Acute(
        Phase.MUSCULAR_DEVELOPMENT, "Muscle growth", (6, 12), (3, 5), "2/0/2", (75, 85), (0, 60), (3, 6), (4, 4)
    ),
    Phase.MAXIMAL_STRENGTH: Acute(
        Phase.MAXIMAL_STRENGTH, "Highest loads", (1, 5), (4, 6), "x/x/x", (85, 100), (180, 300), (2, 4), (4, 4)
    ),
    Phase.POWER: Acute(
        Phase.POWER, "Heavy and explosive in turn", (1, 10), (3, 5), "x/x/x", (30, 100), (60, 300), (2, 4), (4, 4)
    ),
}  # fmt: skip


def deviations(phase: int, *, sets: int, reps: int, tempo: str, percent: int | None, rest: int) -> list[str]:
    """Return where a resistance exercise leaves its phase's table, in the table's words. A note, no refusal."""
    acute = PHASES[phase]
    found = [
        f"{low} to {high} {unit}"
        for said, (low, high), unit in (
            (sets, acute.sets, "sets"), (reps, acute.reps, "reps"), (percent, acute.percent, "% of maximum"),
            (rest, acute.rest, "seconds of rest"),
        )
        if said is not None and not low <= said <= high
    ]  # fmt: skip
    return found if tempo == acute.tempo else [*found, f"tempo {acute.tempo}"]
