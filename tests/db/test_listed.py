"""Anything not listed is allowed, or is not: what the physician says of it binds the builder."""

import pytest

from clearance.decisions.actions import read_back
from clearance.decisions.models import Outcome, Request
from clearance.decisions.questions import ask, log_contact
from clearance.decisions.statement import Clause
from clearance.gate.queries import limits_of
from clearance.people.refused import Refused

OVERHEAD = Clause("no_overhead", {})
POOL = Clause("modality_allow_only", {"modalities": ["pool", "walking"]})


@pytest.fixture
def question(cast):
    def put(*movements):
        plan = {"modes": "core", "days_a_week": 2, "minutes": 40, "top_phase": 1, "top_effort": 5}
        ask(
            client=cast.uma, physician=cast.okafor, by=cast.tara.user, on=cast.today(), movements=list(movements), **plan
        )  # fmt: skip

    return put


def listed(decision):
    found = limits_of([decision.pk]).of("listed_only")
    return [(one.terms["patterns"], one.terms["modalities"]) for one in found]


def test_a_plain_clearance_of_a_plan_that_names_movements_covers_these_alone(cast, question):
    question("squat", "hinge")
    assert listed(cast.sign(cast.uma)) == [(["squat", "hinge"], [])]


def test_a_plan_that_names_none_is_bound_to_none(cast, question):
    question()
    assert listed(cast.sign(cast.uma)) == []


def test_restrictions_leave_the_rest_of_the_plan_allowed_where_the_physician_says_so(cast, question):
    question("squat")
    assert listed(cast.restrict(cast.uma, OVERHEAD)) == [(["squat"], [])]
    assert listed(cast.restrict(cast.uma, OVERHEAD)) == []


def test_anything_not_listed_is_not_allowed_where_the_physician_says_so(cast, question):
    question("squat")
    decision = cast.restrict(cast.uma, OVERHEAD, POOL, unlisted_allowed=False)
    assert listed(decision) == [(["squat"], ["pool", "walking"])]
    assert "Anything not listed is not allowed." in decision.statement.split("\n")


def test_that_holds_without_a_question_too(cast):
    assert listed(cast.restrict(cast.uma, POOL, unlisted_allowed=False)) == [([], ["pool", "walking"])]


def test_nothing_but_what_is_listed_needs_a_list(cast):
    draft = cast.clearance(
        cast.uma, outcome=Outcome.CLEARED_WITH_RESTRICTIONS, restrictions=(OVERHEAD,), unlisted_allowed=False
    )
    with pytest.raises(Refused) as refused:
        read_back(client=cast.uma, physician=cast.okafor, draft=draft, on=cast.today())
    assert refused.value.field == "unlisted"


def test_a_question_noted_as_declined_still_binds_the_signature_to_its_plan(cast, question):
    question("squat")
    asked = Request.objects.get(client=cast.uma)
    log_contact(request=asked, by=cast.tara.user, kind="CALL", effect="DECLINED")
    decision = cast.sign(cast.uma)
    assert decision.request == asked
    assert listed(decision) == [(["squat"], [])]
