"""The one-task link: one physician, one question, one decision; nothing before the code, nothing after the end."""

import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from django.test import Client as Browser
from pypdf import PdfReader

from clearance.audit.models import Event
from clearance.config.logs import HideTokens
from clearance.decisions import links
from clearance.decisions.models import CodeTry, Decision, Link, Request, RequestStep
from clearance.decisions.questions import ask, send_again, tell_more, withdraw_request
from clearance.decisions.states import stage_of
from clearance.gate.guard import judge
from clearance.injuries.actions import open_hold
from clearance.people import tokens
from clearance.people.actions import withdraw_consent
from clearance.people.address_book import edit_physician
from clearance.people.lock import now
from clearance.people.models import Consent
from tests.factories import asked_days_ago
from tests.pages.test_decide import HIDDEN

HEALTH = ("Ines", "Knee", "knee", "1985", "sprain", "Planned")


class Physician:
    """A physician with the mail open on a phone, and nothing else."""

    def __init__(self, request: Request) -> None:
        self.request, self.browser = request, Browser()
        self.link = Link.objects.get(request=request, until=None)
        self.url = f"/answer/{links.token_of(self.link)}/"

    def enters(self, code: str = ""):
        return self.browser.post(self.url, {"code": code or self.request.access_code})

    def sees(self, path: str = "", status: int = 200, **query: str) -> str:
        answer = self.browser.get(self.url + path, query, follow=True)
        assert answer.status_code == status, answer.content.decode()
        return unescape(answer.content.decode())

    def reads(self, **fields):
        return self.browser.post(self.url + "draft/", fields)

    def signs(self, page, **signature):
        kept: dict[str, list[str]] = {}
        for name, value in HIDDEN.findall(page.content.decode()):
            kept.setdefault(unescape(name), []).append(unescape(value))
        said = {"signed_name": "Dr Ada Okafor", "signed_credential": "MD", "signed_licence": "A12345"}
        return self.browser.post(self.url + "sign/", kept | said | signature)

    def answers(self, **fields):
        page = self.reads(**fields)
        assert page.status_code == 200, page.content.decode()
        return self.signs(page)


@pytest.fixture
def asked(cast):
    cast.knee
    return question(cast)


def question(cast, **fields):
    plan = {"modes": "core", "days_a_week": 2, "minutes": 40, "top_phase": 1, "top_effort": 5, "channel": "LINK"}
    found, _ = ask(client=cast.ines, physician=cast.okafor, by=cast.tara.user, on=cast.today(), **plan | fields)
    return found


@pytest.fixture
def physician(asked):
    return Physician(asked)


@pytest.fixture
def cleared(cast):
    return {
        "outcome": "CLEARED", "covers": [cast.knee.pk], "valid_from": f"{cast.today()}", "rest_days": "0",
        "valid_until": f"{cast.today() + timedelta(days=28)}", "holds_through_course": "no", "conditions": "",
    }  # fmt: skip


def test_the_physician_answers_with_the_code_and_the_gate_opens(cast, physician, cleared):
    assert physician.enters().status_code == 302
    assert "Ines Injured, born 1985" in physician.sees()
    assert physician.answers(**cleared).status_code == 302
    decision = Decision.objects.get()
    assert (decision.route, decision.evidence, decision.request) == ("LINK", 20, physician.request)
    assert judge(cast.ines.pk).open
    assert "Your answer is recorded" in physician.sees()
    assert stage_of(physician.request, at=now()).label == "Answered"


def test_no_token_is_stored_anywhere(physician):
    token = links.token_of(physician.link)
    stored = Link.objects.filter(pk=physician.link.pk).values_list()[0]
    assert len(token) == 43
    assert not [one for one in stored if token in str(one)]
    assert not Event.objects.filter(detail__icontains=token).exists()


def test_nothing_about_the_client_shows_before_the_code(physician):
    for path in ("", "draft/", "restriction-row/", "copy.pdf"):
        text = physician.sees(path)
        assert not [word for word in HEALTH if word in text], path
        assert "Access code" in text


def test_looking_changes_nothing(physician):
    before = (Event.objects.count(), RequestStep.objects.count(), CodeTry.objects.count())
    for method in ("get", "head", "options"):
        for path in ("", "draft/", "sign/", "restriction-row/", "copy.pdf", "leave/"):
            getattr(physician.browser, method)(physician.url + path)
    assert (Event.objects.count(), RequestStep.objects.count(), CodeTry.objects.count()) == before


@pytest.mark.parametrize("code", ["", "1234567", "123456789", "abcdefgh", "１２３４５６７８", "a\x00b", "x" * 5000])
def test_what_is_no_code_is_refused_beside_the_field_and_is_no_try(physician, code):
    answer = physician.browser.post(physician.url, {"code": code})
    assert answer.status_code == 422
    assert "code" in answer.context["form"].errors
    assert not CodeTry.objects.exists()


def test_five_wrong_codes_lock_the_link_and_the_studio_is_told(physician):
    wrong = "00000000" if physician.request.access_code != "00000000" else "11111111"
    for left in (4, 3, 2, 1):
        assert f"{left} more t" in physician.enters(wrong).content.decode() or left == 1
    assert physician.enters(wrong).status_code == 410
    assert physician.enters().status_code == 410
    assert Event.objects.filter(action="link.locked").count() == 1
    assert stage_of(physician.request, at=now()).label == "Locked"
    assert "locked" in physician.sees(status=410)


def test_the_code_may_be_typed_with_spaces(physician):
    code = physician.request.access_code
    assert physician.enters(f" {code[:4]} {code[4:]} ").status_code == 302


@pytest.mark.parametrize(
    "game",
    [
        lambda token: token[:-1], lambda token: token + "A", str.upper, lambda token: token.replace(token[0], "%2541"),
        lambda token: "%00" + token[3:], tokens.sha256, lambda token: token[::-1], lambda token: "ä" * 43,
        lambda token: token + "%20", lambda token: "A" * 5000,
    ],
)  # fmt: skip
def test_every_other_token_leads_to_the_same_page(physician, game):
    token = links.token_of(physician.link)
    nowhere = Browser().get("/answer/nothing/")
    for path in ("", "draft/"):
        answer = physician.browser.get(f"/answer/{game(token)}/{path}")
        assert answer.status_code == 404
        assert _without_tokens(answer) == _without_tokens(nowhere)
        assert physician.browser.post(f"/answer/{game(token)}/", {"code": "12345678"}).status_code == 404


def _without_tokens(answer):
    return re.sub(rb'X-CSRFToken": "[^"]*"', b"", answer.content)


def test_the_same_page_sent_again_stores_once_and_shows_what_is_stored(physician, cleared):
    physician.enters()
    page = physician.reads(**cleared)
    assert [physician.signs(page).status_code for _ in range(3)] == [302, 302, 302]
    assert Decision.objects.count() == 1
    assert Event.objects.filter(action="decision.signed").count() == 1


def test_a_second_page_opened_before_the_first_was_signed_cannot_overwrite_it(physician, cleared):
    physician.enters()
    first, second = physician.reads(**cleared), physician.reads(outcome="NOT_CLEARED", conditions="Rest.")
    assert physician.signs(first).status_code == 302
    assert physician.signs(second).status_code == 409
    assert Decision.objects.get().outcome == "CLEARED"


def test_a_signature_under_an_old_record_is_refused_with_the_present_one(cast, physician, cleared):
    physician.enters()
    page = physician.reads(**cleared)
    open_hold(client=cast.ines, by=cast.tara.user, reason="Tingling in the foot.")
    answer = physician.signs(page)
    assert answer.status_code == 409
    assert "Tingling in the foot." in answer.content.decode()
    assert not Decision.objects.exists()
    assert physician.signs(answer).status_code == 302


def test_the_page_says_what_changed_since_the_question_was_sent(cast, physician):
    physician.enters()
    assert "has changed since" not in physician.sees()
    cast.injury(cast.ines, area="elbow")
    text = physician.sees()
    assert "has changed since" in text
    assert "Recorded injury: Elbow" in text


def test_a_correction_replaces_and_a_withdrawal_shuts(cast, physician, cleared):
    physician.enters()
    physician.answers(**cleared)
    assert "Correct my answer" in physician.sees()
    assert physician.answers(**cleared | {"conditions": "Slowly."}).status_code == 302
    assert judge(cast.ines.pk).open
    assert Decision.objects.get(replaced_by=None).request == physician.request
    assert "Withdraw your clearance" in physician.sees(outcome="WITHDRAWN")
    assert physician.answers(outcome="WITHDRAWN").status_code == 302
    assert [one.code for one in judge(cast.ines.pk).reasons] == ["WITHDRAWN"]
    assert Decision.objects.count() == 3


def test_needs_more_comes_back_and_the_trainer_answers_on_the_same_question(cast, physician, cleared):
    physician.enters()
    physician.answers(outcome="DEFERRED", conditions="Can she stand on one leg?")
    stage = stage_of(physician.request, at=now())
    assert (stage.label, stage.note) == ("Needs more", "Can she stand on one leg?")
    tell_more(request=physician.request, by=cast.tara.user, words="Yes, for ten seconds.")
    again = Physician(physician.request)
    assert physician.sees(status=410)
    again.enters()
    assert "Yes, for ten seconds." in again.sees()
    again.answers(**cleared)
    assert judge(cast.ines.pk).open


@pytest.mark.parametrize(("outcome", "stage"), [("NOT_MY_PATIENT", "Declined"), ("GUIDANCE_ONLY", "Answered")])
def test_other_proper_answers_keep_the_gate_shut(cast, physician, outcome, stage):
    physician.enters()
    physician.answers(outcome=outcome, conditions="Ask the surgeon.")
    assert stage_of(physician.request, at=now()).label == stage
    assert not judge(cast.ines.pk).open


def test_a_link_that_has_ended_says_so_and_whom_to_call_and_nothing_else(cast, physician):
    physician.enters()
    withdraw_request(request=physician.request, by=cast.tara.user, reason="Wrong client.")
    for path in ("", "draft/", "copy.pdf"):
        text = physician.sees(path, status=410)
        assert "Northside" in text
        assert not [word for word in HEALTH if word in text]


def test_an_expired_link_answers_nothing(cast):
    old = question(cast)
    asked_days_ago(old, 8)
    physician = Physician(old)
    assert "expired" in physician.sees(status=410)
    assert physician.enters().status_code == 410
    assert stage_of(old, at=now()).label == "Expired"


def test_sending_again_ends_the_earlier_link(cast):
    request = question(cast)
    asked_days_ago(request, 2)
    first = Physician(request)
    send_again(request=request, by=cast.tara.user)
    assert "newer link" in first.sees(status=410)
    assert Physician(request).enters().status_code == 302


def test_a_link_dies_with_the_address_it_was_sent_to(cast, physician):
    edit_physician(physician=cast.okafor, by=cast.mona.user, email="somebody@else.test")
    assert physician.sees(status=410)


def test_without_consent_nothing_recorded_shows_and_nothing_can_be_cleared(cast, physician, cleared):
    physician.enters()
    page = physician.reads(**cleared)
    consent = Consent.objects.get(client=cast.ines, physician=cast.okafor)
    withdraw_consent(consent=consent, by=cast.tara.user, reason="Changed her mind.")
    text = physician.sees()
    assert "knee" not in text.lower().replace("id_r-", "")
    assert physician.signs(page).status_code in (409, 422)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("who", ["tara", "theo", "mona"])
def test_nobody_of_the_studio_answers_for_the_physician(cast, physician, who):
    browser = cast.browser(getattr(cast, who))
    for send in (browser.get, lambda url: browser.post(url, {"code": physician.request.access_code})):
        answer = send(physician.url)
        assert answer.status_code == 403
        assert b"Only the physician answers" in answer.content
    assert not CodeTry.objects.exists()


def test_the_signature_carries_the_recorded_name(physician, cleared):
    physician.enters()
    answer = physician.signs(physician.reads(**cleared), signed_name="Tara Trainer")
    assert answer.status_code == 422
    assert not Decision.objects.exists()


def test_one_code_does_not_open_another_link(cast, physician):
    physician.enters()
    cast.injury(cast.uma)
    other, _ = ask(
        client=cast.uma, physician=cast.okafor, by=cast.tara.user, on=cast.today(), modes="core", days_a_week=2,
        minutes=40, top_phase=1, top_effort=5, channel="LINK",
    )  # fmt: skip
    link = Link.objects.get(request=other)
    text = physician.browser.get(f"/answer/{links.token_of(link)}/draft/", follow=True).content.decode()
    assert "Access code" in text
    assert "Uma" not in text


def test_the_copy_is_a_pdf_of_what_was_signed(physician, cleared):
    physician.enters()
    physician.answers(**cleared)
    answer = physician.browser.get(physician.url + "copy.pdf")
    text = " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages).split())
    assert "Client: Ines Injured, born 1985" in text
    assert "Decision: Cleared for what is planned" in text


def test_leaving_forgets_the_code_on_this_device(physician):
    physician.enters()
    physician.browser.post(physician.url + "leave/")
    assert "Access code" in physician.sees()


def test_nothing_is_kept_shared_or_indexed(physician):
    for status, url in ((200, physician.url), (404, "/answer/nothing/")):
        answer = physician.browser.get(url)
        assert answer.status_code == status
        assert answer["Referrer-Policy"] == "strict-origin"
        assert "no-store" in answer["Cache-Control"]
        assert "noindex" in answer["X-Robots-Tag"]
        assert not re.search(rb'(?:src|href|action)="(?:https?:)?//', answer.content)


def test_an_answer_under_the_account_is_seen_under_the_link_too(cast, physician):
    cast.sign(cast.ines)
    physician.enters()
    assert "An answer of yours is recorded" in physician.sees()
    assert Decision.objects.get().request == physician.request


def test_a_newer_question_ends_the_link_of_an_older_one(cast, physician, cleared):
    physician.enters()
    physician.answers(**cleared)
    question(cast, days_a_week=1)
    assert "newer question" in physician.sees(status=410)


def test_no_log_line_holds_a_token(physician, caplog):
    physician.browser.put(physician.url)
    physician.browser.get(f"{physician.url}sign/")
    assert caplog.records
    for record in caplog.records:
        HideTokens().filter(record)
        assert links.token_of(physician.link) not in record.getMessage()
        assert "/answer/…/" in record.getMessage()


def test_an_empty_code_is_never_the_right_one(physician):
    assert not links.enter_code(link=physician.link, code="")


def test_a_link_shows_nothing_once_nobody_vouches_for_the_contact(cast, physician):
    edit_physician(physician=cast.okafor, by=cast.tara.user, phone="+12025550199")
    text = physician.sees(status=410)
    assert not [word for word in HEALTH if word in text]


def test_after_consent_ended_the_recorded_answer_shows_nothing_of_the_record(cast, physician, cleared):
    physician.enters()
    physician.answers(**cleared)
    consent = Consent.objects.get(client=cast.ines, physician=cast.okafor)
    withdraw_consent(consent=consent, by=cast.tara.user, reason="Changed her mind.")
    text = physician.sees()
    assert not [word for word in HEALTH if word in text]
    assert "Withdraw it" in text
    assert physician.browser.get(f"{physician.url}copy.pdf").status_code == 404
