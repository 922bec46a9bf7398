"""An answer on paper: two people, one physician's word, and the record as it was when the letter was written."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction

from clearance.decisions import links, papers
from clearance.decisions.actions import read_back, void_decision
from clearance.decisions.models import Decision, Outcome, PaperCheck
from clearance.decisions.queries import current_decision, known_when_asked
from clearance.decisions.questions import ask, withdraw_request
from clearance.decisions.statement import Draft, digest
from clearance.gate.guard import judge
from clearance.gate.rule import Code
from clearance.injuries.actions import amend_injury, log_injury, open_hold
from clearance.injuries.courses import record_session, start_course
from clearance.people.models import Channel, Evidence
from clearance.people.refused import Refused
from clearance.people.staff import change_policy
from tests.factories import asked_days_ago
from tests.papers import ENVELOPE, filed, question, store, typed

pytestmark = pytest.mark.usefixtures("store")
assert store


def codes(client):
    return {one.code for one in judge(client.pk).reasons}


@pytest.fixture
def paper(cast):
    assert cast.knee
    return filed(cast, question(cast))


def confirmed(cast, decision, **fields):
    return papers.confirm(decision=decision, by=cast.theo.user, **fields)


def answered_by_link(cast, draft):
    asked, _ = ask(
        client=cast.ines, physician=cast.okafor, by=cast.tara.user, on=cast.today(), channel=Channel.LINK, **ENVELOPE
    )
    link = asked.links.get(until=None)
    return asked, link, sign_under(cast, link, draft)


def sign_under(cast, link, draft):
    current = current_decision(cast.ines.pk, cast.okafor.pk)
    shown = read_back(client=cast.ines, physician=cast.okafor, draft=draft, on=cast.today(), asked=link.request)
    return links.answer(
        link=link, draft=draft, name="Dr Ada Okafor", credential="MD", licence="A12345", shown_sha256=digest(shown),
        replaces=current.pk if current else None,
    )  # fmt: skip


def test_a_paper_opens_nothing_before_a_second_person_has_confirmed_it(cast, paper):
    decision = typed(cast, paper)
    assert codes(cast.ines) == {Code.PAPER_UNVERIFIED}
    confirmed(cast, decision)
    assert judge(cast.ines.pk).open


def test_whoever_typed_it_cannot_confirm_or_reject_it(cast, paper):
    decision = typed(cast, paper)
    with pytest.raises(Refused, match="typed this yourself"):
        papers.confirm(decision=decision, by=cast.tara.user)
    with pytest.raises(Refused, match="typed this yourself"):
        papers.reject(decision=decision, by=cast.tara.user, reason="No.")
    assert not judge(cast.ines.pk).open


def test_the_database_itself_takes_no_second_look_from_whoever_typed_it(cast, paper):
    decision = typed(cast, paper)
    with pytest.raises(InternalError, match="a second person"), transaction.atomic():
        PaperCheck.objects.create(decision=decision, confirmed=True, by=cast.tara.user, at=decision.signed_at)


def test_the_database_takes_one_second_look(cast, paper):
    decision = typed(cast, paper)
    confirmed(cast, decision)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaperCheck.objects.create(decision=decision, confirmed=True, by=cast.mona.user, at=decision.signed_at)
    with pytest.raises(Refused, match="looked at this already"):
        papers.reject(decision=decision, by=cast.mona.user, reason="Late.")


def test_a_rejected_transcription_is_void_and_the_paper_can_be_typed_again(cast, paper):
    decision = typed(cast, paper)
    papers.reject(decision=decision, by=cast.theo.user, reason="Until is 3 March.")
    assert Decision.objects.get(pk=decision.pk).void.reason == "Until is 3 March."
    assert Code.NO_DECISION in codes(cast.ines)
    again = typed(cast, paper)
    confirmed(cast, again)
    assert judge(cast.ines.pk).open


def test_a_paper_that_does_not_clear_counts_before_anybody_compared_it(cast, paper):
    cast.sign(cast.uma)
    cast.uma.refresh_from_db()
    assert judge(cast.uma.pk).open
    other = filed(cast, question(cast, cast.uma), words="Not cleared")
    typed(cast, other, draft=Draft(outcome=Outcome.NOT_CLEARED))
    assert codes(cast.uma) == {Code.NOT_CLEARED}


@pytest.mark.parametrize(
    ("least", "alone", "called"),
    [(Evidence.LINK, False, True), (Evidence.PAPER_CALLED_BACK, False, True), (Evidence.ACCOUNT, False, False)],
)
def test_the_studios_least_evidence_decides_how_much_a_paper_is_worth(cast, paper, least, alone, called):
    change_policy(studio=cast.north, by=cast.mona.user, needs="EVERY_CLIENT", least_evidence=least)
    decision = typed(cast, paper)
    confirmed(cast, decision)
    assert judge(cast.ines.pk).open is alone
    assert codes(cast.ines) == {Code.EVIDENCE_TOO_WEAK}
    second = filed(cast, question(cast), words="Cleared again")
    confirmed(cast, typed(cast, second), called_back="Ms Reed, front desk")
    assert judge(cast.ines.pk).open is called


def test_a_paper_does_not_answer_a_hold_that_was_opened_after_the_question(cast, paper):
    open_hold(client=cast.ines, by=cast.tara.user, reason="New pain.")
    confirmed(cast, typed(cast, paper))
    assert codes(cast.ines) == {Code.ON_HOLD}


def test_a_paper_does_not_answer_a_session_that_was_recorded_after_the_question(cast):
    course = start_course(injury=cast.knee, by=cast.tara.user, kind="prp")
    paper = filed(cast, question(cast))
    record_session(course=course, by=cast.tara.user, performed_on=cast.today(), on=cast.today())
    confirmed(cast, typed(cast, paper, draft=cast.clearance(cast.ines, holds_through_course=False)))
    assert codes(cast.ines) == {Code.TREATED_SINCE}


def test_a_paper_does_not_cover_an_injury_that_was_logged_after_the_question(cast, paper):
    draft = cast.clearance(cast.ines)
    log_injury(
        client=cast.ines, by=cast.tara.user, area="wrist", side="left", supervised_by=cast.okafor, severity=1,
        tissue="sprain", onset="acute_sudden",
    )  # fmt: skip
    confirmed(cast, typed(cast, paper, draft=draft))
    assert codes(cast.ines) == {Code.NOT_COVERED}


def test_a_paper_cannot_be_typed_to_cover_what_its_letter_did_not_ask_about(cast, paper):
    cast.injury(cast.ines, area="wrist")
    with pytest.raises(Refused) as refused:
        typed(cast, paper, draft=cast.clearance(cast.ines))
    assert refused.value.field == "covers"


def test_a_paper_does_not_cover_an_injury_that_was_changed_after_the_question(cast, paper):
    amend(cast)
    confirmed(cast, typed(cast, paper))
    assert codes(cast.ines) == {Code.NOT_COVERED}


def amend(cast):
    amend_injury(
        injury=cast.knee, by=cast.tara.user, area="knee", side="left", severity=3, supervised_by=cast.okafor,
        reason="Worse.",
    )  # fmt: skip


class TestWhichAnswerCounts:
    """papers.RULE, in every order."""

    def test_a_clearing_paper_on_the_day_of_an_answer_by_link_is_refused(self, cast):
        assert cast.knee
        asked, _, decision = answered_by_link(cast, cast.clearance(cast.ines))
        with pytest.raises(Refused, match="counts") as refused:
            typed(cast, filed(cast, asked))
        assert refused.value.field == "signed_on"
        assert papers.RULE in refused.value.sentence
        assert not hasattr(Decision.objects.get(pk=decision.pk), "replaced_by")

    def test_a_paper_that_does_not_clear_counts_on_the_day_of_an_answer_by_link(self, cast):
        assert cast.knee
        asked, _, decision = answered_by_link(cast, cast.clearance(cast.ines))
        assert judge(cast.ines.pk).open
        refusal = typed(cast, filed(cast, asked), draft=Draft(outcome=Outcome.NOT_CLEARED))
        assert refusal.replaces_id == decision.pk
        assert codes(cast.ines) == {Code.NOT_CLEARED}

    @pytest.mark.parametrize("outcome", [Outcome.CLEARED, Outcome.NOT_CLEARED])
    def test_a_paper_that_was_signed_before_the_day_of_a_newer_answer_changes_nothing(self, cast, outcome):
        assert cast.knee
        asked = question(cast)
        asked_days_ago(asked, 3)
        paper = filed(cast, asked)
        cast.sign(cast.ines)
        draft = cast.clearance(cast.ines) if outcome == Outcome.CLEARED else Draft(outcome=outcome)
        with pytest.raises(Refused, match="counts"):
            typed(cast, paper, draft=draft, signed_on=cast.today() - timedelta(days=1))
        assert judge(cast.ines.pk).open

    def test_an_answer_by_link_replaces_a_paper_of_the_same_day(self, cast, paper):
        before = typed(cast, paper)
        confirmed(cast, before)
        _, _, decision = answered_by_link(cast, Draft(outcome=Outcome.NOT_CLEARED))
        assert decision.replaces_id == before.pk
        assert codes(cast.ines) == {Code.NOT_CLEARED}

    def test_a_second_paper_of_the_same_day_replaces_the_first(self, cast, paper):
        first = typed(cast, paper)
        second = typed(cast, filed(cast, paper.request, words="Corrected"))
        assert second.replaces_id == first.pk

    def test_voiding_an_answer_takes_it_out_of_no_order(self, cast):
        asked = question(cast, cast.uma)
        paper = filed(cast, asked)
        decision = cast.refuse(cast.uma)
        void_decision(decision=decision, by=cast.mona.user, reason="Wrong client.")
        with pytest.raises(Refused, match="counts"):
            typed(cast, paper, draft=cast.clearance(cast.uma))

    def test_a_refusal_that_nobody_has_compared_counts_from_the_day_it_was_filed(self, cast):
        asked = question(cast, cast.uma)
        asked_days_ago(asked, 5)
        refusal = Draft(outcome=Outcome.NOT_CLEARED)
        typed(cast, filed(cast, asked, words="no"), draft=refusal, signed_on=cast.today() - timedelta(days=4))
        with pytest.raises(Refused, match="counts"):
            typed(cast, filed(cast, asked), draft=cast.clearance(cast.uma))


def test_a_paper_is_typed_once(cast, paper):
    typed(cast, paper)
    with pytest.raises(Refused, match="transcribed already"):
        typed(cast, paper, by=cast.theo)


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"name": " "}, "signed_name"), ({"signed_on": None}, "signed_on")],
)
def test_a_paper_without_a_signature_or_its_day_is_not_stored(cast, paper, fields, field):
    with pytest.raises(Refused, match="not complete") as refused:
        typed(cast, paper, **fields)
    assert refused.value.field == field
    assert not Decision.objects.exists()


@pytest.mark.parametrize("days", [-1, 1])
def test_a_paper_is_signed_between_its_question_and_today(cast, paper, days):
    with pytest.raises(Refused) as refused:
        typed(cast, paper, signed_on=cast.today() + timedelta(days=days))
    assert refused.value.field == "signed_on"


def test_a_paper_without_an_end_is_not_stored(cast, paper):
    with pytest.raises(Refused) as refused:
        typed(cast, paper, draft=replace(cast.clearance(cast.ines), valid_until=None))
    assert refused.value.field == "valid_until"


def test_the_same_bytes_are_one_paper(cast, paper):
    assert filed(cast, paper.request).pk == paper.pk
    assert filed(cast, paper.request, words="Other").pk != paper.pk


def test_a_letter_knows_an_injury_again_whose_resolution_was_withdrawn(cast):
    knee = cast.knee
    cast.sign(cast.ines, draft=cast.clearance(cast.ines, covers=frozenset(), resolves=frozenset({knee.pk})))
    cast.refuse(cast.ines, Outcome.WITHDRAWN)
    asked = question(cast)
    assert [one.injury_id for one in known_when_asked(asked).injuries] == [knee.pk]


def test_a_paper_covers_an_injury_in_the_words_of_its_letter(cast, store):
    knee, letter = cast.knee, question(cast)
    amend_injury(injury=knee, by=cast.tara.user, reason="worse", severity=3)
    covered = typed(cast, filed(cast, letter)).coverage.get()
    assert (covered.number, covered.words.endswith("moderate")) == (1, True)
    assert "NOT_COVERED" in [one.code for one in judge(cast.ines.pk).reasons]


def test_a_rejected_transcription_hides_no_answer_before_it(cast):
    asked = question(cast, cast.uma)
    cast.refuse(cast.uma)
    paper = filed(cast, asked)
    mistyped = typed(cast, paper, draft=Draft(outcome=Outcome.NOT_CLEARED))
    papers.reject(decision=mistyped, by=cast.theo.user, reason="The paper ticks cleared.")
    with pytest.raises(Refused, match="counts"):
        typed(cast, paper, draft=cast.clearance(cast.uma))


def test_of_two_papers_of_one_day_the_one_that_stops_counts(cast):
    asked = question(cast, cast.uma)
    typed(cast, filed(cast, asked, words="no"), draft=Draft(outcome=Outcome.NOT_CLEARED))
    with pytest.raises(Refused, match="counts"):
        typed(cast, filed(cast, asked), draft=cast.clearance(cast.uma))


def test_a_paper_under_a_question_that_was_taken_back_clears_nothing(cast):
    asked = question(cast, cast.uma)
    paper = filed(cast, asked)
    withdraw_request(request=asked, by=cast.tara.user, reason="Asked twice.")
    with pytest.raises(Refused, match="taken back"):
        typed(cast, paper, draft=cast.clearance(cast.uma))
