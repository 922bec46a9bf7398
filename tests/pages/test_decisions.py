"""Decisions as the studio reads them: word for word, with a digest that is computed again, and edited by nobody."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clearance.decisions.models import Outcome
from clearance.decisions.papers import confirm, reject
from clearance.decisions.questions import ask
from clearance.decisions.statement import Clause
from clearance.gate.guard import judge
from clearance.people.models import Evidence
from clearance.people.staff import change_policy, edit_studio
from tests.papers import filed, question, store, typed

assert store


def at(name, decision):
    return reverse(name, args=[decision.client_id, decision.pk])


@pytest.fixture
def tara(cast):
    return cast.browser(cast.tara)


def restricted(cast, **fields):
    clause = Clause("load_abs_max", {"kilograms": "10", "zone": "any"})
    return cast.restrict(cast.ines, clause, conditions="Stop when it hurts.", **fields)


def test_the_studio_reads_who_when_what_and_the_signed_words(cast, tara):
    cast.injury(cast.ines)
    decision = restricted(cast, rest_days=3)
    page = tara.get(at("decision", decision)).content.decode()
    for words in (
        "Cleared with restrictions", "Dr Ada Okafor", "(UTC)", "Lift at most 10 kg", "Knee, left, moderate",
        "Rest days after",
        "Stop when it hurts.", decision.statement_sha256, "licence A12345", "Client: Ines Injured, born 1985.",
    ):  # fmt: skip
        assert words in page
    assert "does not verify" not in page
    assert "Ines" not in page.split("</title>")[0].split("<title>")[1]


def test_words_that_were_altered_do_not_verify(cast, tara):
    decision = restricted(cast)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE decisions_decision SET statement = replace(statement, '10 kg', '90 kg')")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    page = tara.get(at("decision", decision)).content.decode()
    assert "does not verify" in page
    assert "Do not rely on them" in page


def test_the_time_of_signing_is_the_studios_with_its_zone(cast, tara):
    edit_studio(studio=cast.north, by=cast.mona.user, name="Northside", time_zone="Asia/Tokyo", phone="")
    cast.ines.studio.refresh_from_db()
    decision = cast.sign(cast.ines)
    assert "(Asia/Tokyo)" in tara.get(at("decision", decision)).content.decode()


def test_an_injury_that_is_over_stands_under_resolved(cast, tara):
    decision = cast.sign(cast.ines, covers=frozenset(), resolves=frozenset([cast.knee.pk]))
    page = tara.get(at("decision", decision))
    assert [one.injury_id for one in page.context["resolved"]] == [cast.knee.pk]
    assert not page.context["covered"]


def test_earlier_and_later_decisions_of_the_physician_are_listed_and_a_replaced_one_says_so(cast, tara):
    first, second = cast.sign(cast.ines), cast.refuse(cast.ines)
    page = tara.get(at("decision", first)).content.decode()
    assert "Replaced completely by" in page
    assert at("decision", second) in page
    assert at("decision", first) in tara.get(at("decision", second)).content.decode()


def test_a_decision_links_to_the_question_it_answers(cast, tara):
    asked, _ = ask(
        client=cast.ines, physician=cast.okafor, by=cast.tara.user, on=cast.today(), modes="core", days_a_week=2,
        minutes=40, top_phase=1, top_effort=5,
    )  # fmt: skip
    page = tara.get(at("decision", cast.sign(cast.ines))).content.decode()
    assert reverse("request", args=[cast.ines.pk, asked.pk]) in page


@pytest.mark.parametrize("outcome", [one for one in Outcome if one not in ("CLEARED", "CLEARED_WITH_RESTRICTIONS")])
def test_every_refusal_can_be_read(cast, tara, outcome):
    cast.sign(cast.ines)
    page = tara.get(at("decision", cast.refuse(cast.ines, outcome))).content.decode()
    assert Outcome(outcome).label in page


def test_only_a_manager_voids_a_decision_and_it_opens_nothing(cast, tara):
    decision = cast.sign(cast.ines)
    assert at("decision_void", decision) not in tara.get(at("decision", decision)).content.decode()
    assert tara.post(at("decision_void", decision), {"reason": "x"}).status_code == 403
    mona = cast.browser(cast.mona)
    assert at("decision_void", decision) in mona.get(at("decision", decision)).content.decode()
    assert mona.post(at("decision_void", decision), {"reason": "Wrong client."}).url == at("decision", decision)
    page = mona.get(at("decision", decision)).content.decode()
    assert "<s>Cleared for what is planned</s>" in page
    assert "Wrong client." in page
    assert not judge(cast.ines.pk).open
    assert mona.get(at("decision_void", decision)).status_code == 409
    assert mona.post(at("decision_void", decision), {"reason": "again"}).status_code == 409


@pytest.mark.parametrize("reason", ["", " ", "x" * 301, "a\x00"])
def test_voiding_needs_a_reason(cast, reason):
    decision = cast.sign(cast.ines)
    answer = cast.browser(cast.mona).post(at("decision_void", decision), {"reason": reason})
    assert answer.status_code == 422
    assert judge(cast.ines.pk).open


@pytest.mark.parametrize("name", ["decision", "decision_void"])
def test_another_studio_finds_nothing_and_a_physician_is_no_staff(cast, name):
    decision = cast.sign(cast.ines)
    assert cast.browser(cast.olga).get(at(name, decision)).status_code == 404
    assert cast.browser(cast.mona).get(reverse(name, args=[cast.uma.pk, decision.pk])).status_code == 404
    assert cast.browser(cast.okafor.user).get(at(name, decision)).status_code == 403
    assert cast.browser(None).get(at(name, decision)).status_code == 302
    assert cast.browser(cast.mona).delete(at(name, decision)).status_code == 405


def test_no_page_edits_a_decision(cast):
    decision = cast.sign(cast.ines)
    mona = cast.browser(cast.mona)
    assert mona.post(at("decision", decision), {"outcome": "CLEARED"}).status_code == 405
    page = mona.get(at("decision", decision)).content.decode()
    forms = page.split("<main")[1].count("<form")
    assert forms == 0


def test_the_page_takes_as_many_queries_with_10_as_with_20_decisions(cast, tara):
    def count():
        decision = restricted(cast)
        with CaptureQueriesContext(connection) as captured:
            assert tara.get(at("decision", decision)).status_code == 200
        return len(captured)

    for _ in range(9):
        restricted(cast)
    few = count()
    for _ in range(9):
        restricted(cast)
    assert count() == few


def test_a_decision_shows_its_evidence_level_and_leads_to_the_evidence(cast, tara):
    decision = cast.sign(cast.ines)
    page = tara.get(at("decision", decision)).content.decode()
    assert at("evidence", decision) in page
    assert "the physician&#x27;s own account" in page
    assert "The studio accepts" not in page
    change_policy(studio=cast.north, by=cast.mona.user, needs="EVERY_CLIENT", least_evidence=Evidence.SECOND_FACTOR)
    assert (
        "The studio accepts: the physician&#x27;s own account with a second factor"
        in tara.get(at("decision", decision)).content.decode()
    )


@pytest.mark.usefixtures("store")
def test_a_paper_shows_who_typed_it_and_offers_others_to_compare_it(cast, tara):
    assert cast.knee
    decision = typed(cast, filed(cast, question(cast)))
    page, theos = (cast.browser(who).get(at("decision", decision)).content.decode() for who in (cast.tara, cast.theo))
    for words in ("Not yet compared", "Signed on paper", "Entered", "paper, not yet confirmed by a second person"):
        assert words in page
    assert at("paper_check", decision) not in page
    assert "Somebody other than Tara Trainer" in page
    assert at("paper_check", decision) in theos


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("confirmed", [True, False])
def test_a_compared_paper_says_by_whom(cast, tara, confirmed):
    assert cast.knee
    decision = typed(cast, filed(cast, question(cast)))
    if confirmed:
        confirm(decision=decision, by=cast.theo.user, called_back="Ms Reed")
    else:
        reject(decision=decision, by=cast.theo.user, reason="Until is 3 March.")
    page = tara.get(at("decision", decision)).content.decode()
    assert ("spoke with Ms Reed" in page) is confirmed
    assert ("Not what the paper says" in page) is not confirmed
    assert (reverse("paper_transcribe", args=[cast.ines.pk, decision.paper_id]) in page) is not confirmed
    assert at("paper_check", decision) not in cast.browser(cast.mona).get(at("decision", decision)).content.decode()
