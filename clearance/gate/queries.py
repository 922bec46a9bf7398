"""Read the restrictions behind an open gate."""

from collections.abc import Iterable

from clearance.decisions.models import Restriction
from clearance.gate.limits import Clause, Limits, together


def limits_of(decisions: Iterable[int]) -> Limits:
    """Return the restrictions of these decisions: those in force behind a verdict or a pass."""
    found = (
        Restriction.objects.filter(decision__in=list(decisions), decision__valid_until__isnull=False)
        .select_related("decision__physician")
        .order_by("decision_id", "position")
    )
    return together(
        Clause(
            id=one.pk, decision=one.decision_id, physician=one.decision.physician.name,
            until=one.decision.valid_until, kind=one.kind, terms=one.terms, words=one.words, area=one.area,
            side=one.side,
        )
        for one in found
        if one.decision.valid_until
    )  # fmt: skip
