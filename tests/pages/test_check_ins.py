"""Check-in pages: three taps, what to do in large words, what waits for whom, and no way around the physician."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clearance.checkins import actions
from clearance.checkins.models import CheckIn, Flag, FlagReview, Schedule
from clearance.checkins.symptoms import SYMPTOMS, When
from clearance.decisions.kinds import Kind
from clearance.decisions.models import Request
from clearance.decisions.statement import Clause
from clearance.gate.guard import judge
from clearance.injuries.courses import start_course
from clearance.injuries.models import Hold
from clearance.people.actions import archive_client


@pytest.fixture
def tara(cast):
    return cast.browser(cast.tara)


def url(name, client, *more):
    return reverse(name, args=[client.pk, *more])


def tell(cast, tara, client=None, **more):
    said = {"pain_now": "3", "strength": "4", "any_new": "none"} | more
    return tara.post(
        url("check_in_new", client or cast.ines), {key: one for key, one in said.items() if one is not None}
    )


def told(cast, client=None, *, ago=0, **more):
    said = {"pain_now": 3, "strength": 4} | more
    on = cast.today()
    return actions.record_check_in(
        client=client or cast.ines, by=cast.tara.user, on=on, cap=None, told_on=on - timedelta(days=ago), **said
    )


def text(answer):
    return " ".join(BeautifulSoup(answer.content, "html.parser").select_one("main").get_text(" ").split())


def test_three_taps_are_a_check_in_and_lead_to_what_it_means(cast, tara):
    answer = tell(cast, tara)
    check_in = CheckIn.objects.get()
    assert answer.url == url("check_in", cast.ines, check_in.pk)
    assert (check_in.by, check_in.pain_now, check_in.strength, check_in.symptoms) == (cast.tara.user, 3, 4, {})
    assert (check_in.on, check_in.effort, check_in.note) == (cast.today(), None, "")
    assert "Nothing stands out" in text(tara.get(answer.url))


def test_nothing_is_chosen_beforehand(cast, tara):
    cast.knee
    page = BeautifulSoup(tara.get(url("check_in_new", cast.ines)).content, "html.parser")
    assert not page.select("main form [checked]")
    assert len(page.select("input[name=pain_now]")) == 11
    assert page.select_one("form[data-keep]")


@pytest.mark.parametrize("missing", ["pain_now", "strength", "any_new"])
def test_what_is_required_is_asked_for_again_and_nothing_is_lost(cast, tara, missing):
    answer = tell(cast, tara, **({"note": "Slept badly.", "effort": "6"} | {missing: None}))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [missing]
    page = BeautifulSoup(answer.content, "html.parser")
    assert "Slept badly." in page.select_one("[name=note]").text
    assert page.select_one("[name=effort] [selected]")["value"] == "6"
    assert page.select_one("details.fold[open]")
    assert not CheckIn.objects.exists()


def test_everything_that_may_be_told_is_stored(cast, tara):
    day = (cast.today() - timedelta(days=2)).isoformat()
    tell(
        cast, tara, pain_worst="6", pain_session="4", pain_morning="0", effort="7", load="more", told_on=day, note="Ok.",
        any_new="some", symptoms=["new_place:unsure", "night_pain:yes"],
    )  # fmt: skip
    one = CheckIn.objects.get()
    assert (one.pain_worst, one.pain_session, one.pain_morning, one.effort, one.load) == (6, 4, 0, 7, "more")
    assert (one.on.isoformat(), one.note, one.symptoms) == (day, "Ok.", {"new_place": "unsure", "night_pain": "yes"})


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"any_new": "none", "symptoms": ["chest:yes"]}, "contradict each other"),
        ({"any_new": "some"}, "Tick which"),
        ({"any_new": "some", "symptoms": []}, "Tick which"),
    ],
)
def test_answers_that_contradict_each_other_are_refused_kindly(cast, tara, answers, words):
    answer = tell(cast, tara, **answers)
    assert answer.status_code == 422
    assert words in text(answer)
    ticked = BeautifulSoup(answer.content, "html.parser").select("[name=symptoms][checked]")
    assert [one["value"] for one in ticked] == answers.get("symptoms", [])
    assert not CheckIn.objects.exists()


def test_of_two_ticks_for_one_symptom_yes_counts(cast, tara):
    tell(cast, tara, any_new="some", symptoms=["chest:yes", "chest:unsure"])
    assert CheckIn.objects.get().symptoms == {"chest": "yes"}


@pytest.mark.parametrize(
    "wrong",
    [{"pain_now": "11"}, {"pain_now": "-1"}, {"pain_now": "NaN"}, {"strength": "5"}, {"any_new": "perhaps"},
     {"effort": "11"}, {"load": "x"}, {"note": "x" * 2001}, {"note": "a\x00b"}, {"told_on": "9999-12-31"},
     {"told_on": "1901-01-01"}, {"pain_worst": "99999999999999999999"}],
)  # fmt: skip
def test_bad_input_stands_beside_its_field(cast, tara, wrong):
    answer = tell(cast, tara, **wrong)
    assert answer.status_code == 422
    assert set(wrong) == set(answer.context["form"].errors)
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize("tick", ["headache:yes", "chest:no", "chest", "chest:yes:x", "soreness:yes"])
def test_a_symptom_that_was_not_asked_for_is_refused(cast, tara, tick):
    answer = tell(cast, tara, any_new="some", symptoms=[tick])
    assert answer.status_code == 422
    assert "symptoms" in answer.context["form"].errors


def test_the_day_of_tomorrow_is_refused(cast, tara):
    answer = tell(cast, tara, told_on=(cast.today() + timedelta(days=1)).isoformat())
    assert "told_on" in answer.context["form"].errors


def test_the_only_open_injury_is_meant_without_a_tap(cast, tara):
    injury = cast.knee
    assert "About: Knee, left" in text(tara.get(url("check_in_new", cast.ines)))
    tell(cast, tara)
    assert CheckIn.objects.get().injury == injury


def test_of_several_injuries_one_is_chosen(cast, tara):
    cast.knee
    other = cast.injury(cast.ines, area="lumbar_spine", side="midline")
    answer = tell(cast, tara)
    assert "injury" in answer.context["form"].errors
    tell(cast, tara, injury=str(other.pk))
    assert CheckIn.objects.get().injury == other


def test_an_injury_of_somebody_else_is_refused(cast, tara):
    cast.knee
    for injury in (cast.injury(cast.uma), cast.injury(cast.otto)):
        assert "injury" in tell(cast, tara, injury=str(injury.pk)).context["form"].errors
    assert not CheckIn.objects.exists()


def test_without_an_injury_the_check_in_is_about_none(cast, tara):
    assert "injury" not in tara.get(url("check_in_new", cast.uma)).context["form"].fields
    tell(cast, tara, cast.uma)
    assert CheckIn.objects.get().injury is None


@pytest.mark.parametrize(
    ("area", "side", "label", "same"),
    [("knee", "left", "against the other side", "As strong as the other side"),
     ("knee", "both", "against before the injury", "As strong as before"),
     ("lumbar_spine", "midline", "against before the injury", "As strong as before")],
)  # fmt: skip
def test_strength_is_compared_with_what_there_is(cast, tara, area, side, label, same):
    cast.injury(cast.ines, area=area, side=side)
    page = text(tara.get(url("check_in_new", cast.ines)))
    assert label in page
    assert same in page


def test_after_an_injection_at_the_spine_the_list_is_longer(cast, tara):
    def asked():
        return [one["slug"] for one in tara.get(url("check_in_new", cast.ines)).context["form"].checklist]

    assert asked() == [one.slug for one in SYMPTOMS if one.when is When.ALWAYS]
    injury = cast.injury(cast.ines, area="lumbar_spine", side="midline")
    course = start_course(injury=injury, by=cast.tara.user, kind="prolotherapy")
    actions.record_session(course=course, by=cast.tara.user, performed_on=cast.today(), on=cast.today())
    assert asked() == [one.slug for one in SYMPTOMS]


def test_the_physicians_pain_cap_counts(cast, tara):
    cast.restrict(cast.ines, Clause(Kind.PAIN_CAP, {"during": 2, "after": 4}))
    tell(cast, tara, pain_now="3")
    assert CheckIn.objects.get().cap == 2
    assert Flag.objects.get().rule == "pain_beyond"


def test_a_double_click_stores_one_check_in(cast, tara):
    first, second = (tell(cast, tara, any_new="some", symptoms=["chest:yes"]) for _ in range(2))
    assert first.url == second.url
    assert Hold.objects.count() == 1


def test_an_archived_client_is_told_nothing_about(cast, tara):
    archive_client(client=cast.ines, by=cast.tara.user)
    assert tell(cast, tara).status_code == 422
    assert not CheckIn.objects.exists()
    assert b"check-ins/new/" not in tara.get(url("check_ins", cast.ines)).content


@pytest.mark.parametrize(
    ("slug", "alarm", "words"),
    [("chest", "emergency", "Call the local emergency number now. Do not train, and do not leave the client alone."),
     ("joint", "same_day", "Call the treating physician today, or urgent care if nobody answers. Do not train."),
     ("night_pain", "refer", "Do not train. Ask the physician before the next session.")],
)  # fmt: skip
def test_a_stop_says_first_what_to_do(cast, tara, slug, alarm, words):
    page = tara.get(tell(cast, tara, any_new="some", symptoms=[f"{slug}:unsure"]).url)
    first = BeautifulSoup(page.content, "html.parser").select_one("main > section")
    assert first["class"] == ["alarm", f"alarm-{alarm}"]
    assert first["role"] == "alert"
    assert first.select_one(".alarm-do").text == words
    assert "Training is on hold since" in text(page)
    assert "Nothing stands out" not in text(page)
    flag = Flag.objects.get()
    assert f"{url('request_new', cast.ines)}?flag={flag.pk}" in page.content.decode()


def test_an_emergency_shows_nothing_but_the_action_before_everything_else(cast, tara):
    page = tara.get(tell(cast, tara, any_new="some", symptoms=["stroke:yes"]).url)
    assert text(page).startswith("Emergency Call the local emergency number now.")
    assert not BeautifulSoup(page.content, "html.parser").select(".alarm a")


def test_of_several_stops_the_most_urgent_speaks(cast, tara):
    page = tara.get(tell(cast, tara, any_new="some", symptoms=["night_pain:yes", "chest:yes", "joint:yes"]).url)
    assert page.context["alarm"] == "emergency"
    assert len(page.context["stops"]) == 3


def test_a_call_of_today_has_the_physicians_number(cast, tara):
    page = tara.get(tell(cast, tara, any_new="some", symptoms=["joint:yes"]).url)
    assert 'href="tel:+12025550143"' in page.content.decode()


def test_a_day_later_it_is_no_alarm_any_more_and_still_a_stop(cast, tara, monkeypatch):
    page = tell(cast, tara, any_new="some", symptoms=["chest:yes"]).url
    later = Hold.objects.get().at + timedelta(hours=25)
    monkeypatch.setattr("clearance.pages.flags.now", lambda: later)
    answer = tara.get(page)
    assert answer.context["alarm"] == ""
    assert "Training is on hold since" in text(answer)


def test_after_the_physicians_answer_the_check_in_is_history(cast, tara):
    page = tell(cast, tara, any_new="some", symptoms=["chest:yes"]).url
    cast.sign(cast.ines)
    answer = tara.get(page)
    assert (answer.context["alarm"], answer.context["stop"]) == ("", None)
    assert "Answered by a physician's later decision" in text(answer)
    assert "Nothing stands out" not in text(answer)


def test_a_stop_that_an_older_day_told_late_brings_is_said_at_once(cast, tara):
    injury = cast.knee
    course = start_course(injury=injury, by=cast.tara.user, kind="prolotherapy", planned_sessions=6)
    on = cast.today()
    actions.record_session(course=course, by=cast.tara.user, performed_on=on - timedelta(days=5), on=on)
    assert "Nothing stands out" in text(tara.get(tell(cast, tara, pain_now="1", strength="2").url))
    late = (cast.today() - timedelta(days=9)).isoformat()
    page = tara.get(tell(cast, tara, pain_now="7", strength="1", told_on=late).url)
    assert page.context["alarm"] == "refer"
    assert "Nothing stands out" not in text(page)


def test_once_asked_the_page_says_so(cast, tara):
    page = tell(cast, tara, any_new="some", symptoms=["night_pain:yes"]).url
    form = tara.get(url("request_new", cast.ines)).context["form"]
    tara.post(url("request_new", cast.ines), ask(form) | {"physician": cast.okafor.pk})
    assert "Dr Ada Okafor has been asked since" in text(tara.get(page))


def ask(form):
    return {name: form[name].value() for name in (*form.PLAN, "question", "channel") if form[name].value() is not None}


def test_the_prepared_note_goes_into_the_question_and_can_be_changed(cast, tara):
    cast.knee
    tell(cast, tara, any_new="some", symptoms=["night_pain:unsure"], pain_now="6")
    flag = Flag.objects.get(rule="night_pain")
    page = f"{url('request_new', cast.ines)}?flag={flag.pk}"
    form = tara.get(page).context["form"]
    said = form["question"].value()
    assert said.startswith("Red flag, knee, left. Pain at night that no position relieves.")
    assert "Pain now: 6 of 10 (moderate)." in said
    assert "Not sure: pain at night" in said
    assert "Training is on hold since" in said
    tara.post(page, ask(form) | {"physician": cast.okafor.pk, "question": f"{said} Please call."})
    assert Request.objects.get().question.endswith("Please call.")


def test_the_question_goes_to_who_supervises_the_injury_of_the_flag(cast, tara):
    cast.knee
    actions_join(cast)
    other = cast.injury(cast.ines, area="elbow", side="left", supervised_by=cast.lindt)
    cast.consent(cast.ines, cast.lindt)
    tell(cast, tara, injury=str(other.pk), any_new="some", symptoms=["night_pain:yes"])
    flag = Flag.objects.get()
    form = tara.get(f"{url('request_new', cast.ines)}?flag={flag.pk}").context["form"]
    assert form["physician"].value() == cast.lindt.pk


def actions_join(cast):
    from clearance.people.actions import join_care_team

    join_care_team(client=cast.ines, physician=cast.lindt, by=cast.tara.user)


@pytest.mark.parametrize("wish", ["x", "", "-1", "١"])
def test_an_address_without_a_proper_flag_prepares_nothing(cast, tara, wish):
    assert not tara.get(f"{url('request_new', cast.ines)}?flag={wish}").context["form"]["question"].value()


def test_a_flag_of_another_client_prepares_nothing_here(cast, tara):
    flags = [told(cast, cast.uma, pain_now=9).flags.get(), told(cast, cast.otto, pain_now=9).flags.get()]
    for one in [*(flag.pk for flag in flags), 987654321, 10**30]:
        assert tara.get(f"{url('request_new', cast.ines)}?flag={one}").status_code == 404


def test_a_flag_for_the_trainer_offers_its_review(cast, tara):
    page = tara.get(tell(cast, tara, pain_now="9").url)
    flag = Flag.objects.get()
    assert url("flag_review", cast.ines, flag.pk) in page.content.decode()
    assert "Nothing stands out" not in text(page)
    assert page.context["alarm"] == ""


def test_a_review_is_recorded_with_its_reason_and_stays_readable(cast, tara):
    flag = told(cast, pain_now=9).flags.get()
    page = url("flag_review", cast.ines, flag.pk)
    assert tara.post(page, {"reason": "Slept badly; the load stays."}).url == url("check_ins", cast.ines)
    assert FlagReview.objects.get().by == cast.tara.user
    assert "Slept badly; the load stays." in text(tara.get(page))
    assert "Slept badly; the load stays." in text(tara.get(url("check_ins", cast.ines)))
    assert not BeautifulSoup(tara.get(page).content, "html.parser").select("main form")


def test_a_review_sent_twice_is_stored_once_and_another_one_is_refused(cast, tara):
    page = url("flag_review", cast.ines, told(cast, pain_now=9).flags.get().pk)
    assert [tara.post(page, {"reason": "Slept badly."}).status_code for _ in range(2)] == [302, 302]
    answer = cast.browser(cast.theo).post(page, {"reason": "All fine."})
    assert answer.status_code == 422
    assert "Somebody has reviewed this flag already." in text(answer)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2001, "a\x00b"])
def test_a_review_without_a_proper_reason_is_refused(cast, tara, reason):
    answer = tara.post(url("flag_review", cast.ines, told(cast, pain_now=9).flags.get().pk), {"reason": reason})
    assert answer.status_code == 422
    assert "reason" in answer.context["form"].errors


@pytest.mark.parametrize("slug", ["chest", "joint", "night_pain"])
def test_no_page_lets_anybody_review_a_stop(cast, slug):
    cast.sign(cast.ines)
    flag = told(cast, symptoms={slug: "yes"}).flags.get()
    page = url("flag_review", cast.ines, flag.pk)
    for who in (cast.tara, cast.mona):
        browser = cast.browser(who)
        shown = browser.get(page)
        assert "only a physician's later decision answers it" in text(shown)
        assert not BeautifulSoup(shown.content, "html.parser").select("main form")
        answer = browser.post(page, {"reason": "It was nothing, and the client wants to train."})
        assert answer.status_code == 422
        assert "Only a physician's later decision answers this flag." in text(answer)
    assert not judge(cast.ines.pk).open
    assert not FlagReview.objects.exists()


def test_no_later_and_milder_check_in_lifts_a_stop(cast, tara):
    cast.sign(cast.ines)
    tell(cast, tara, any_new="some", symptoms=["chest:yes"])
    for pain in "210":
        tell(cast, tara, pain_now=pain)
    assert [one.code.value for one in judge(cast.ines.pk).reasons] == ["ON_HOLD"]
    for words in ("lift the hold", "release", "override", "dismiss"):
        assert words not in text(tara.get(url("check_ins", cast.ines))).casefold()


def test_the_list_shows_what_was_told_in_words_newest_first(cast, tara):
    told(cast, injury=cast.knee, ago=9, pain_now=7, pain_worst=9, strength=1, effort=6, load="same")
    told(cast, injury=cast.knee, pain_now=2, symptoms={"new_place": "unsure"}, note="Better on stairs.")
    page = tara.get(url("check_ins", cast.ines))
    assert [row["on"] for row in page.context["rows"]] == [cast.today(), cast.today() - timedelta(days=9)]
    for words in (
        "now 7 of 10, severe; worst 9 of 10, severe", "Much weaker", "6 of 10, hard and heavy", "The same",
        "Not sure: Pain in a place where there was none before", "Better on stairs.", "to Tara Trainer", "Knee, left",
    ):  # fmt: skip
        assert words in text(page)


def test_on_top_of_the_list_stands_what_waits_and_the_last_stop(cast, tara):
    told(cast, pain_now=9, symptoms={"night_pain": "yes"})
    page = tara.get(url("check_ins", cast.ines))
    assert [row["sentence"] for row in page.context["reviews"]] == [
        "Pain beyond what was agreed: 9 of 10, and 5 is the most."
    ]
    assert page.context["stop"]["holds"]
    cast.sign(cast.ines)
    page = tara.get(url("check_ins", cast.ines))
    assert not page.context["stop"]["holds"]
    assert "a physician's later decision has answered it" in text(page)


def test_a_long_list_is_turned_page_by_page(cast, tara):
    for number in range(35):
        told(cast, ago=number)
    first = tara.get(url("check_ins", cast.ines))
    assert (len(first.context["rows"]), first.context["older_url"]) == (30, "?page=2")
    second = tara.get(f"{url('check_ins', cast.ines)}?page=2")
    assert (len(second.context["rows"]), second.context["newer_url"], second.context["older_url"]) == (5, "?page=1", "")
    for wish in ("x", "-1", "0", "9" * 30):
        assert tara.get(f"{url('check_ins', cast.ines)}?page={wish}").status_code == 200


def test_the_list_takes_as_many_queries_for_20_check_ins_as_for_10(cast, tara):
    injury = cast.knee

    def fill_and_count():
        for number in range(10):
            symptoms = {"night_pain": "yes", "new_place": "yes"}
            check_in = told(cast, injury=injury, ago=number, pain_now=9, symptoms=symptoms)
            actions.review_flag(flag=check_in.flags.get(rule="pain_beyond"), by=cast.mona.user, reason="Seen.")
        with CaptureQueriesContext(connection) as found:
            assert tara.get(url("check_ins", cast.ines)).status_code == 200
        return len(found)

    assert fill_and_count() == fill_and_count()


def agree(cast, tara, **more):
    said = {"every_days": "7", "first_on": cast.today().isoformat()} | more
    return tara.post(url("schedule", cast.ines), said)


def test_check_ins_are_agreed_on_changed_and_stopped(cast, tara):
    page = url("check_ins", cast.ines)
    assert "No check-in is agreed on" in text(tara.get(page))
    assert agree(cast, tara).url == page
    assert "Every 7 days, next by" in text(tara.get(page))
    agree(cast, tara, every_days="1")
    assert "Every day, next by" in text(tara.get(page))
    assert tara.post(url("schedule_stop", cast.ines)).url == page
    assert not Schedule.objects.exists()
    assert tara.post(url("schedule_stop", cast.ines)).status_code == 302


@pytest.mark.parametrize(("late", "words"), [(0, None), (1, "1 day overdue"), (3, "3 days overdue")])
def test_an_overdue_check_in_says_for_how_long(cast, tara, late, words):
    agree(cast, tara)
    Schedule.objects.update(due_on=cast.today() - timedelta(days=late))
    page = text(tara.get(url("check_ins", cast.ines)))
    assert words in page if words else "overdue" not in page


@pytest.mark.parametrize("wrong", [{"every_days": "0"}, {"every_days": "91"}, {"every_days": "x"}, {"every_days": ""},
                                   {"first_on": ""}, {"first_on": "2199-12-31"}, {"first_on": "2001-01-01"}])  # fmt: skip
def test_a_schedule_that_asks_for_nothing_is_refused(cast, tara, wrong):
    answer = agree(cast, tara, **wrong)
    assert answer.status_code == 422
    assert set(wrong) == set(answer.context["form"].errors)
    assert not Schedule.objects.exists()


def test_the_clients_page_shows_flags_first_and_a_way_to_check_in(cast, tara):
    told(cast, pain_now=9, symptoms={"night_pain": "yes"})
    told(cast, pain_now=8)
    page = tara.get(url("client", cast.ines))
    assert [row["sentence"] for row in page.context["alerts"]] == [
        "Pain at night that no position relieves.", "Pain beyond what was agreed: 8 of 10, and 5 is the most.",
    ]  # fmt: skip
    assert page.context["more_alerts"] == 0
    assert page.context["steps"][0]["url"] == url("check_in_new", cast.ines)
    cast.sign(cast.ines)
    assert len(tara.get(url("client", cast.ines)).context["alerts"]) == 1


def test_the_tab_is_there(cast, tara):
    page = BeautifulSoup(tara.get(url("check_ins", cast.ines)).content, "html.parser")
    assert page.select_one(".tabs [aria-current]").text == "Check-ins"


def test_names_and_diagnoses_stand_in_no_address_and_no_title(cast, tara):
    check_in = told(cast, injury=cast.knee, pain_now=9)
    pages = [url("check_ins", cast.ines), url("check_in_new", cast.ines), url("check_in", cast.ines, check_in.pk)]
    for page in [*pages, url("flag_review", cast.ines, check_in.flags.get().pk), url("schedule", cast.ines)]:
        title = BeautifulSoup(tara.get(page).content, "html.parser").title.text
        assert "Ines" not in title
        assert "Knee" not in title


def test_what_was_typed_is_shown_as_typed(cast, tara):
    words = "<script>alert(1)</script>"
    answer = tell(cast, tara, note=words)
    for page in (answer.url, url("check_ins", cast.ines)):
        assert words not in tara.get(page).content.decode()
        assert words in text(tara.get(page))


@pytest.mark.parametrize(
    ("tick", "words"),
    [
        ("chest:unsure", "Call the local emergency number now."),
        ("weakness:yes", "Call the treating physician today"),
        ("night_pain:yes", "Ask the physician before the next session."),
    ],
)
def test_what_is_urgent_is_said_at_once_even_where_the_form_is_not_complete(cast, tara, tick, words):
    page = url("check_in_new", cast.ines)
    for posted in ({"any_new": "some", "symptoms": tick}, {"any_new": "none", "symptoms": tick, "pain_now": "2"}):
        answer = tara.post(page, posted)
        assert answer.status_code == 422
        text = answer.content.decode()
        assert words in text
        assert "This is not saved yet. Complete what is missing" in text
    assert "Complete what is missing" not in tara.post(page, {"any_new": "none"}).content.decode()
    assert "Complete what is missing" not in tara.get(page).content.decode()


def test_what_has_to_be_looked_at_today_is_asked_for_today(cast, tara):
    told(cast, pain_now=2, symptoms={"chest": "yes"})
    flag = cast.ines.flags.get()
    form = tara.get(f"{url('request_new', cast.ines)}?flag={flag.pk}").context["form"]
    assert form.get_initial_for_field(form.fields["reply_by"], "reply_by") == cast.today()
