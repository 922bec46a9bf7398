"""Check the values of a restriction against the table of kinds."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from clearance.anatomy.areas import Area, Side, side_problem
from clearance.anatomy.movements import MEASURED
from clearance.decisions.kinds import SHAPES, Kind, Value
from clearance.decisions.statement import Clause
from clearance.people.refused import Refused


def checked(restriction: Clause) -> Clause:
    """Return the restriction when every value is of its kind's shape; raise Refused with a sentence otherwise."""
    shape = SHAPES.get(restriction.kind)
    if shape is None:
        raise Refused("Choose what to restrict.", field="kind")
    unknown = set(restriction.terms) - {value.name for value in shape.values}
    if unknown:
        raise Refused(f"Unknown values: {', '.join(sorted(unknown))}.", field="kind")
    for value in shape.values:
        _check(value, restriction.terms)
    if restriction.kind == Kind.NO_TRAINING_WINDOW and restriction.terms["first"] > restriction.terms["last"]:
        raise Refused("The last day is not before the first.", field="last")
    if restriction.kind == Kind.ROM_LIMIT and restriction.terms["motion"] not in MEASURED[restriction.terms["joint"]]:
        raise Refused(
            "The library does not measure this motion of this joint. Say it in words instead.", field="motion"
        )
    _check_place(restriction, placed=shape.placed)
    return restriction


def _check_place(restriction: Clause, *, placed: bool) -> None:
    if restriction.area and (not placed or restriction.area not in Area.values):
        raise Refused("This restriction has no such area.", field="area")
    if restriction.side and restriction.side not in Side.values:
        raise Refused("Choose the side.", field="side")
    problem = side_problem(restriction.area, restriction.side) if restriction.area else ""
    if problem:
        raise Refused(problem, field="side")


def _check(value: Value, terms: Mapping[str, Any]) -> None:
    raw = terms.get(value.name)
    if raw in (None, "", []):
        raise Refused(f"{value.label} is missing.", field=value.name)
    if not _fits(value, raw):
        raise Refused(f"{value.label}: {_range(value)}.", field=value.name)


def _fits(value: Value, raw: Any) -> bool:
    known = {one for one, _ in value.choices}
    if value.type == "one":
        return isinstance(raw, str) and raw in known
    if value.type == "some":
        return isinstance(raw, list) and all(isinstance(one, str) and one in known for one in raw)
    if value.type == "whole":
        return type(raw) is int and value.least <= raw <= value.most
    if value.type == "decimal":
        return _is_decimal(raw) and value.least <= Decimal(raw) <= value.most
    if value.type == "day":
        return _is_day(raw)
    return isinstance(raw, str) and 0 < len(raw) <= 500


def _is_decimal(raw: Any) -> bool:
    return isinstance(raw, str) and raw.replace(".", "", 1).isascii() and raw.replace(".", "", 1).isdigit()


def _is_day(raw: Any) -> bool:
    try:
        return isinstance(raw, str) and bool(date.fromisoformat(raw))
    except ValueError:
        return False


def _range(value: Value) -> str:
    if value.type in ("whole", "decimal"):
        return f"a number from {value.least} to {value.most}"
    return "a day" if value.type == "day" else "choose from the list" if value.choices else "1 to 500 characters"
