"""The rows of the program builder as they are typed, and what its buttons do to them. Nothing is judged here."""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from clearance.anatomy.movements import Phase
from clearance.programs.phases import PHASES
from clearance.programs.plan import Day, Line, Plan

MOST_DAYS, MOST_LINES = 7, 20
SAVE = "save"
FIELDS = ("exercise", "sets", "reps", "tempo", "kilograms", "percent", "effort", "rest")


@dataclass
class TypedDay:
    """One workout as typed: a name and its lines, each field as text."""

    name: str
    lines: list[dict[str, str]]


@dataclass
class Typed:
    """All workouts as typed. `focus` is the block or button a press leads to; `undo` keeps what it took away."""

    days: list[TypedDay]
    focus: str = ""
    undo: str = ""
    notice: str = ""


@dataclass
class Press:
    """One press of a button, as `up-line:0:2`: the verb, the workout, the line, and what else the button says."""

    verb: str
    numbers: list[int] = field(default_factory=list)
    value: str = ""


def read(data: Mapping[str, Any]) -> Typed:
    """Return the rows of a posted form. One more than allowed is read, so that the form can refuse it."""
    counts = [int(one) for one in data.get("shape", "").split("-") if one.isascii() and one.isdigit() and len(one) < 3]
    days = [
        TypedDay(
            data.get(f"w{day}-name", ""),
            [_line_of(data, f"w{day}-{place}-") for place in range(min(count, MOST_LINES + 1))],
        )
        for day, count in enumerate(counts[: MOST_DAYS + 1])
    ]
    return Typed(days)


def _line_of(data: Mapping[str, Any], prefix: str) -> dict[str, str]:
    return {name: data.get(prefix + name, "") for name in FIELDS}


def of_plan(plan: Plan) -> Typed:
    """Return a stored plan as rows to type over."""
    return Typed([_day(day) for day in plan.days])


def _day(day: Day) -> TypedDay:
    return TypedDay(day.name, [_texts(line) for line in day.lines])


def _texts(line: Line) -> dict[str, str]:
    values = {name: getattr(line, name) for name in FIELDS}
    return {name: "" if value is None else f"{value}" for name, value in values.items()}


def blank(phase: int = Phase.STABILIZATION_ENDURANCE) -> Typed:
    """Return one workout with one empty line."""
    return Typed([_new_day(1, phase)])


def fresh_line(phase: int) -> dict[str, str]:
    """Return a line with the phase's gentlest values. A load is never suggested."""
    acute = PHASES[phase]
    values = {"sets": acute.sets[0], "reps": acute.reps[0], "tempo": acute.tempo, "rest": acute.rest[1]}
    return {name: f"{values.get(name, '')}" for name in FIELDS}


def _new_day(number: int, phase: int) -> TypedDay:
    return TypedDay(f"Workout {number}", [fresh_line(phase)])


def press(typed: Typed, button: str, *, phase: int, taken: str = "") -> Typed:
    """Do what a button says to the rows and return them. A press that makes no sense changes nothing.

    `taken` is what the press before this one took away, for undo.
    """
    pressed = _read_press(button)
    before = copy.deepcopy(typed.days)
    if pressed.verb == "undo":
        typed.days = _restored(taken) or typed.days
    elif pressed.verb == "add-day" and len(typed.days) < MOST_DAYS:
        typed.days.append(_new_day(len(typed.days) + 1, phase))
        typed.focus = f"w{len(typed.days) - 1}"
    elif pressed.verb == "phase-values":
        _apply_phase(typed, phase)
    elif pressed.numbers:
        _press_a_row(typed, pressed, phase)
    if pressed.verb.startswith(("remove", "phase-values")) and typed.days != before:
        typed.undo = json.dumps([vars(day) for day in before])
    return typed


def _read_press(button: str) -> Press:
    verb, *rest = button.split(":")
    numbers = [int(one) for one in rest if one.isascii() and one.isdigit() and len(one) < 3]
    return Press(verb, numbers, rest[-1] if rest else "")


def _press_a_row(typed: Typed, pressed: Press, phase: int) -> None:
    day, *places = pressed.numbers
    verb, _, what = pressed.verb.partition("-")
    if day >= len(typed.days):
        return
    if what == "day":
        _move(typed, typed.days, verb, day, "day", most=MOST_DAYS)
        typed.days = typed.days or [_new_day(1, phase)]
        return
    lines = typed.days[day].lines
    if verb == "add" and len(lines) < MOST_LINES:
        lines.append(fresh_line(phase))
        typed.focus = f"w{day}-{len(lines) - 1}"
    elif places and places[0] < len(lines):
        if verb == "use":
            lines[places[0]]["exercise"] = pressed.value
            typed.focus = f"w{day}-{places[0]}"
        else:
            _move(typed, lines, verb, places[0], f"line:{day}", most=MOST_LINES)


def _move(typed: Typed, rows: list[Any], verb: str, place: int, what: str, *, most: int) -> None:
    to = {"up": place - 1, "down": place + 1, "copy": place + 1, "remove": place}.get(verb, -1)
    if verb == "remove":
        rows.pop(place)
        typed.notice = "The workout is gone." if what == "day" else "The exercise is gone."
        typed.focus = "undo"
    elif verb == "copy" and len(rows) < most:
        rows.insert(to, _copied(rows[place], again=what == "day"))
        typed.focus = _block(what, to)
    elif verb in ("up", "down") and 0 <= to < len(rows):
        rows.insert(to, rows.pop(place))
        at_the_end = to == (0 if verb == "up" else len(rows) - 1)
        typed.focus = f"{ ({'up': 'down', 'down': 'up'}[verb] if at_the_end else verb) }-{what}:{to}"


def _copied(row: Any, *, again: bool) -> Any:
    row = copy.deepcopy(row)
    if again:
        row.name = f"{row.name[:73]} (copy)"
    return row


def _block(what: str, place: int) -> str:
    return f"w{place}" if what == "day" else f"w{what.partition(':')[2]}-{place}"


def _apply_phase(typed: Typed, phase: int) -> None:
    fresh = {name: value for name, value in fresh_line(phase).items() if value}
    for day in typed.days:
        day.lines = [line | fresh for line in day.lines]
    typed.notice = f"Every line has the values of phase {phase} now."
    typed.focus = "undo"


def _restored(taken: str) -> list[TypedDay]:
    """Return the rows that were kept for undo; nothing when somebody has changed them beyond reading."""
    try:
        days = [(str(one["name"]), list(one["lines"])) for one in json.loads(taken)[:MOST_DAYS]]
        return [TypedDay(name, [_as_text(line) for line in lines[:MOST_LINES]]) for name, lines in days]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return []


def _as_text(line: dict[str, Any]) -> dict[str, str]:
    # Half a surrogate pair cannot be sent back as UTF-8.
    return {name: str(line.get(name, "")).encode(errors="replace").decode() for name in FIELDS}
