"""Screening pages: the client answers and signs on the trainer's device; read, void, and what follows for the gate."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clearance.checkins.actions import void_screening
from clearance.checkins.models import Screening, ScreeningVoid
from clearance.checkins.topics import TOPICS
from clearance.gate.guard import judge
from clearance.pages.forms.screenings import ScreeningForm
from clearance.people.actions import archive_client
from clearance.people.lock import now
from clearance.people.models import Evidence, Policy
from clearance.people.staff import change_policy
from tests.screenings import NOES, posted, sign

SLUGS = [one.slug for one in TOPICS]
UNSURE = {"topic_chest": "unsure", "more_chest": "When it is cold"}


@pytest.fixture
def tara(cast):
    return cast.browser(cast.tara)


def at(name, client, *ids):
    return reverse(name, args=[client.pk, *ids])


def send(cast, tara, **changed):
    return tara.post(at("screening_new", cast.uma), posted(cast.uma, **changed))


def lenient(cast):
    needs = Policy.Needs.INJURED_OR_FLAGGED
    change_policy(studio=cast.north, by=cast.mona.user, needs=needs, least_evidence=Evidence.PAPER)


def test_a_client_signs_on_the_trainers_device_and_reads_what_was_signed(cast, tara):
    answer = send(cast, tara, **UNSURE, diseases=["heart"], symptoms=["tired", "ankles"])
    screening = Screening.objects.get()
    assert answer.url == at("screening", cast.uma, screening.pk)
    assert (screening.by, screening.how, screening.flagged) == (cast.tara.user, "DEVICE", True)
    page = tara.get(answer.url).content.decode()
    for words in (
        "When it is cold",
        "heart or vessels",
        "swollen ankles; unusual tiredness with everyday tasks",
        "Uma Uninjured",
    ):
        assert words in page
    assert page.count("Not sure") == 1


def test_nothing_is_chosen_beforehand(cast, tara):
    page = BeautifulSoup(tara.get(at("screening_new", cast.uma)).content, "html.parser")
    form = page.select_one("main form[method=post]")
    assert not form.select("[checked], [selected]")
    assert not [one["value"] for one in form.select("input[type=text]") if one.get("value")]


def test_the_page_that_is_handed_over_leads_to_nobody_else(cast, tara):
    page = BeautifulSoup(tara.get(at("screening_new", cast.uma)).content, "html.parser")
    assert {one["href"] for one in page.select("a[href]")} <= {"#main", "/", at("client", cast.uma)}
    assert not page.select("nav, form[role=search], .menu")


def test_each_question_is_one_group_with_three_answers_and_its_own_words(cast, tara):
    page = BeautifulSoup(tara.get(at("screening_new", cast.uma)).content, "html.parser")
    for topic in TOPICS:
        group = page.select_one(f"#div_id_topic_{topic.slug} fieldset")
        assert topic.question in group.legend.text
        assert [one["value"] for one in group.select("input[type=radio]")] == ["no", "yes", "unsure"]
        assert page.select_one(f"label[for=id_more_{topic.slug}]").text.strip() == topic.more


@pytest.mark.parametrize("field", [*(f"topic_{one}" for one in SLUGS), "active", "diseases", "symptoms", "intensity"])
def test_every_question_has_to_be_answered(cast, tara, field):
    answer = send(cast, tara, **{field: []})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Screening.objects.exists()


@pytest.mark.parametrize("said", ["yes", "unsure"])
@pytest.mark.parametrize("slug", SLUGS)
def test_a_yes_and_a_not_sure_need_a_few_words(cast, tara, slug, said):
    answer = send(cast, tara, **{f"topic_{slug}": said, f"more_{slug}": "  "})
    assert list(answer.context["form"].errors) == [f"more_{slug}"]
    assert send(cast, tara, **{f"topic_{slug}": said, f"more_{slug}": "I do not know"}).status_code == 302


def test_words_beside_a_plain_no_are_not_passed_over(cast, tara):
    answer = send(cast, tara, more_heart="A stent in 2019")
    assert list(answer.context["form"].errors) == ["topic_heart"]
    assert "A stent in 2019" in answer.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [{"topic_heart": "maybe"}, {"active": "perhaps"}, {"intensity": "max"}, {"diseases": ["none", "heart"]},
     {"symptoms": ["nerves"]}, {"signed_name": ""}, {"signed_name": "Tara Trainer"}, {"signed_name": "x" * 121},
     {"signed_name": "Uma\x00Uninjured"}],
)  # fmt: skip
def test_bad_input_stands_beside_its_field_and_nothing_is_lost(cast, tara, wrong):
    answer = send(cast, tara, **(UNSURE | wrong))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == list(wrong)
    assert "When it is cold" in answer.content.decode()
    assert not Screening.objects.exists()


def test_the_same_form_sent_twice_is_stored_once(cast, tara):
    assert send(cast, tara).url == send(cast, tara).url
    assert Screening.objects.count() == 1


def test_the_form_says_what_the_action_takes(cast):
    form = ScreeningForm(posted(cast.uma, **UNSURE), client=cast.uma)
    assert form.is_valid()
    assert form.said == {
        "answers": NOES | {"chest": "unsure"}, "followups": {"chest": "When it is cold"}, "active": True,
        "diseases": [], "symptoms": [], "intensity": "moderate", "signed_name": "Uma Uninjured",
    }  # fmt: skip


def test_a_flagged_answer_says_that_a_physician_has_to_decide_and_the_gate_is_shut(cast, tara):
    lenient(cast)
    assert not judge(cast.uma.pk).reasons
    page = tara.get(send(cast, tara, **UNSURE).url).content.decode()
    assert "a physician has to decide. No later screening undoes that." in page
    assert [one.code.value for one in judge(cast.uma.pk).reasons] == ["NO_DECISION"]
    assert "Counts as flagged" in tara.get(at("client", cast.uma)).content.decode()


def test_where_every_client_is_decided_about_a_flag_says_so(cast, tara):
    assert "decide about every client already" in tara.get(send(cast, tara, **UNSURE).url).content.decode()


def test_a_trainer_in_a_hurry_signs_void_and_signs_anew_and_the_gate_stays_shut(cast, tara):
    lenient(cast)
    flagged = send(cast, tara, **UNSURE).url
    tara.post(f"{flagged}void/", {"reason": "Answered by mistake"})
    fresh = tara.get(send(cast, tara).url).content.decode()
    assert "Counts as flagged" not in fresh
    assert [one.code.value for one in judge(cast.uma.pk).reasons] == ["NO_DECISION"]
    assert tara.get(at("program_new", cast.uma)).status_code == 409


def test_a_change_makes_it_void_and_asks_for_a_new_one(cast, tara):
    screening = sign(cast.uma, cast.tara.user)
    page = at("screening", cast.uma, screening.pk)
    assert tara.post(f"{page}void/", {"reason": ""}).status_code == 422
    assert tara.post(f"{page}void/", {"reason": "New heart medicine"}).url == page
    shown = tara.get(page).content.decode()
    assert "An answer has changed since." in shown
    assert "New heart medicine" in shown
    assert at("screening_new", cast.uma) in shown
    assert f"{page}void/" not in shown
    assert tara.post(f"{page}void/", {"reason": "Again"}).url == page
    assert ScreeningVoid.objects.count() == 1


def test_a_screening_is_read_under_its_own_client_only(cast, tara):
    screening = sign(cast.uma, cast.tara.user)
    for name in ("screening", "screening_void"):
        assert tara.get(at(name, cast.ines, screening.pk)).status_code == 404


def test_the_list_strikes_what_is_void_or_replaced_and_keeps_it_readable(cast, tara):
    first, second = sign(cast.uma, cast.tara.user), sign(cast.uma, cast.tara.user, active=False)
    void_screening(screening=second, by=cast.tara.user, reason="New medicine")
    third = sign(cast.uma, cast.tara.user, intensity="light")
    page = BeautifulSoup(tara.get(at("screenings", cast.uma)).content, "html.parser")
    rows = page.select("main .items .item")
    assert [row.a["href"] for row in rows] == [at("screening", cast.uma, one.pk) for one in (third, second, first)]
    assert [bool(row.s) for row in rows] == [False, True, True]
    assert "New medicine" in rows[1].text
    assert "Replaced" in rows[2].text
    assert "Replaced by" in tara.get(at("screening", cast.uma, first.pk)).content.decode()


def test_the_list_takes_as_many_queries_for_20_screenings_as_for_10(cast, tara):
    taken = []
    for more in range(2):
        for number in range(10):
            one = sign(cast.uma, cast.tara.user, followups={"heart": f"{more}{number}"})
            if number == 4:
                void_screening(screening=one, by=cast.tara.user, reason="New medicine")
        with CaptureQueriesContext(connection) as seen:
            tara.get(at("screenings", cast.uma))
        taken.append(len(seen))
    assert taken[0] == taken[1]


@pytest.mark.parametrize("days", [0, 366])
def test_the_first_page_shows_the_state_and_the_next_step(cast, tara, days):
    page = tara.get(at("client", cast.uma)).content.decode()
    assert "There is no screening yet." in page
    assert at("screening_new", cast.uma) in page
    then = now() - timedelta(days=days)
    sign(cast.uma, cast.tara.user, at=then, on=then.date())
    page = tara.get(at("client", cast.uma)).content.decode()
    assert ("It is older than twelve months." in page) is (days == 366)
    assert (at("screening_new", cast.uma) in page) is (days == 366)


def test_an_archived_client_is_read_and_signs_nothing(cast, tara):
    screening = sign(cast.uma, cast.tara.user)
    archive_client(client=cast.uma, by=cast.tara.user)
    for page in (at("screenings", cast.uma), at("screening", cast.uma, screening.pk)):
        assert at("screening_new", cast.uma) not in tara.get(page).content.decode()
    assert send(cast, tara).status_code in {409, 422}
    assert Screening.objects.count() == 1
