"""Which decision answered a hold: told as it was, and never more than the gate itself believes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clearance.decisions.actions import void_decision
from clearance.decisions.answers import holds_with_answers
from clearance.decisions.models import Outcome
from clearance.decisions.papers import confirm
from clearance.decisions.statement import Draft
from clearance.gate.guard import judge
from clearance.injuries.actions import hand_over, open_hold
from clearance.people.actions import join_care_team
from tests.papers import filed, question, store, typed

pytestmark = pytest.mark.usefixtures("store")
assert store


def hold(cast, reason="Dizzy."):
    return open_hold(client=cast.ines, by=cast.tara.user, reason=reason)


def answers(cast):
    return [one.words for one in holds_with_answers(cast.ines.pk)]


def held(cast):
    return "ON_HOLD" in [reason.code for reason in judge(cast.ines.pk).reasons]


def today(cast):
    return f"{cast.today().day} {cast.today():%b %Y}"


def test_a_client_without_a_hold_has_nothing_to_answer(cast):
    assert holds_with_answers(cast.ines.pk) == []


def test_a_hold_waits_for_the_physicians_who_must_decide_and_for_nobody_else(cast):
    hold(cast)
    assert answers(cast) == ["Not answered yet: Dr Ada Okafor has to decide."]


def test_a_decision_before_the_hold_does_not_answer_it(cast):
    cast.sign(cast.ines)
    hold(cast)
    assert answers(cast) == ["Not answered yet: Dr Ada Okafor has to decide."]
    assert held(cast)


def test_the_first_word_after_the_hold_answers_it_and_says_what_it_was(cast):
    cast.sign(cast.ines)
    hold(cast)
    cast.refuse(cast.ines, Outcome.NOT_CLEARED_UNTIL_TREATMENT_CONCLUDES)
    cast.sign(cast.ines)
    assert answers(cast) == [f"Answered on {today(cast)} by Dr Ada Okafor: not until treatment concludes."]


def test_each_hold_has_an_answer_of_its_own(cast):
    hold(cast, "First.")
    cast.refuse(cast.ines)
    hold(cast, "Second.")
    assert answers(cast) == [
        "Not answered yet: Dr Ada Okafor has to decide.",
        f"Answered on {today(cast)} by Dr Ada Okafor: not cleared.",
    ]


def test_where_two_physicians_must_decide_one_alone_does_not_answer_for_the_other(cast):
    join_care_team(client=cast.ines, physician=cast.lindt, by=cast.tara.user)
    cast.injury(cast.ines, supervised_by=cast.lindt)
    cast.consent(cast.ines, cast.lindt)
    hold(cast)
    cast.sign(cast.ines)
    assert answers(cast) == [
        f"Answered on {today(cast)} by Dr Ada Okafor: cleared for what is planned. Not answered yet by Dr Leo Lindt."
    ]
    assert held(cast)


def test_a_newly_supervising_physician_has_to_answer_the_old_hold_too(cast):
    hold(cast)
    cast.sign(cast.ines)
    hand_over(client=cast.ines, physician=cast.lindt, by=cast.tara.user, reason="moved")
    assert answers(cast)[0].endswith("Not answered yet by Dr Leo Lindt.")
    assert held(cast)


def test_a_decision_that_was_a_mistake_answers_nothing_and_takes_earlier_answers_along(cast):
    hold(cast)
    cast.refuse(cast.ines)
    void_decision(decision=cast.sign(cast.ines), by=cast.mona.user, reason="Wrong client")
    assert answers(cast) == ["Not answered yet: Dr Ada Okafor has to decide."]
    assert held(cast)


def test_who_says_not_my_patient_has_answered_nothing(cast):
    hold(cast)
    cast.sign(cast.ines, draft=Draft(outcome=Outcome.NOT_MY_PATIENT))
    assert answers(cast) == ["Not answered yet: Dr Ada Okafor has to decide."]


def test_a_paper_answers_only_holds_that_stood_in_its_letter_and_only_once_compared(cast):
    hold(cast, "Before the letter.")
    asked = question(cast)
    hold(cast, "After the letter.")
    decision = typed(cast, filed(cast, asked))
    assert [one.startswith("Not answered yet") for one in answers(cast)] == [True, True]
    confirm(decision=decision, by=cast.theo.user)
    after, before = answers(cast)
    assert after == "Not answered yet: Dr Ada Okafor has to decide."
    assert before.startswith("Answered on ")
    assert held(cast)


def test_no_answer_says_that_anything_is_open_again(cast):
    hold(cast)
    cast.refuse(cast.ines, Outcome.DEFERRED)
    assert answers(cast) == [f"Answered on {today(cast)} by Dr Ada Okafor: needs to know or see more first."]
    assert not judge(cast.ines.pk).open


def test_holds_and_their_answers_take_as_many_queries_with_10_as_with_20(cast):
    def happen():
        for number in range(10):
            hold(cast, f"Reason {number}")
            cast.sign(cast.ines)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert answers(cast)
        return len(captured)

    happen()
    few = queries()
    happen()
    assert queries() == few
