from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clearance.checkins import actions as checkins
from clearance.checkins.models import Flag
from clearance.decisions.questions import ask, log_contact, note_bounced
from clearance.injuries.actions import open_hold
from clearance.people.actions import archive_client, give_consent, withdraw_consent
from clearance.people.models import Client, Membership, Studio
from clearance.people.queries import consents_of
from clearance.people.staff import change_member, edit_studio


def rows(page, part):
    """Title, why and the step of each row in a part of the page."""
    return [(row["title"], row["why"], row["step"]["url"]) for row in page.context[part]["rows"]]


def tallies(page):
    return [one["number"] for one in page.context["tallies"]][:4]


def today(cast, who=None):
    return cast.browser(who or cast.tara).get("/")


def test_blocked_clients_stand_first_with_why_and_one_step(cast):
    cast.injury(cast.ines)
    page = today(cast)
    assert tallies(page) == [2, 0, 0, 0]
    assert rows(page, "needs_you")[1] == (
        "Ines Injured", "Dr Ada Okafor has not decided yet.", f"/clients/{cast.ines.pk}/requests/new/",
    )  # fmt: skip
    assert b"Blocked" in page.content


@pytest.mark.parametrize(("hour", "words"), [(3, "evening"), (4, "morning"), (12, "afternoon"), (18, "evening")])
def test_the_greeting_follows_the_studios_clock(cast, monkeypatch, hour, words):
    edit_studio(studio=cast.north, by=cast.mona.user, name="Northside", time_zone="Asia/Tokyo", phone="")
    moment = datetime(2030, 1, 15, hour, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
    monkeypatch.setattr("clearance.pages.today.now", lambda: moment)
    assert today(cast).context["greeting"] == f"Good {words}, Tara"


def test_without_a_physician_the_step_is_to_name_one(cast):
    new = cast.client(cast.tara, "Nora New")
    assert ("Nora New", f"/clients/{new.pk}/care-team/") in [(one[0], one[2]) for one in rows(today(cast), "needs_you")]


def test_without_consent_the_step_is_to_record_it(cast):
    withdraw_consent(consent=consents_of(cast.uma.pk).first(), by=cast.tara.user, reason="asked")
    assert ("Uma Uninjured", f"/clients/{cast.uma.pk}/consents/new/") in [
        (one[0], one[2]) for one in rows(today(cast), "needs_you")
    ]


def test_before_the_contact_is_verified_nobody_is_sent_to_ask(cast):
    new = cast.physician(cast.north, "Dr Nia New", cast.mona.user, verified=False)
    client = cast.client(cast.tara, "Nora New", new)
    row = next(one for one in rows(today(cast), "needs_you") if one[0] == "Nora New")
    assert row[1:] == ("The contact of Dr Nia New has not been verified by a manager.", f"/clients/{client.pk}/")


def test_who_waits_for_a_physician_needs_nothing_from_the_trainer(cast):
    ask(client=cast.ines, physician=cast.okafor, by=cast.tara.user, on=cast.today(), **envelope())
    page = today(cast)
    assert tallies(page) == [1, 1, 0, 0]
    assert rows(page, "waiting") == [
        ("Ines Injured", "Dr Ada Okafor has not decided yet.", f"/clients/{cast.ines.pk}/")
    ]


def envelope():
    return {"modes": "strength", "days_a_week": 2, "minutes": 45, "top_phase": 1, "top_effort": 5}


def test_who_waits_without_consent_needs_the_trainer(cast):
    ask(client=cast.ines, physician=cast.okafor, by=cast.tara.user, on=cast.today(), **envelope())
    withdraw_consent(consent=consents_of(cast.ines.pk).first(), by=cast.tara.user, reason="asked")
    page = today(cast)
    assert rows(page, "waiting") == []
    assert f"/clients/{cast.ines.pk}/consents/new/" in [one[2] for one in rows(page, "needs_you")]


def test_a_stop_that_the_physician_has_been_asked_about_needs_nobody_here(cast):
    open_hold(client=cast.ines, by=cast.tara.user, reason="Dizzy.")
    assert f"/clients/{cast.ines.pk}/requests/new/" in [one[2] for one in rows(today(cast), "needs_you")]
    ask(client=cast.ines, physician=cast.okafor, by=cast.tara.user, on=cast.today(), **envelope())
    page = today(cast)
    assert tallies(page) == [1, 1, 0, 0]
    assert [(one[0], one[2]) for one in rows(page, "waiting")] == [("Ines Injured", f"/clients/{cast.ines.pk}/")]


def bounce(cast, request):
    note_bounced(request=request, why="550")


def defer(cast, request):
    cast.refuse(cast.ines, "DEFERRED")


def lapse(cast, request):
    pass


@pytest.mark.parametrize(
    ("channel", "happens", "why", "label"),
    [
        ("LINK", bounce, "The question to Dr Ada Okafor came back.", "See the question"),
        ("LINK", lapse, "The link to Dr Ada Okafor has expired.", "See the question"),
        ("PAPER", lapse, "The letter to Dr Ada Okafor has not left.", "See the question"),
        ("ACCOUNT", defer, "Dr Ada Okafor needs to know more before deciding.", "Answer Dr Ada Okafor’s question"),
    ],
)
def test_a_question_that_cannot_be_answered_needs_the_trainer(cast, channel, happens, why, label):
    Studio.objects.update(link_days=0 if happens is lapse else 7)
    asked = {"client": cast.ines, "physician": cast.okafor, "by": cast.tara.user, "on": cast.today()}
    request, _ = ask(**asked, channel=channel, **envelope())
    happens(cast, request)
    page = today(cast)
    assert tallies(page)[:2] == [2, 0]
    row = next(one for one in page.context["needs_you"]["rows"] if one["title"] == "Ines Injured")
    assert (row["why"], row["step"]["label"]) == (why, label)
    assert row["step"]["url"] == f"/clients/{cast.ines.pk}/requests/{request.pk}/"


def test_a_letter_that_has_left_waits_for_the_physician(cast):
    asked = {"client": cast.ines, "physician": cast.okafor, "by": cast.tara.user, "on": cast.today()}
    request, _ = ask(**asked, channel="PAPER", **envelope())
    log_contact(request=request, by=cast.tara.user, kind="FAX", effect="SENT")
    assert [one[0] for one in rows(today(cast), "waiting")] == ["Ines Injured"]


def test_a_clearance_that_ends_soon_is_asked_for_again(cast):
    cast.sign(cast.ines, valid_until=cast.today() + timedelta(days=10))
    page = today(cast)
    assert tallies(page) == [1, 0, 1, 1]
    title, why, url = rows(page, "ending")[0]
    assert (title, url) == ("Ines Injured", f"/clients/{cast.ines.pk}/requests/new/")
    assert why.startswith("The clearance ends after ")
    assert rows(page, "open") == []


def test_asked_again_already_is_said(cast):
    cast.sign(cast.ines, valid_until=cast.today() + timedelta(days=10))
    ask(client=cast.ines, physician=cast.okafor, by=cast.tara.user, on=cast.today(), **envelope())
    _, why, url = rows(today(cast), "ending")[0]
    assert why.endswith("The physician has been asked.")
    assert url == f"/clients/{cast.ines.pk}/"


def test_a_consent_that_ends_first_is_renewed_not_asked_for(cast):
    cast.sign(cast.ines, valid_until=cast.today() + timedelta(days=28))
    shorten(cast, days=5)
    _, why, url = rows(today(cast), "ending")[0]
    assert why.startswith("The consent ends after ")
    assert url == f"/clients/{cast.ines.pk}/consents/new/"


def shorten(cast, days):
    give_consent(
        client=cast.ines, physician=cast.okafor, how="PAPER", first_day=cast.today(), on=cast.today(),
        last_day=cast.today() + timedelta(days=days), by=cast.tara.user,
    )  # fmt: skip


def test_open_clients_lead_to_their_programs(cast):
    cast.sign(cast.uma)
    assert rows(today(cast), "open") == [("Uma Uninjured", "", f"/clients/{cast.uma.pk}/programs/")]


def test_resting_needs_nobody(cast):
    cast.knee
    cast.sign(cast.ines, valid_from=cast.today() + timedelta(days=3))
    page = today(cast)
    assert tallies(page)[0] == 1
    assert [one[0] for one in rows(page, "waiting")] == ["Ines Injured"]


def test_who_was_stopped_last_stands_on_top(cast):
    cast.sign(cast.uma)
    open_hold(client=cast.uma, by=cast.tara.user, reason="Dizzy.")
    assert [one[0] for one in rows(today(cast), "needs_you")] == ["Uma Uninjured", "Ines Injured"]


def test_every_number_leads_to_its_list(cast):
    urls = [one["url"] for one in today(cast).context["tallies"]]
    assert urls == [
        *(f"/clients/?trainer={cast.tara.pk}&state={state}" for state in ("needs_you", "asked", "ending_soon", "open")),
        "#red-flags", "#due",
    ]  # fmt: skip


def test_others_clients_are_not_here(cast):
    page = today(cast, cast.theo)
    assert b"Ines" not in page.content
    assert b"No clients yet" in page.content
    assert b"Otto" not in today(cast).content


def test_a_manager_without_clients_is_shown_the_caseload(cast):
    page = today(cast, cast.mona)
    assert b'href="/caseload/"' in page.content
    assert b"You train nobody yourself" in page.content


def test_a_physician_without_a_studio_goes_to_the_patients(cast):
    answer = today(cast, cast.okafor.user)
    assert (answer.status_code, answer.url) == (302, "/physician/")


def test_somebody_without_any_studio_is_told_whom_to_ask(cast):
    change_member(membership=cast.theo, by=cast.mona.user, role=Membership.Role.TRAINER, active=False)
    page = today(cast, cast.theo)
    assert page.status_code == 200
    assert b"Ask a manager of your studio" in page.content


def test_a_long_list_is_cut_and_leads_on(cast):
    for number in range(25):
        cast.client(cast.tara, f"New {number}")
    page = today(cast)
    assert tallies(page)[0] == 27
    assert len(rows(page, "needs_you")) == 25
    assert page.context["needs_you"]["more_url"].endswith("state=needs_you")
    assert b"See all" in page.content


def test_as_many_queries_for_20_clients_as_for_10(cast):
    browser = cast.browser(cast.tara)

    def fill_and_count():
        for number in range(5):
            cast.sign(cast.client(cast.tara, f"Soon {number}", cast.okafor), valid_until=cast.today())
            cast.client(cast.tara, f"New {number}")
        browser.get("/")  # Judges again what is due: as often as something was written, whatever is shown.
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/").status_code == 200
        return len(queries)

    assert fill_and_count() == fill_and_count()


def test_the_first_page_takes_no_post_and_no_stranger(cast):
    assert cast.browser(cast.tara).post("/").status_code == 405
    answer = cast.browser(None).get("/")
    assert (answer.status_code, answer.url) == (302, "/accounts/login/?next=/")


def told(cast, client, **more):
    said = {"pain_now": 3, "strength": 4} | more
    return checkins.record_check_in(client=client, by=cast.tara.user, on=cast.today(), cap=None, **said)


def due(cast, client, late):
    first_on = cast.today() - timedelta(days=late)
    checkins.set_schedule(client=client, by=cast.tara.user, every_days=7, first_on=first_on)


def more_tallies(page):
    return [one["number"] for one in page.context["tallies"]][4:]


def test_red_flags_stand_on_top_the_most_urgent_first(cast):
    third = cast.client(cast.tara, "Nora New", cast.okafor)
    told(cast, third, pain_now=9)
    check_ins = [
        told(cast, one, symptoms={slug: "yes"}) for one, slug in ((cast.uma, "night_pain"), (cast.ines, "chest"))
    ]
    page = today(cast)
    assert [(title, url) for title, _, url in rows(page, "flags")] == [
        ("Ines Injured", f"/clients/{cast.ines.pk}/check-ins/{check_ins[1].pk}/"),
        ("Uma Uninjured", f"/clients/{cast.uma.pk}/check-ins/{check_ins[0].pk}/"),
        ("Nora New", f"/clients/{third.pk}/flags/{Flag.objects.get(client=third).pk}/review/"),
    ]
    assert [row["state"]["word"] for row in page.context["flags"]["rows"]] == [
        "Emergency", "Stop and ask the physician", "Trainer's review",
    ]  # fmt: skip
    assert more_tallies(page) == [3, 0]
    assert page.content.index(b"Red flags") < page.content.index(b"Needs you")


def test_a_client_with_several_flags_has_one_line(cast):
    for symptoms in ({}, {}, {"new_place": "yes"}):
        told(cast, cast.ines, pain_now=7, symptoms=symptoms)
    ((title, why, url),) = rows(today(cast), "flags")
    assert (title, url) == ("Ines Injured", f"/clients/{cast.ines.pk}/check-ins/")
    assert why.endswith(" And 1 more to review.")
    told(cast, cast.ines, symptoms={"chest": "yes"})
    assert [row["state"]["word"] for row in today(cast).context["flags"]["rows"]] == ["Emergency"]


def test_a_stop_says_that_the_physician_has_been_asked_and_goes_once_answered(cast):
    told(cast, cast.ines, symptoms={"chest": "yes"})
    ask(client=cast.ines, physician=cast.okafor, by=cast.tara.user, on=cast.today(), **envelope())
    ((_, why, url),) = rows(today(cast), "flags")
    assert why.endswith("The physician has been asked.")
    assert url == f"/clients/{cast.ines.pk}/"
    cast.sign(cast.ines)
    assert rows(today(cast), "flags") == []


def test_a_reviewed_flag_is_gone(cast):
    flag = told(cast, cast.ines, pain_now=9).flags.get()
    checkins.review_flag(flag=flag, by=cast.tara.user, reason="Slept badly.")
    assert rows(today(cast), "flags") == []
    assert b"No red flag waits for you." in today(cast).content


def test_check_ins_are_due_the_longest_overdue_first(cast):
    due(cast, cast.ines, 1)
    due(cast, cast.uma, 3)
    due(cast, cast.client(cast.tara, "Nora New"), 0)
    due(cast, cast.client(cast.tara, "Lara Later"), -1)
    page = today(cast)
    assert [(row["title"], row["state"] and row["state"]["word"]) for row in page.context["due"]["rows"]] == [
        ("Uma Uninjured", "3 days overdue"), ("Ines Injured", "1 day overdue"), ("Nora New", None),
    ]  # fmt: skip
    assert rows(page, "due")[2][1:] == (
        "Due today, every 7 days.",
        f"/clients/{Client.objects.get(name='Nora New').pk}/check-ins/new/",
    )
    assert more_tallies(page) == [0, 3]


def test_flags_and_check_ins_of_others_and_of_archived_clients_are_not_here(cast):
    for client in (cast.ines, cast.uma):
        told(cast, client, pain_now=9, symptoms={"chest": "yes"})
        due(cast, client, 1)
    archive_client(client=cast.ines, by=cast.tara.user)
    assert more_tallies(today(cast)) == [1, 1]
    assert b"Uma" not in today(cast, cast.theo).content
    assert b"Uma" not in today(cast, cast.olga).content


def test_a_long_list_of_flags_says_how_many_it_leaves_out(cast):
    for number in range(27):
        client = cast.client(cast.tara, f"New {number}")
        told(cast, client, pain_now=9)
        due(cast, client, 1)
    page = today(cast)
    assert more_tallies(page) == [27, 27]
    for part in ("flags", "due"):
        assert len(rows(page, part)) == 25
    assert page.content.decode().count("25 of 27 are shown") == 2


def test_as_many_queries_for_20_flags_as_for_10(cast):
    browser = cast.browser(cast.tara)

    def fill_and_count():
        for number in range(5):
            client = cast.client(cast.tara, f"Stop {number}", cast.okafor)
            told(cast, client, pain_now=9, symptoms={"chest": "yes"})
            due(cast, client, 2)
            told(cast, cast.client(cast.tara, f"Review {number}", cast.okafor), pain_now=9)
        browser.get("/")
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/").status_code == 200
        return len(queries)

    assert fill_and_count() == fill_and_count()


def test_a_manager_who_trains_nobody_sees_the_red_flags_of_the_whole_studio_and_a_trainer_only_the_own(cast):
    told(cast, cast.ines, symptoms={"chest": "yes"})
    page = cast.browser(cast.mona).get("/")
    assert [row["title"] for row in page.context["flags"]["rows"]] == ["Ines Injured"]
    assert "Red flags in the studio" in page.content.decode()
    assert cast.browser(cast.theo).get("/").context["flags"]["rows"] == []
    assert cast.browser(cast.olga).get("/").context["flags"]["rows"] == []
