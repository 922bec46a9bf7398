"""A client's own page: one person, nothing before the code, nothing after the end, and nothing that opens the gate."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from clearance.audit.models import Event
from clearance.checkins.actions import record_check_in, record_session, set_schedule
from clearance.checkins.models import CheckIn, Flag, Screening
from clearance.checkins.red_flags import TO_CLIENT
from clearance.checkins.scales import Strength
from clearance.checkins.tiers import Tier
from clearance.checkins.topics import TOPICS
from clearance.config.logs import HideTokens
from clearance.decisions.actions import void_decision
from clearance.decisions.kinds import Kind
from clearance.decisions.models import Decision, Outcome
from clearance.decisions.statement import Clause
from clearance.gate.guard import judge
from clearance.injuries.actions import open_hold
from clearance.injuries.courses import start_course
from clearance.injuries.models import Hold
from clearance.notices.actions import run
from clearance.notices.models import Delivery
from clearance.pages import my_door
from clearance.people import actions as people
from clearance.people import client_links, tokens
from clearance.people.models import Client, ClientCodeTry, ClientLink, Consent
from clearance.programs.actions import build
from tests.factories import sent_earlier
from tests.plans import plan

HEALTH = ("Ines", "Knee", "knee", "1985", "sprain", "Okafor", "train now")
OWN = ("", "check-in/", "screening/")


class Ines:
    """The client with the mail open on a phone, and nothing else."""

    def __init__(self, cast, client: Client | None = None) -> None:
        self.client, self.browser = client or cast.ines, Browser()
        self.link = client_links.issue(client=self.client, by=cast.tara.user)
        self.url = f"/my/{client_links.token_of(self.link)}/"

    def enters(self, code: str = "", **more: str):
        return self.browser.post(self.url, {"code": code or self.link.access_code} | more)

    def sees(self, path: str = "", status: int = 200) -> str:
        answer = self.browser.get(self.url + path, follow=True)
        assert answer.status_code == status, answer.content.decode()
        return unescape(answer.content.decode())

    def tells(self, **fields):
        told = {"pain_now": "2", "strength": "4", "any_new": "none"} | fields
        return self.browser.post(self.url + "check-in/", told)

    def signs(self, **fields):
        said = {f"topic_{one.slug}": "no" for one in TOPICS}
        said |= {"active": "True", "diseases": "none", "symptoms": "none", "intensity": "light"}
        return self.browser.post(self.url + "screening/", said | {"signed_name": "Ines Injured"} | fields)


@pytest.fixture
def ines(cast):
    cast.knee
    return Ines(cast)


@pytest.fixture
def inside(ines):
    assert ines.enters().status_code == 302
    return ines


def everything() -> tuple[int, ...]:
    kinds = (Event, ClientCodeTry, CheckIn, Screening, Flag, Hold, Decision)
    return tuple(one.objects.count() for one in kinds) + (Consent.objects.filter(until=None).count(),)


def consent_of(client) -> Consent:
    return Consent.objects.get(client=client)


def program_of(cast):
    version = build(client=cast.ines, by=cast.tara.user, plan=plan())
    return f"programs/{version.program_id}/"


# --- before the code, and without it ------------------------------------------------------------------------------


def test_nothing_about_the_client_shows_before_the_code(cast, ines):
    for path in (*OWN, f"consents/{consent_of(cast.ines).pk}/withdraw/"):
        text = ines.sees(path)
        assert not [word for word in HEALTH if word in text], path
        assert "Access code" in text


def test_looking_changes_nothing(cast, ines):
    consent = consent_of(cast.ines)
    before = everything()
    for code in (None, ines.link.access_code):
        if code:
            ines.enters()
            before = everything()
        for method in ("get", "head", "options"):
            for path in (*OWN, f"consents/{consent.pk}/withdraw/", "programs/1/", "check-ins/1/", "leave/"):
                getattr(ines.browser, method)(ines.url + path)
        assert everything() == before


def test_a_scanner_that_presses_every_button_tells_and_withdraws_nothing(cast, ines):
    before = everything()
    for path in (*OWN, "programs/1/", "check-ins/1/", f"consents/{consent_of(cast.ines).pk}/withdraw/", "leave/"):
        page = ines.browser.get(ines.url + path, follow=True).content.decode()
        names = re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', page)
        ines.browser.post(ines.url + path, dict.fromkeys(names, "1"))
        ines.browser.post(ines.url + path, {"pain_now": "0", "strength": "4", "any_new": "none", "reason": "x"})
    assert everything() == before


@pytest.mark.parametrize("code", ["", "1234567", "123456789", "abcdefgh", "１２３４５６７８", "a\x00b", "x" * 5000])
def test_what_is_no_code_is_refused_beside_the_field_and_is_no_try(ines, code):
    answer = ines.browser.post(ines.url, {"code": code})
    assert answer.status_code == 422
    assert "code" in answer.context["form"].errors
    assert not ClientCodeTry.objects.exists()


def test_five_wrong_codes_lock_the_link(ines):
    wrong = "00000000" if ines.link.access_code != "00000000" else "11111111"
    for left in (4, 3, 2, 1):
        assert f"{left} more t" in ines.enters(wrong).content.decode() or left == 1
    assert ines.enters(wrong).status_code == 410
    assert ines.enters().status_code == 410
    assert "locked" in ines.sees(status=410)


@pytest.mark.parametrize(
    "game",
    [
        lambda token: token[:-1], lambda token: token + "A", str.upper, lambda token: "%00" + token[3:], tokens.sha256,
        lambda token: token[::-1], lambda token: "ä" * 43, lambda token: token + "%20", lambda token: "A" * 5000,
    ],
)  # fmt: skip
def test_every_other_token_leads_to_the_same_page(ines, game):
    nowhere = Browser().get("/my/nothing/")
    for path in ("", "check-in/"):
        answer = ines.browser.get(f"/my/{game(client_links.token_of(ines.link))}/{path}")
        assert answer.status_code == 404
        assert _without_tokens(answer) == _without_tokens(nowhere)


def _without_tokens(answer):
    return re.sub(rb'X-CSRFToken": "[^"]*"', b"", answer.content)


def test_one_code_does_not_open_another_clients_page(cast, inside):
    uma = Ines(cast, cast.uma)
    text = inside.browser.get(uma.url, follow=True).content.decode()
    assert "Access code" in text
    assert "Uma" not in text


def test_the_cookie_of_one_link_does_not_open_another(cast, inside):
    uma = Ines(cast, cast.uma)
    inside.browser.cookies[f"my-{uma.link.pk}"] = inside.browser.cookies[f"my-{inside.link.pk}"].value
    assert "Access code" in inside.browser.get(uma.url).content.decode()


# --- the device ---------------------------------------------------------------------------------------------------


def test_the_code_is_remembered_for_an_hour_and_on_an_own_device_for_thirty_days(ines):
    ines.enters()
    assert ines.browser.cookies[f"my-{ines.link.pk}"]["max-age"] == ""
    ines.browser.post(ines.url + "leave/")
    ines.enters(remember="on")
    long = ines.browser.cookies[f"my-{ines.link.pk}"]
    assert timedelta(days=30) - timedelta(seconds=long["max-age"]) < timedelta(minutes=1)
    assert (long["httponly"], long["samesite"], long["path"]) == (True, "Lax", "/my/")


def test_the_code_is_not_remembered_longer_than_the_link_lives(cast, ines):
    sent_earlier(ines.link, days=89)
    ines.enters(remember="on")
    assert int(ines.browser.cookies[f"my-{ines.link.pk}"]["max-age"]) <= 24 * 3600


def test_an_old_memory_of_the_code_opens_nothing(cast, inside, monkeypatch):
    real = my_door.now
    monkeypatch.setattr(my_door, "now", lambda: real() + timedelta(hours=2))
    assert "Access code" in inside.sees()


def test_a_remembered_code_keeps_nobody_signed_in_longer(cast, ines):
    ines.enters(remember="on")
    ines.browser.force_login(cast.olga.user)
    assert ines.browser.session.get_expiry_age() == 12 * 3600


def test_leaving_forgets_the_code_on_this_device(inside):
    inside.browser.post(inside.url + "leave/")
    assert "Access code" in inside.sees()


# --- the end ------------------------------------------------------------------------------------------------------


def _move(cast, ines):
    known = {name: getattr(cast.ines, name) for name in people.CLIENT_FIELDS}
    people.edit_client(client=cast.ines, by=cast.tara.user, **known | {"email": "new@example.test"})


def _renew(cast, ines):
    sent_earlier(ines.link, hours=1)
    client_links.issue(client=cast.ines, by=cast.tara.user)


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (lambda cast, ines: client_links.revoke(client=cast.ines, by=cast.tara.user), "has ended"),
        (lambda cast, ines: people.archive_client(client=cast.ines, by=cast.tara.user), "has ended"),
        (lambda cast, ines: sent_earlier(ines.link, days=90), "has expired"),
        (_move, "has ended"),
        (_renew, "newer link"),
    ],
)
def test_a_link_that_has_ended_says_so_and_whom_to_call_and_nothing_else(cast, inside, end, words):
    end(cast, inside)
    before = everything()
    for path in (*OWN, f"consents/{consent_of(cast.ines).pk}/withdraw/"):
        text = inside.sees(path, status=410)
        assert words in text
        assert "Northside" in text
        assert not [word for word in HEALTH if word in text], path
        assert inside.browser.post(inside.url + path, {"code": inside.link.access_code}).status_code == 410
    assert everything() == before


@pytest.mark.parametrize("who", ["tara", "theo", "mona"])
def test_nobody_of_the_studio_tells_in_the_clients_name(cast, ines, who):
    browser = cast.browser(getattr(cast, who))
    for send in (browser.get, lambda url: browser.post(url, {"code": ines.link.access_code})):
        answer = send(ines.url)
        assert answer.status_code == 403
        assert b"Only the client reads this page" in answer.content
    assert not ClientCodeTry.objects.exists()


def test_nothing_is_kept_shared_or_indexed(inside):
    for status, url in ((200, inside.url), (404, "/my/nothing/")):
        answer = inside.browser.get(url)
        assert answer.status_code == status
        assert answer["Referrer-Policy"] == "strict-origin"
        assert "no-store" in answer["Cache-Control"]
        assert "noindex" in answer["X-Robots-Tag"]
        assert not re.search(rb'(?:src|href|action)="(?:https?:)?//', answer.content)


def test_no_log_line_holds_a_token(ines, caplog):
    ines.browser.put(ines.url)
    ines.browser.get(f"{ines.url}leave/")
    assert caplog.records
    for record in caplog.records:
        HideTokens().filter(record)
        assert client_links.token_of(ines.link) not in record.getMessage()
        assert "/my/…/" in record.getMessage()


# --- what the client reads ----------------------------------------------------------------------------------------


def test_an_open_gate_says_until_when_and_what_the_physician_said(cast, inside):
    cast.restrict(
        cast.ines, Clause(Kind.INTENSITY_CAP, {"rpe": 5}), conditions="Walk every day.", rest_days=3,
        re_evaluate_on=cast.today() + timedelta(days=20),
    )  # fmt: skip
    text = inside.sees()
    assert "You may train" in text
    assert "unless something stops it earlier" in text
    for words in ("Dr Ada Okafor cleared with restrictions", "Walk every day.", "treatment session: 3"):
        assert words in text


@pytest.mark.parametrize(
    ("shut", "words"),
    [
        (lambda cast: None, "Your physician has not decided yet."),
        (lambda cast: cast.refuse(cast.ines), "has not cleared you to train"),
        (lambda cast: cast.refuse(cast.ines, Outcome.GUIDANCE_ONLY), "advice is no clearance"),
        (lambda cast: cast.sign(cast.ines, valid_from=cast.today() + timedelta(days=2)), "cleared, but not before"),
        (lambda cast: (cast.sign(cast.ines), cast.injury(cast.ines, area="elbow")), "does not cover an injury"),
    ],
)
def test_a_shut_gate_says_why_in_plain_words_and_whose_turn_it_is(cast, inside, shut, words):
    shut(cast)
    text = inside.sees()
    assert "Do not train now" in text
    assert "You may train" not in text
    assert words in text


def test_whose_turn_it_is_follows_the_question(cast, inside):
    assert "Next move: your trainer, to ask Dr Ada Okafor" in inside.sees()


def test_what_the_staff_wrote_on_a_hold_stays_with_the_staff(cast, inside):
    cast.sign(cast.ines)
    open_hold(client=cast.ines, by=cast.tara.user, reason="She hides something from us.")
    text = inside.sees()
    assert "Your training was stopped." in text
    assert "hides" not in text


def test_a_word_that_opens_is_no_green_light_beside_a_shut_gate(cast, inside):
    cast.sign(cast.ines)
    assert "This is not in force now." not in inside.sees()
    open_hold(client=cast.ines, by=cast.tara.user, reason="Dizzy.")
    assert "This is not in force now." in inside.sees()


def test_a_decision_that_was_entered_by_mistake_is_not_shown_as_a_word(cast, inside):
    decision = cast.sign(cast.ines, conditions="Walk every day.")
    void_decision(decision=decision, by=cast.mona.user, reason="Wrong client.")
    assert "Walk every day." not in inside.sees()


def test_treatment_shows_how_far_it_is_and_the_physicians_own_words(cast, inside):
    start_course(
        injury=cast.knee, by=cast.tara.user, kind="prolotherapy", planned_sessions=6, aftercare="No ice.",
        medicines="Nothing against inflammation.",
    )  # fmt: skip
    text = inside.sees()
    for words in ("Prolotherapy", "0 of 6", "No ice.", "Nothing against inflammation."):
        assert words in text


def test_the_next_check_in_is_named_and_an_overdue_one_too(cast, inside):
    assert "No day is agreed" in inside.sees()
    set_schedule(client=cast.ines, by=cast.tara.user, every_days=7, first_on=cast.today())
    assert "The next one by" in inside.sees()
    set_schedule(client=cast.ines, by=cast.tara.user, every_days=7, first_on=cast.today() - timedelta(days=3))
    assert "Due since" in inside.sees()


def test_the_page_of_ines_says_no_word_of_anybody_else(cast, inside):
    cast.injury(cast.uma, area="elbow")
    cast.sign(cast.uma, conditions="Uma only.")
    cast.injury(cast.otto)
    for path in (*OWN, f"consents/{consent_of(cast.ines).pk}/withdraw/"):
        text = inside.sees(path)
        for word in ("Uma", "Otto", "Southside", "Theo", "Mona", "Lindt", "Elbow"):
            assert word not in text, (path, word)


def test_somebody_elses_ids_lead_nowhere(cast, library, inside):
    uma = Ines(cast, cast.uma)
    told = record_check_in(
        client=cast.uma, by=None, link=uma.link, on=cast.today(), cap=None, pain_now=1, strength=Strength.SAME
    )
    cast.sign(cast.uma)
    program = build(client=cast.uma, by=cast.tara.user, plan=plan()).program_id
    consent = consent_of(cast.uma).pk
    for path in (f"check-ins/{told.pk}/", f"programs/{program}/", f"consents/{consent}/withdraw/"):
        assert inside.browser.get(inside.url + path).status_code == 404
        assert inside.browser.post(inside.url + path).status_code in (404, 405)
    assert consent_of(cast.uma).until is None


def test_the_home_takes_the_same_number_of_queries_with_ten_and_twenty_rows(cast, library, inside):
    def fill():
        for _ in range(10):
            course = start_course(injury=cast.knee, by=cast.tara.user, kind="prp")
            assert course.pk
        cast.sign(cast.ines)
        for number in range(4):
            build(client=cast.ines, by=cast.tara.user, plan=plan(title=f"Plan {number} {course.pk}"))

    counts = []
    for _ in range(2):
        fill()
        inside.sees()
        with CaptureQueriesContext(connection) as queries:
            inside.sees()
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- the program --------------------------------------------------------------------------------------------------


def test_the_program_shows_while_the_gate_is_open_with_the_restrictions_on_top(cast, library, inside):
    cast.restrict(cast.ines, Clause(Kind.INTENSITY_CAP, {"rpe": 5}), conditions="Slowly.")
    path = program_of(cast)
    assert "Back to base" in inside.sees()
    text = inside.sees(path)
    assert "Valid until" in text
    assert "Slowly." in text
    assert text.index("Slowly.") < text.index("Day A")


@pytest.mark.parametrize(
    "shut",
    [
        lambda cast: open_hold(client=cast.ines, by=cast.tara.user, reason="Dizzy."),
        lambda cast: cast.injury(cast.ines, area="elbow"),
        lambda cast: cast.refuse(cast.ines, Outcome.WITHDRAWN),
        lambda cast: people.withdraw_consent(consent=consent_of(cast.ines), by=cast.tara.user, reason="No."),
    ],
)
def test_the_program_hides_as_soon_as_the_gate_shuts(cast, library, inside, shut):
    cast.sign(cast.ines)
    path = program_of(cast)
    assert "Day A" in inside.sees(path)
    shut(cast)
    text = inside.sees(path, status=409)
    assert "Day A" not in text
    assert "Back to base" not in text + inside.sees()
    assert "On hold." in inside.sees()


def test_a_program_that_breaks_a_newer_restriction_is_on_hold(cast, library, inside):
    cast.sign(cast.ines)
    path = program_of(cast)
    cast.restrict(cast.ines, Clause(Kind.INTENSITY_CAP, {"rpe": 2}))
    assert judge(cast.ines.pk).open
    assert "Day A" not in inside.sees(path, status=409)
    assert "Back to base" not in inside.sees()


def test_looking_at_a_program_of_a_shut_gate_writes_nothing_into_the_trail(cast, library, inside):
    cast.sign(cast.ines)
    path = program_of(cast)
    cast.refuse(cast.ines)
    before = everything()
    inside.sees(path, status=409)
    assert everything() == before


# --- the check-in -------------------------------------------------------------------------------------------------


def test_a_check_in_is_stored_once_however_often_it_is_sent(cast, inside):
    assert [inside.tells().status_code for _ in range(3)] == [302, 302, 302]
    told = CheckIn.objects.get()
    assert (told.client, told.injury, told.by, told.link) == (cast.ines, cast.knee, None, inside.link)
    assert (told.pain_now, told.strength, told.symptoms) == (2, Strength.SAME, {})


def test_a_calm_check_in_says_that_nothing_stops_and_promises_nothing(cast, inside):
    cast.sign(cast.ines)
    inside.tells()
    text = inside.sees(f"check-ins/{CheckIn.objects.get().pk}/")
    assert "Nothing you told stops your training" in text
    assert "What you may do has not changed." in text


def test_a_calm_check_in_beside_a_shut_gate_says_that_it_stays_shut(cast, inside):
    inside.tells()
    text = inside.sees(f"check-ins/{CheckIn.objects.get().pk}/")
    assert "do not train now" in text


@pytest.mark.parametrize("answer", ["yes", "unsure"])
@pytest.mark.parametrize(
    ("symptom", "tier"), [("chest", Tier.EMERGENCY), ("weakness", Tier.SAME_DAY), ("night_pain", Tier.REFER)]
)
def test_a_red_flag_stops_at_once_and_says_what_to_do_first(cast, inside, symptom, tier, answer):
    cast.sign(cast.ines)
    inside.tells(any_new="some", symptoms=f"{symptom}:{answer}")
    text = inside.sees(f"check-ins/{CheckIn.objects.get().pk}/")
    assert TO_CLIENT[tier] in text
    assert text.index(TO_CLIENT[tier]) < text.index("<h1>")
    assert not judge(cast.ines.pk).open
    assert TO_CLIENT[tier] in inside.sees()


def test_a_flag_for_the_trainer_says_so_and_stops_nothing(cast, inside):
    cast.sign(cast.ines)
    inside.tells(pain_now="8")
    text = inside.sees(f"check-ins/{CheckIn.objects.get().pk}/")
    assert TO_CLIENT[Tier.REVIEW] in text
    assert judge(cast.ines.pk).open
    assert "Until then nothing gets harder." in inside.sees()


def test_pain_gone_while_weakness_remains_stops_the_client_who_feels_fine(cast, inside):
    course = start_course(injury=cast.knee, by=cast.tara.user, kind="prolotherapy", planned_sessions=6)
    on = cast.today()
    record_check_in(
        client=cast.ines, by=cast.tara.user, on=on, told_on=on - timedelta(days=5), cap=None, injury=cast.knee,
        pain_now=7, strength=Strength.WEAKER,
    )  # fmt: skip
    record_session(course=course, by=cast.tara.user, on=on, performed_on=on - timedelta(days=3))
    cast.sign(cast.ines, holds_through_course=True)
    assert judge(cast.ines.pk).open
    inside.tells(pain_now="1", strength=str(Strength.WEAKER.value))
    assert TO_CLIENT[Tier.REFER] in inside.sees(f"check-ins/{CheckIn.objects.last().pk}/")
    assert not judge(cast.ines.pk).open


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"pain_now": ""}, "pain_now"), ({"pain_now": "11"}, "pain_now"), ({"strength": "5"}, "strength"),
        ({"any_new": ""}, "any_new"), ({"symptoms": "chest:yes"}, "any_new"),
        ({"any_new": "some"}, "any_new"), ({"any_new": "some", "symptoms": "chest:maybe"}, "symptoms"),
        ({"note": "x" * 2001}, "note"), ({"effort": "99"}, "effort"),
    ],
)  # fmt: skip
def test_what_cannot_be_accepted_is_said_beside_its_field_and_nothing_typed_is_lost(inside, fields, field):
    answer = inside.tells(**{"note": "Slept badly."} | fields)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert fields.get("note", "Slept badly.") in answer.content.decode()
    assert not CheckIn.objects.exists()


def test_with_two_injuries_the_client_says_which_one(cast, inside):
    elbow = cast.injury(cast.ines, area="elbow")
    assert "injury" in inside.tells().context["form"].errors
    assert inside.tells(injury=str(elbow.pk)).status_code == 302
    assert CheckIn.objects.get().injury == elbow
    assert inside.tells(injury=str(cast.injury(cast.uma).pk), pain_now="3").status_code == 422


def test_what_was_told_to_the_staff_is_not_opened_under_the_link(cast, inside):
    told = record_check_in(
        client=cast.ines, by=cast.tara.user, on=cast.today(), cap=None, pain_now=1, strength=4, note="Seems tense."
    )
    assert inside.browser.get(f"{inside.url}check-ins/{told.pk}/").status_code == 404


def test_nothing_told_under_the_link_ever_opens_a_gate(cast, inside):
    cast.refuse(cast.ines)
    inside.tells(pain_now="0")
    inside.signs()
    assert not judge(cast.ines.pk).open
    assert [one.code for one in judge(cast.ines.pk).reasons] == ["NOT_CLEARED"]


# --- screening and consent ----------------------------------------------------------------------------------------


def test_the_screening_is_signed_once_under_the_link(cast, inside):
    assert "There is no screening yet." in inside.sees()
    assert [inside.signs().status_code for _ in range(2)] == [302, 302]
    signed = Screening.objects.get()
    assert (signed.how, signed.by, signed.link) == ("LINK", None, inside.link)
    assert "You signed them on" in inside.sees()


def test_another_name_signs_no_screening(inside):
    answer = inside.signs(signed_name="Tara Trainer")
    assert answer.status_code == 422
    assert "signed_name" in answer.context["form"].errors
    assert not Screening.objects.exists()


@pytest.mark.parametrize(("reason", "kept"), [("", "Withdrawn by the client."), ("Enough.", "by the client: Enough.")])
def test_a_withdrawn_consent_shuts_what_depends_on_it(cast, inside, reason, kept):
    cast.sign(cast.ines)
    consent = consent_of(cast.ines)
    answer = inside.browser.post(f"{inside.url}consents/{consent.pk}/withdraw/", {"reason": reason})
    assert answer.status_code == 302
    consent.refresh_from_db()
    assert kept in consent.withdrawn_because
    assert [one.code for one in judge(cast.ines.pk).reasons] == ["NO_CONSENT"]
    assert "You have not allowed the studio to share" in inside.sees()


def test_withdrawing_tells_the_trainer_even_when_the_gate_was_shut_already(cast, inside):
    run()
    url = f"{inside.url}consents/{consent_of(cast.ines).pk}/withdraw/"
    assert [inside.browser.post(url, {}).status_code for _ in range(2)] == [302, 302]
    run()
    told = Delivery.objects.filter(kind="CONSENT").order_by("address")
    assert [(one.user, one.state) for one in told] == [(cast.mona.user, "SENT"), (cast.tara.user, "SENT")]
    assert not Delivery.objects.filter(kind="SHUT").exists()


# --- the staff's side ---------------------------------------------------------------------------------------------


def test_a_trainer_sends_a_link_and_reads_the_code_to_tell_in_person(cast):
    browser, url = cast.browser(cast.tara), f"/clients/{cast.ines.pk}/link/"
    assert "No link yet" in browser.get(url).content.decode()
    assert browser.post(f"{url}send/").status_code == 302
    link = ClientLink.objects.get()
    page = browser.get(url).content.decode()
    assert f"{link.access_code[:4]} {link.access_code[4:]}" in page
    assert client_links.token_of(link) not in page
    assert "Nobody has entered the code yet." in page


def test_a_trainer_ends_a_link(cast, ines):
    browser, url = cast.browser(cast.tara), f"/clients/{cast.ines.pk}/link/"
    assert browser.post(f"{url}end/").status_code == 302
    assert "Somebody here ended it." in browser.get(url).content.decode()
    assert ines.sees(status=410)


def test_without_an_address_the_page_says_what_to_do_and_sends_nothing(cast):
    known = {name: getattr(cast.ines, name) for name in people.CLIENT_FIELDS}
    people.edit_client(client=cast.ines, by=cast.tara.user, **known | {"email": ""})
    browser, url = cast.browser(cast.tara), f"/clients/{cast.ines.pk}/link/"
    page = browser.get(url).content.decode()
    assert "No e-mail address of Ines Injured is recorded." in page
    assert "Send the link" not in page
    assert browser.post(f"{url}send/").status_code == 409
    assert not ClientLink.objects.exists()


def test_the_clients_page_leads_to_the_link(cast):
    assert f"/clients/{cast.ines.pk}/link/" in cast.browser(cast.tara).get(f"/clients/{cast.ines.pk}/").content.decode()


def test_a_mail_that_was_not_delivered_is_said_beside_the_link(cast, ines):
    run()
    Delivery.objects.update(state="FAILED", sent_at=None, why="The mail server does not take this address (550).")
    page = cast.browser(cast.tara).get(f"/clients/{cast.ines.pk}/link/").content.decode()
    assert "was not delivered. The mail server does not take this address (550)." in page


def test_a_stop_that_the_physician_has_answered_is_not_said_as_if_it_were_now(cast, inside):
    inside.tells(any_new="some", symptoms="weakness:yes")
    path = f"check-ins/{CheckIn.objects.get().pk}/"
    assert "You told of this on" not in inside.sees(path)
    cast.sign(cast.ines)
    text = inside.sees(path)
    assert "You told of this on" in text
    assert "Your physician has answered since then" in text
