"""Limits: all restrictions in force, together. Pure.

They combine by intersection: an exercise must satisfy every clause, so adding a clause can only forbid more. Each
clause keeps where it comes from.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Clause:
    """One restriction in force, with its provenance: the decision, the physician's name, and the last day."""

    id: int
    decision: int
    physician: str
    until: date
    kind: str
    terms: Mapping[str, Any]
    words: str
    area: str = ""
    side: str = ""


@dataclass(frozen=True)
class Limits:
    """The tightest combination of all restrictions in force."""

    clauses: tuple[Clause, ...] = ()

    def of(self, kind: str) -> tuple[Clause, ...]:
        """Return the clauses of one kind."""
        return tuple(clause for clause in self.clauses if clause.kind == kind)

    def least(self, kind: str, value: str) -> float | None:
        """Return the smallest value that any clause of a kind allows, or None where there is no such clause."""
        return min((float(clause.terms[value]) for clause in self.of(kind)), default=None)


def merge(*limits: Limits) -> Limits:
    """Return limits that are as tight as all of these together."""
    return Limits(tuple({clause.id: clause for one in limits for clause in one.clauses}.values()))


def together(clauses: Iterable[Clause]) -> Limits:
    """Return the limits of these clauses."""
    return merge(*(Limits((clause,)) for clause in clauses))
