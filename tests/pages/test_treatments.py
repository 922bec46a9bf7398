"""Treatment pages: a course, its sessions and plans, its corrections and its end. Nothing here opens the gate."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clearance.gate.guard import judge
from clearance.injuries import courses
from clearance.injuries.models import CourseEnd, CourseTemplate, PlannedSession, TreatmentCourse, TreatmentSession
from clearance.injuries.templates import keep_template
from clearance.pages.status import day as in_words
from clearance.people.actions import join_care_team, leave_care_team


@pytest.fixture
def tara(cast):
    return cast.browser(cast.tara)


@pytest.fixture
def day(cast):
    """A day by its distance from today."""
    return lambda ahead=0: cast.today() + timedelta(days=ahead)


def url(cast, name="treatment_new", *ids):
    return reverse(name, args=[cast.ines.pk, *ids])


def start(cast, tara, **more):
    data = {"injury": cast.knee.pk, "kind": "prolotherapy", "planned_sessions": "6", "interval_days": "28"} | more
    return tara.post(url(cast), data)


@pytest.fixture
def series(cast, tara):
    """A course of six, 28 days apart."""
    assert start(cast, tara, agent="dextrose 15 %", physician=cast.okafor.pk).status_code == 302
    return TreatmentCourse.objects.get()


def treat(cast, tara, series, on, **more):
    return tara.post(url(cast, "session_new", series.pk), {"performed_on": str(on)} | more)


def codes(cast):
    return [reason.code.value for reason in judge(cast.ines.pk).reasons]


def text(answer, status=200):
    assert answer.status_code == status
    return " ".join(BeautifulSoup(answer.content, "html.parser").get_text(" ").split())


def shown(cast, tara, series):
    return text(tara.get(url(cast, "treatment", series.pk)))


# --- a course --------------------------------------------------------------------------------------------------------


def test_a_course_is_recorded_with_all_that_was_said_and_leads_to_its_page(cast, tara, day):
    said = {
        "physician": cast.okafor.pk, "agent": "dextrose", "aftercare": "Walk <b>daily</b>.", "medicines": "No ibuprofen.",
        "sites": ["lumbar_spine:midline", "knee:left"], "next_on": str(day(3)),
    }  # fmt: skip
    answer = start(cast, tara, **said)
    course = TreatmentCourse.objects.get()
    assert answer.url == url(cast, "treatment", course.pk)
    assert (course.planned_sessions, course.interval_days, course.physician) == (6, 28, cast.okafor)
    page = shown(cast, tara, course)
    for words in (
        "Prolotherapy with dextrose", f"0 of 6, next on {in_words(day(3))}", "Dr Ada Okafor", "6 sessions, 28 days apart",
        "Lower back; Knee, left", "Walk <b>daily</b>.", "No ibuprofen.", "None yet.",
    ):  # fmt: skip
        assert words in page
    assert tara.get(answer.url).context["body_map"].words == "Knee, left; Lower back"


def test_a_course_without_a_number_is_open_ended_and_without_a_place_at_the_injury(cast, tara):
    start(cast, tara, planned_sessions="", interval_days="", performed_by="The clinic's nurse")
    course = TreatmentCourse.objects.get()
    assert course.sites == ["knee:left"]
    page = shown(cast, tara, course)
    assert "Open-ended" in page
    assert "The clinic's nurse" in page
    assert "0 sessions, none yet" in page


def test_an_injury_of_both_sides_is_treated_on_both(cast, tara):
    hips = cast.injury(cast.ines, area="hip_groin", side="both")
    form = tara.get(f"{url(cast)}?injury={hips.pk}").context["form"]
    assert form.initial == {"injury": hips.pk, "sites": ["hip_groin:left", "hip_groin:right"]}
    assert form.where == "Hip and groin, left; Hip and groin, right"


def test_nothing_is_chosen_beforehand_that_is_not_clear(cast, tara):
    cast.injury(cast.ines), cast.injury(cast.ines, area="elbow")
    assert tara.get(url(cast)).context["form"].initial == {}
    assert tara.get(f"{url(cast)}?injury=987654&template=x").context["form"].initial == {}


@pytest.mark.parametrize(
    "wrong",
    [{"injury": ""}, {"injury": "987654"}, {"kind": "magic"}, {"planned_sessions": "0"}, {"interval_days": "9999"},
     {"agent": "x" * 81}, {"agent": "a\x00b"}, {"physician": "987654"}, {"sites": ["knee:up"]}, {"sites": ["a\x00b"]},
     {"performed_by": "x" * 121}, {"aftercare": "x" * 4001}, {"medicines": "a\x00b"}, {"next_on": "9999-12-31"},
     {"next_on": "2001-01-01"}, {"next_on": "soon"}, {"keep_as": "Usual"}],
)  # fmt: skip
def test_bad_input_stands_beside_its_field_and_nothing_is_lost(cast, tara, wrong):
    answer = start(cast, tara, **({"agent": "dextrose 15 %", "aftercare": "Walk."} | wrong))
    assert answer.status_code == 422
    assert set(wrong) == set(answer.context["form"].errors)
    assert "Walk." in answer.content.decode() or "aftercare" in wrong
    assert not TreatmentCourse.objects.exists()


def test_a_physician_and_a_name_in_words_are_not_both_who_performs_it(cast, tara):
    answer = start(cast, tara, physician=cast.okafor.pk, performed_by="A nurse")
    assert "not both" in str(answer.context["form"].errors["performed_by"])


def test_only_the_care_team_is_offered_and_whoever_has_left_it_stays_with_the_course(cast, tara, series):
    offered = tara.get(url(cast)).context["form"].fields["physician"].queryset
    assert list(offered) == [cast.okafor]
    join_care_team(client=cast.ines, physician=cast.lindt, by=cast.tara.user)
    courses.edit_course(course=series, by=cast.tara.user, physician=cast.lindt)
    leave_care_team(client=cast.ines, physician=cast.lindt, by=cast.tara.user)
    data = {"kind": "prolotherapy", "physician": cast.lindt.pk, "agent": "dextrose"}
    assert tara.post(url(cast, "treatment_edit", series.pk), data).status_code == 302
    assert start(cast, tara, physician=cast.lindt.pk).status_code == 422


def test_an_injury_of_another_client_cannot_be_treated_here(cast, tara):
    answer = tara.post(reverse("treatment_new", args=[cast.uma.pk]), {"injury": cast.knee.pk, "kind": "prp"})
    assert answer.status_code == 422


def test_without_an_open_injury_the_page_says_so(cast, tara):
    assert "Log the injury first" in tara.get(reverse("treatment_new", args=[cast.uma.pk])).content.decode()


def test_an_edit_starts_from_what_is_recorded_and_changes_it(cast, tara, series):
    page = url(cast, "treatment_edit", series.pk)
    form = tara.get(page).context["form"]
    recorded = {name: form[name].value() for name in ("kind", "agent", "planned_sessions", "sites", "physician")}
    assert recorded == {
        "kind": "prolotherapy", "agent": "dextrose 15 %", "planned_sessions": 6, "sites": ["knee:left"],
        "physician": cast.okafor.pk,
    }  # fmt: skip
    assert tara.post(page, {"kind": "prp", "planned_sessions": "3", "sites": ["knee:right"]}).status_code == 302
    series.refresh_from_db()
    assert (series.kind, series.planned_sessions, series.agent, series.sites) == ("prp", 3, "", ["knee:right"])


def test_the_list_of_places_works_without_the_picture(cast, tara):
    page = BeautifulSoup(tara.get(f"{url(cast)}?injury={cast.knee.pk}").content, "html.parser")
    boxes = page.select("main form input[type=checkbox][name=sites]")
    assert [one["value"] for one in boxes if one.has_attr("checked")] == ["knee:left"]
    regions = {f"{one['data-area']}:{one['data-side']}" for one in page.select(".body-map[data-several=sites] .region")}
    assert regions == {one["value"] for one in boxes}


# --- templates -------------------------------------------------------------------------------------------------------


def test_a_course_is_kept_as_a_template_and_the_next_one_starts_from_it(cast, tara):
    start(cast, tara, physician=cast.okafor.pk, aftercare="Walk.", medicines="None.", agent="dextrose", keep_as="Usual")
    template = CourseTemplate.objects.get()
    page = tara.get(f"{url(cast)}?template={template.pk}&injury={cast.knee.pk}")
    assert "Usual" in text(page)
    assert page.context["form"].initial == {
        "injury": cast.knee.pk, "sites": ["knee:left"], "kind": "prolotherapy", "agent": "dextrose",
        "planned_sessions": 6, "interval_days": 28, "aftercare": "Walk.", "medicines": "None.",
        "physician": cast.okafor.pk,
    }  # fmt: skip


def test_templates_of_physicians_who_do_not_care_for_the_client_are_not_offered(cast, tara, series):
    theirs = keep_template(course=series, physician=cast.lindt, name="Lindt's own", by=cast.tara.user)
    page = tara.get(f"{url(cast)}?template={theirs.pk}")
    assert "Lindt" not in text(page)
    assert "kind" not in page.context["form"].initial


def test_a_template_stands_on_the_physicians_page_and_can_be_dropped_there(cast, tara, series):
    template = keep_template(course=series, physician=cast.okafor, name="Usual", by=cast.tara.user)
    page = reverse("physician_record", args=[cast.okafor.pk])
    assert "Usual Prolotherapy with dextrose 15 %, 6 sessions, 28 days apart" in text(tara.get(page))
    drop = reverse("course_template_drop", args=[template.pk])
    for _ in range(2):
        assert tara.post(drop).url == page
    assert "28 days apart" not in text(tara.get(page))
    assert cast.browser(cast.olga).post(drop).status_code == 404


# --- sessions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("through", "shut"), [(False, ["TREATED_SINCE"]), (True, [])])
def test_a_session_shuts_the_gate_unless_the_decision_holds_through_the_course(cast, tara, series, day, through, shut):
    cast.sign(cast.ines, holds_through_course=through)
    assert treat(cast, tara, series, day()).url == url(cast, "treatment", series.pk)
    assert codes(cast) == shut


def test_rest_days_that_the_physician_asked_for_follow_a_session(cast, tara, series, day):
    cast.sign(cast.ines, holds_through_course=True, rest_days=3)
    treat(cast, tara, series, day())
    assert codes(cast) == ["RESTING"]


def test_the_same_thing_sent_twice_is_recorded_once(cast, tara, series, day):
    start(cast, tara, agent="dextrose 15 %", physician=cast.okafor.pk)
    for _ in range(3):
        treat(cast, tara, series, day())
    assert (TreatmentCourse.objects.count(), TreatmentSession.objects.count()) == (1, 1)


def test_a_session_has_notes_places_and_the_next_day_and_nothing_is_prefilled_but_where_and_today(
    cast, tara, series, day
):
    form = tara.get(url(cast, "session_new", series.pk)).context["form"]
    assert form.initial == {"performed_on": day(), "sites": ["knee:left"]}
    assert f"28 days after today is {in_words(day(28))}." in form.fields["next_on"].help_text
    treat(cast, tara, series, day(-1), notes="Sore.", sites=["knee:right"], next_on=str(day(27)))
    page = shown(cast, tara, series)
    assert f"1 of 6, next on {in_words(day(27))}" in page
    assert f"Session 1 {in_words(day(-1))} Knee, right Sore." in page


def test_the_preset_counts_from_the_day_of_the_session_and_is_there_only_with_an_interval(cast, tara, series):
    page = BeautifulSoup(tara.get(url(cast, "session_new", series.pk)).content, "html.parser")
    preset = page.select_one("button[data-sets=id_next_on]")
    assert (preset["data-from"], preset["data-days"]) == ("id_performed_on", "28")
    assert preset.get_text() == "28 days later, as planned"
    courses.edit_course(course=series, by=cast.tara.user, interval_days=None)
    assert "data-sets" not in tara.get(url(cast, "session_new", series.pk)).content.decode()


def test_what_is_planned_stays_planned_unless_the_session_reaches_it(cast, tara, series, day):
    tara.post(url(cast, "session_plan", series.pk), {"next_on": str(day(9))})
    treat(cast, tara, series, day())
    assert f"1 of 6, next on {in_words(day(9))}" in shown(cast, tara, series)
    tara.post(url(cast, "session_plan", series.pk), {"next_on": str(day())})
    treat(cast, tara, series, day(), notes="Again.")
    assert f"2 of 6, last on {in_words(day())}" in shown(cast, tara, series)


@pytest.mark.parametrize(
    ("field", "value"),
    [("performed_on", "2199-01-01"), ("performed_on", "1901-01-01"), ("performed_on", ""), ("notes", "x" * 2001),
     ("notes", "a\x00b"), ("sites", "nowhere"), ("next_on", "1999-01-01"), ("next_on", "2199-12-31")],
)  # fmt: skip
def test_a_session_that_cannot_be_is_refused_beside_the_field(cast, tara, series, day, field, value):
    answer = treat(cast, tara, series, day(), **{"notes": "Soon.", field: value})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert "Soon." in answer.content.decode() or field == "notes"
    assert not TreatmentSession.objects.exists()


def test_the_first_words_after_a_session_say_how_far_the_course_is(cast, tara, series, day):
    page = tara.post(url(cast, "session_new", series.pk), {"performed_on": str(day())}, follow=True)
    assert f"Recorded: 1 of 6, last on {in_words(day())}. The gate looks at it at once." in text(page)


# --- corrections -----------------------------------------------------------------------------------------------------


@pytest.fixture
def entry(cast, tara, series, day):
    """A session of today, recorded after Dr Okafor cleared."""
    cast.sign(cast.ines)
    treat(cast, tara, series, day(), notes="Sore.")
    return TreatmentSession.objects.get()


def correct(cast, tara, entry, **more):
    data = {"performed_on": str(entry.performed_on), "notes": entry.notes, "sites": entry.sites, "reason": "Typo."}
    return tara.post(url(cast, "session_correct", entry.course_id, entry.pk), data | more)


def test_a_correction_strikes_the_old_entry_through_and_opens_nothing(cast, tara, entry, day):
    assert correct(cast, tara, entry, performed_on=str(day(-9))).status_code == 302
    page = BeautifulSoup(tara.get(url(cast, "treatment", entry.course_id)).content, "html.parser")
    assert [one.get_text() for one in page.select("main li s")] == [in_words(day())]
    assert "Corrected by Tara Trainer" in page.get_text()
    assert "Typo." in page.get_text()
    assert codes(cast) == ["TREATED_SINCE"]
    cast.sign(cast.ines)
    assert codes(cast) == []


def test_a_session_that_did_not_take_place_counts_no_more_and_still_shuts(cast, tara, entry, series):
    correct(cast, tara, entry, absent="on", performed_on="2001-01-01", notes="Other words.")
    page = shown(cast, tara, series)
    assert "0 of 6, none yet" in page
    assert "It did not take place, says Tara Trainer" in page
    assert "Other words." not in page
    assert codes(cast) == ["TREATED_SINCE"]


def test_a_correction_sent_twice_is_stored_once_and_a_second_one_says_that_somebody_was_faster(cast, tara, entry, day):
    for _ in range(2):
        assert correct(cast, tara, entry, performed_on=str(day(-9))).status_code == 302
    late = correct(cast, tara, entry, performed_on=str(day(-8)), reason="Mine.")
    assert "Somebody has corrected this session already" in text(late, 422)
    assert b"Mine." in late.content
    assert TreatmentSession.objects.count() == 2
    assert tara.get(url(cast, "session_correct", entry.course_id, entry.pk)).status_code == 409


@pytest.mark.parametrize(
    ("more", "field"),
    [({"reason": ""}, "reason"), ({"performed_on": "2199-01-01"}, "performed_on"), ({"reason": "x" * 301}, "reason"),
     ({}, "__all__")],
)  # fmt: skip
def test_a_correction_needs_a_reason_a_day_that_was_and_a_difference(cast, tara, entry, more, field):
    answer = correct(cast, tara, entry, **more)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}


def test_a_session_of_another_course_or_client_is_not_found(cast, tara, entry):
    other = courses.start_course(injury=cast.knee, by=cast.tara.user, kind="prp")
    assert correct(cast, tara, entry, performed_on="2026-01-01").status_code == 302
    assert tara.post(url(cast, "session_correct", other.pk, entry.pk), {"reason": "x"}).status_code == 404
    assert tara.get(reverse("treatment", args=[cast.uma.pk, other.pk])).status_code == 404


# --- plans -----------------------------------------------------------------------------------------------------------


def test_a_plan_says_beforehand_whose_clearance_ends_on_the_day(cast, tara, series, day):
    page = url(cast, "session_plan", series.pk)
    assert "clearance that does not hold through the course ends" in text(tara.get(page))
    cast.sign(cast.ines)
    assert "Dr Ada Okafor's clearance does not hold through the course. It ends at the start" in text(tara.get(page))
    tara.post(page, {"next_on": str(day(5))})
    said = text(tara.get(page))
    assert f"It ends at the start of {in_words(day(5))}, also if the session is moved to a later day" in said
    cast.sign(cast.ines, holds_through_course=True)
    assert "Dr Ada Okafor's clearance" not in text(tara.get(page))


def test_moving_a_plan_or_calling_it_off_under_pressure_makes_no_clearance_longer(cast, tara, series, day):
    cast.sign(cast.ines)
    tara.post(url(cast, "session_plan", series.pk), {"next_on": str(day(5))})
    until = judge(cast.ines.pk).until
    tara.post(url(cast, "session_plan", series.pk), {"next_on": str(day(15)), "because": "Clinic closed."})
    assert judge(cast.ines.pk).until == until
    assert tara.post(url(cast, "session_call_off", series.pk), {"reason": "No time."}).status_code == 302
    assert judge(cast.ines.pk).until == until
    page = shown(cast, tara, series)
    assert f"Moved to {in_words(day(15))}: Clinic closed." in page
    assert "No time." in page


@pytest.mark.parametrize("value", ["", "soon", "2001-01-01", "2199-12-31", "9999-12-31"])
def test_a_day_that_cannot_be_planned_is_refused_beside_the_field(cast, tara, series, value):
    answer = tara.post(url(cast, "session_plan", series.pk), {"next_on": value})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"next_on"}
    assert not PlannedSession.objects.exists()


def test_a_planned_day_that_has_passed_is_not_called_the_next(cast, tara, series, day):
    courses.plan_session(course=series, by=cast.tara.user, planned_on=day(-2), on=day(-9))
    page = shown(cast, tara, series)
    assert f"0 of 6, was planned for {in_words(day(-2))}" in page
    assert "passed, no session is recorded" in page


def test_nothing_is_called_off_where_nothing_is_planned(cast, tara, series):
    page = url(cast, "session_call_off", series.pk)
    assert tara.get(page).status_code == 409
    assert "No session is planned." in text(tara.post(page, {"reason": "No time."}), 422)


# --- the end ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "words"), [("concluded", "Concluded"), ("stopped", "Stopped")])
def test_the_end_of_a_course_opens_nothing_and_closes_its_pages(cast, tara, series, day, kind, words):
    cast.refuse(cast.ines, "NOT_CLEARED_UNTIL_TREATMENT_CONCLUDES")
    tara.post(url(cast, "session_plan", series.pk), {"next_on": str(day(5))})
    page = url(cast, "treatment_end", series.pk)
    for _ in range(2):
        answer = tara.post(page, {"kind": kind, "ended_on": str(day()), "reason": "Says Dr Okafor."})
        assert answer.url == url(cast, "treatment", series.pk)
    said = shown(cast, tara, series)
    assert f"0 of 6, {kind} on {in_words(day())}" in said
    assert f"{words} {in_words(day())}: Says Dr Okafor." in said
    assert "Record a session" not in said
    assert codes(cast) == ["NOT_CLEARED_UNTIL_TREATMENT_CONCLUDES"]
    for name in ("treatment_edit", "treatment_end", "session_new", "session_plan", "session_call_off"):
        assert tara.get(url(cast, name, series.pk)).status_code == 409
    late = treat(cast, tara, series, day(), notes="Typed meanwhile.")
    assert "This course is over" in text(late, 422)
    assert b"Typed meanwhile." in late.content


@pytest.mark.parametrize(
    ("data", "field"),
    [({"kind": ""}, "kind"), ({"kind": "won"}, "kind"), ({"ended_on": "2199-01-01"}, "ended_on"),
     ({"ended_on": "2001-01-01"}, "ended_on"), ({"kind": "stopped", "reason": " "}, "reason"),
     ({"reason": "x" * 301}, "reason")],
)  # fmt: skip
def test_an_end_that_cannot_be_is_refused_beside_the_field(cast, tara, series, day, data, field):
    treat(cast, tara, series, day(-1))
    said = {"kind": "concluded", "ended_on": str(day())} | data
    answer = tara.post(url(cast, "treatment_end", series.pk), said)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert not CourseEnd.objects.exists()


# --- everywhere else -------------------------------------------------------------------------------------------------


def test_three_of_six_stands_wherever_the_injury_shows(cast, tara, series, day):
    for ago in (60, 30, 2):
        treat(cast, tara, series, day(-ago))
    tara.post(url(cast, "session_plan", series.pk), {"next_on": str(day(26))})
    words = f"3 of 6, next on {in_words(day(26))}"
    okafor = cast.browser(cast.okafor.user)
    pages = {
        tara: [url(cast, "client"), url(cast, "injury", cast.knee.pk), url(cast, "treatment", series.pk)],
        okafor: [reverse("patient", args=[cast.ines.pk])],
    }
    for browser, addresses in pages.items():
        for address in addresses:
            assert words in text(browser.get(address)), address


def test_the_physician_reads_that_an_entry_was_corrected_and_why_but_no_notes_of_the_studio(cast, tara, entry, day):
    correct(cast, tara, entry, performed_on=str(day(-9)), reason="The clinic's letter.")
    page = text(cast.browser(cast.okafor.user).get(reverse("patient", args=[cast.ines.pk])))
    assert f"Recorded for {in_words(day())} before; corrected by Tara Trainer" in page
    assert "The clinic's letter." in page
    assert "Sore." not in page
    again = TreatmentSession.objects.get(corrects=entry)
    correct(cast, tara, again, absent="on", reason="Never was.")
    page = text(cast.browser(cast.okafor.user).get(reverse("patient", args=[cast.ines.pk])))
    assert "It did not take place, says Tara Trainer" in page


def test_an_injury_leads_to_its_courses_and_to_a_new_one_of_its_own(cast, tara, series):
    page = tara.get(url(cast, "injury", cast.knee.pk)).content.decode()
    for address in (
        url(cast, "treatment", series.pk),
        url(cast, "session_new", series.pk),
        f"{url(cast)}?injury={cast.knee.pk}",
    ):
        assert f'href="{address}"' in page


def test_a_course_takes_as_many_queries_with_10_as_with_20_sessions_corrections_and_plans(cast, tara, series, day):
    def happen():
        for ago in range(10):
            courses.plan_session(course=series, by=cast.theo.user, planned_on=day(ago + 1), on=day())
            one = courses.record_session(
                course=series, by=cast.theo.user, performed_on=day(-ago), on=day(), keep_plan=True
            )
            courses.correct_session(
                session=one, by=cast.theo.user, reason="Typo.", on=day(), performed_on=day(-ago - 1)
            )

    def queries(address):
        with CaptureQueriesContext(connection) as captured:
            assert tara.get(address).status_code == 200
        return len(captured)

    addresses = [url(cast, "treatment", series.pk), url(cast, "session_plan", series.pk)]
    happen()
    few = [queries(one) for one in addresses]
    happen()
    assert [queries(one) for one in addresses] == few


def test_an_archived_client_gets_nothing_recorded_and_nothing_typed_is_lost(cast, tara, series, day):
    tara.post(reverse("client_archive", args=[cast.ines.pk]))
    answer = treat(cast, tara, series, day(), notes="Typed.")
    assert answer.status_code == 422
    assert b"Typed." in answer.content


def test_a_double_click_in_the_same_moment_stores_one_course_one_session_and_one_correction(committed):
    ines, browsers = committed.ines, [committed.browser(committed.tara) for _ in range(2)]

    def twice(address, data):
        both = Barrier(2)

        def click(browser):
            both.wait(10)
            try:
                return browser.post(address, data).status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(click, browsers)) == [302, 302]

    said = {"injury": committed.knee.pk, "kind": "prp", "physician": committed.okafor.pk, "keep_as": "Usual"}
    twice(reverse("treatment_new", args=[ines.pk]), said)
    course = TreatmentCourse.objects.get()
    twice(reverse("session_new", args=[ines.pk, course.pk]), {"performed_on": str(committed.today())})
    entry = TreatmentSession.objects.get()
    again = {"performed_on": str(committed.today()), "notes": "Sore.", "reason": "Forgotten."}
    twice(reverse("session_correct", args=[ines.pk, course.pk, entry.pk]), again)
    assert (TreatmentSession.objects.count(), CourseTemplate.objects.count()) == (2, 1)
