"""Physicians' decisions as the studio reads them. Nothing here edits one; a manager can mark one as a mistake."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from clearance.decisions import access as door
from clearance.decisions import actions
from clearance.decisions.models import Coverage, Decision, DecisionVoid
from clearance.decisions.queries import history_of
from clearance.decisions.statement import digest
from clearance.exchange.evidence import second_look_of, strength_of
from clearance.pages.client_frame import client_page, today
from clearance.pages.forms.base import posted
from clearance.pages.forms.decisions import VoidForm
from clearance.pages.may import SignedIn, has, may
from clearance.pages.papers import obstacle_to_compare
from clearance.pages.status import State, day, plain, state
from clearance.people import access
from clearance.people.refused import Refused
from clearance.people.roles import Permission


@require_safe
@may(Permission.SEE_CLIENTS)
def show(request: SignedIn, client_id: int, decision_id: int) -> HttpResponse:
    """Read a decision: who, when, what, word for word, and the same physician's other decisions."""
    client = access.client_for(request.membership, client_id)
    decision = door.decision_for(client, decision_id)
    computed = digest(decision.statement)
    return client_page(
        request, "decisions/show.html", client, decision=decision, chip=_chip(decision, today(client.studio)),
        void=void_of(decision), later=getattr(decision, "replaced_by", None), dates=_dates(decision),
        covered=_injuries(decision, resolved=False), resolved=_injuries(decision, resolved=True),
        restrictions=_restrictions(decision),
        computed=computed, verifies=computed == decision.statement_sha256,
        history=_history(decision), may_void=has(request, Permission.VOID_ENTRIES), strength=strength_of(decision),
        look=second_look_of(decision), may_compare=not obstacle_to_compare(decision, request.user),
    )  # fmt: skip


def _chip(decision: Decision, on: date) -> State:
    """Where a decision stands among the physician's words. Whether it opens anything is the banner's to say."""
    if void_of(decision):
        look = second_look_of(decision)
        return plain("Rejected" if look and not look.confirmed else "Entered by mistake")
    if hasattr(decision, "replaced_by"):
        return plain("Replaced")
    if decision.valid_until and decision.valid_until < on:
        return state("expired", f"on {day(decision.valid_until)}")
    return plain("Newest decision")


def void_of(decision: Decision) -> DecisionVoid | None:
    """Return the mark that a decision was a mistake, or None."""
    return getattr(decision, "void", None)


def _dates(decision: Decision) -> list[dict[str, str]]:
    """When it holds, for a decision that opens."""
    if not (decision.valid_from and decision.valid_until):
        return []
    through = "Yes" if decision.holds_through_course else "No: it ends with the next treatment session"
    return [
        {"term": "Holds", "value": f"{day(decision.valid_from)} to {day(decision.valid_until)}, both days included"},
        {"term": "Through the treatment course", "value": through},
        {"term": "Rest days after a session", "value": str(decision.rest_days or "none asked for")},
    ]


def _injuries(decision: Decision, *, resolved: bool) -> list[Coverage]:
    found = [one for one in decision.coverage.all() if one.resolves == resolved]
    return sorted(found, key=lambda one: one.injury_id)


def _restrictions(decision: Decision) -> list[dict[str, Any]]:
    """The clauses in the order in which they were signed."""
    clauses = sorted(decision.restrictions.all(), key=lambda one: one.position)
    return [{"words": one.words, "physician": "", "until": None} for one in clauses]


def _history(decision: Decision) -> list[dict[str, Any]]:
    words = history_of(decision)
    return [{"decision": one, "void": void_of(one), "this": one.pk == decision.pk} for one in words]


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.VOID_ENTRIES)
def void(request: SignedIn, client_id: int, decision_id: int) -> HttpResponse:
    """Mark a decision as entered by mistake."""
    client = access.client_for(request.membership, client_id)
    decision = door.decision_for(client, decision_id)
    if void_of(decision):
        raise Refused("This decision is void already.")
    form = VoidForm(posted(request))
    if form.carry_out(lambda data: actions.void_decision(decision=decision, by=request.user, **data)):
        messages.warning(request, f"Marked as a mistake. The gate stays shut until {decision.physician} decides again.")
        return redirect("decision", client.pk, decision.pk)
    return client_page(request, "decisions/void.html", client, decision=decision, form=form, status=form.status)
