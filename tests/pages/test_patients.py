"""What a physician sees of the clients whose consent covers them, and of nobody else."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clearance.decisions import actions as decisions
from clearance.decisions import questions
from clearance.injuries.actions import hand_over, open_hold
from clearance.injuries.courses import record_session, start_course
from clearance.people.actions import edit_client, join_care_team, leave_care_team, withdraw_consent
from clearance.people.models import Membership, Studio


def ask(cast, client, physician=None, **fields):
    envelope = {"modes": "balance, core", "days_a_week": 2, "minutes": 40, "top_phase": 1, "top_effort": 5}
    physician = physician or cast.okafor
    return questions.ask(
        client=client, physician=physician, by=client.trainer.user, on=cast.today(), **envelope | fields
    )


@pytest.fixture
def okafor(cast):
    return cast.browser(cast.okafor.user)


def page(browser, url, status=200):
    answer = browser.get(url)
    assert answer.status_code == status
    return answer.content.decode()


def patient(client):
    return f"/physician/clients/{client.pk}/"


def test_clients_who_wait_come_first_with_who_asks_and_until_when(cast, okafor):
    cast.sign(cast.uma)
    ask(cast, cast.ines, reply_by=cast.today() + timedelta(days=3))
    text = page(okafor, "/physician/")
    assert text.index("Waiting for your answer") < text.index("Ines Injured") < text.index("Uma Uninjured")
    assert "Tara Trainer of Northside asks" in text
    assert "hopes for an answer by" in text


def test_the_inbox_says_what_the_physicians_own_word_is_worth_today(cast, okafor):
    cast.sign(cast.uma)
    assert "In force to" in page(okafor, "/physician/")
    cast.refuse(cast.uma)
    assert "Not cleared" in page(okafor, "/physician/")
    decisions.void_decision(decision=cast.sign(cast.uma), by=cast.mona.user, reason="wrong client")
    assert "an entry made by mistake" in page(okafor, "/physician/")


def test_the_inbox_puts_clients_who_cannot_train_until_this_physician_decides_before_the_others(cast, okafor):
    cast.sign(cast.uma)
    held = cast.client(cast.tara, "Zora Held", cast.okafor)
    cast.sign(held)
    open_hold(client=held, by=cast.tara.user, reason="Dizzy.")
    answer = okafor.get("/physician/")
    assert [row["title"].split(",")[0] for row in answer.context["stopped"]] == ["Ines Injured", "Zora Held"]
    assert [row["title"].split(",")[0] for row in answer.context["others"]] == ["Uma Uninjured"]


def test_a_patients_page_shows_no_green_word_beside_a_shut_gate(cast, okafor):
    cast.sign(cast.uma)
    url = f"/physician/clients/{cast.uma.pk}/"
    assert okafor.get(url).context["state"]["slug"] == "in_force"
    open_hold(client=cast.uma, by=cast.tara.user, reason="Dizzy.")
    assert okafor.get(url).context["state"]["slug"] == "on_hold"
    cast.sign(cast.uma)
    assert okafor.get(url).context["state"]["slug"] == "in_force"


def test_an_empty_inbox_says_how_clients_come_into_it(cast):
    browser = cast.browser(cast.lindt.user)
    assert "Nobody waits for you" in page(browser, "/physician/")


def test_the_inbox_takes_the_same_number_of_queries_for_10_and_for_20_clients(cast, okafor):
    taken = []
    Studio.objects.update(asks_a_day=1000)
    for ten in ("First", "Second"):
        for count in range(10):
            ask(cast, cast.client(cast.tara, f"{ten}{count} Waits", cast.okafor))
        with CaptureQueriesContext(connection) as queries:
            page(okafor, "/physician/")
        taken.append(len(queries))
    assert taken[0] == taken[1] <= 50


def test_the_inbox_shows_25_a_page(cast, okafor):
    for count in range(25):
        cast.client(cast.tara, f"Client{count:02} Cares", cast.okafor)
    assert "Uma Uninjured" not in page(okafor, "/physician/")
    assert "Uma Uninjured" in page(okafor, "/physician/?page=2")
    assert "Uma Uninjured" in page(okafor, "/physician/?page=99999999999999999999")
    assert page(okafor, "/physician/?page=x")


def test_a_patients_page_shows_the_question_and_the_record(cast, okafor):
    tara, today = cast.tara.user, cast.today()
    course = start_course(injury=cast.knee, by=tara, kind="prolotherapy", agent="dextrose", planned_sessions=6)
    record_session(course=course, by=tara, performed_on=today, on=today, notes="PRIVATE NOTE")
    open_hold(client=cast.ines, by=cast.tara.user, reason="Numb toes since Monday.")
    ask(cast, cast.ines, question="May she squat?")
    text = page(okafor, patient(cast.ines))
    shown = (
        "Born 1985", "Tara Trainer", "May she squat?", "2 days a week", "Knee, left", "moderate", "Ligament sprain",
        "Prolotherapy with dextrose: 1 of 6, last on", "Numb toes since Monday.",
    )  # fmt: skip
    assert [words for words in shown if words not in text] == []
    assert "PRIVATE NOTE" not in text


def test_a_patients_page_shows_nothing_that_consent_does_not_cover(cast, okafor):
    private = {
        "notes": "CANARY notes", "goals": "CANARY goals", "emergency_name": "CANARY friend",
        "emergency_phone": "+12025550177", "phone": "+12025550188",
    }  # fmt: skip
    edit_client(client=cast.ines, by=cast.tara.user, **private)
    text = page(okafor, patient(cast.ines))
    assert not [word for word in ("CANARY", "5550177", "5550188", "ines@example.test", "14 Mar") if word in text]


def test_a_patients_page_says_why_the_gate_is_shut_as_far_as_it_concerns_this_physician(cast, okafor):
    assert "Dr Ada Okafor has not decided yet." in page(okafor, patient(cast.ines))
    cast.sign(cast.ines)
    cast.injury(cast.ines, area="elbow")
    text = page(okafor, patient(cast.ines))
    assert "does not cover this injury as it is now: Elbow, left" in text
    assert "Next move: You" in text


def test_an_earlier_physicians_refusal_stays_in_sight_with_the_reason_for_the_change(cast):
    cast.refuse(cast.ines)
    hand_over(client=cast.ines, physician=cast.lindt, by=cast.tara.user, reason="Moved to another clinic.")
    cast.consent(cast.ines, cast.lindt)
    text = page(cast.browser(cast.lindt.user), patient(cast.ines))
    assert "Dr Ada Okafor: Not cleared" in text
    assert "Moved to another clinic." in text


def test_withdraw_is_offered_only_while_the_own_decision_opens(cast, okafor):
    offer = "?outcome=WITHDRAWN"
    assert offer not in page(okafor, patient(cast.ines))
    cast.sign(cast.ines)
    assert offer in page(okafor, patient(cast.ines))
    cast.refuse(cast.ines)
    assert offer not in page(okafor, patient(cast.ines))


@pytest.mark.parametrize("url", ["", "decide/", "decisions/1/"])
def test_a_physician_who_is_not_on_the_case_finds_nothing(cast, url):
    page(cast.browser(cast.lindt.user), patient(cast.ines) + url, 404)
    page(cast.browser(cast.ode.user), patient(cast.ines) + url, 404)


def test_a_patient_disappears_when_consent_is_withdrawn(cast, okafor):
    consent = cast.ines.consents.get()
    withdraw_consent(consent=consent, by=cast.tara.user, reason="by letter")
    page(okafor, patient(cast.ines), 404)
    assert "Ines Injured" not in page(okafor, "/physician/")


def test_a_physician_beside_the_case_reads_and_is_not_offered_to_decide(cast):
    join_care_team(client=cast.ines, physician=cast.lindt, by=cast.tara.user)
    cast.consent(cast.ines, cast.lindt)
    browser = cast.browser(cast.lindt.user)
    text = page(browser, patient(cast.ines))
    assert "nothing for you to decide" in text
    assert "decide/" not in text
    leave_care_team(client=cast.ines, physician=cast.lindt, by=cast.tara.user)
    page(browser, patient(cast.ines), 404)


@pytest.mark.parametrize("url", ["/physician/", "/physician/clients/1/", "/physician/clients/1/decide/"])
def test_trainers_and_managers_are_no_physicians(cast, url):
    for who in (cast.tara, cast.mona, cast.olga):
        page(cast.browser(who), url, 403)


def test_staff_of_the_studio_who_are_linked_as_physician_there_get_nothing(cast):
    Membership.objects.create(user=cast.okafor.user, studio=cast.north, role=Membership.Role.TRAINER)
    browser = cast.browser(cast.okafor.user)
    page(browser, "/physician/", 403)
    page(browser, patient(cast.ines), 403)


def test_an_own_decision_reads_word_for_word_with_its_fingerprint_and_history(cast, okafor):
    first, second = cast.sign(cast.ines), cast.refuse(cast.ines)
    text = page(okafor, f"{patient(cast.ines)}decisions/{first.pk}/")
    assert first.statement_sha256 in text
    assert all(line in text for line in first.statement.split("\n"))
    assert "You replaced this decision." in text
    assert f"decisions/{second.pk}/" in text


def test_an_own_decision_in_force_can_be_withdrawn_or_replaced_from_its_page(cast, okafor):
    found = cast.sign(cast.ines)
    text = page(okafor, f"{patient(cast.ines)}decisions/{found.pk}/")
    assert "Withdraw it" in text
    assert "Replace it with a new decision" in text


def test_times_are_those_of_the_studio(cast, okafor):
    found = cast.sign(cast.ines)
    Studio.objects.filter(pk=cast.north.pk).update(time_zone="Asia/Kolkata")
    there = found.signed_at.astimezone(ZoneInfo("Asia/Kolkata"))
    assert f"{there:%H:%M} (Asia/Kolkata)" in page(okafor, f"{patient(cast.ines)}decisions/{found.pk}/")


def test_a_decision_of_another_physician_or_client_is_not_found(cast, okafor):
    theirs = cast.sign(cast.otto, cast.ode, draft=cast.clearance(cast.otto, cast.ode))
    page(okafor, f"{patient(cast.ines)}decisions/{theirs.pk}/", 404)
    page(okafor, f"{patient(cast.otto)}decisions/{theirs.pk}/", 404)
    page(okafor, f"{patient(cast.ines)}decisions/999999/", 404)


@pytest.mark.parametrize("url", ["/physician/", "/physician/clients/1/", "/physician/clients/1/decisions/1/"])
def test_these_pages_only_show(cast, okafor, url):
    assert okafor.post(url).status_code == 405
