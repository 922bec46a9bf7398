"""Questions to physicians: two clicks, one neutral notice, and no lie about who was told."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.urls import reverse

from clearance.decisions.models import Request
from clearance.people.actions import join_care_team, withdraw_consent
from clearance.people.queries import consents_of

ENVELOPE = {
    "modes": "balance, core, light resistance", "days_a_week": "2", "minutes": "40", "top_phase": "1",
    "top_effort": "5",
}  # fmt: skip


def at(name, client, *ids):
    return reverse(name, args=[client.pk, *ids])


def ask(browser, client, physician, **other):
    return browser.post(at("request_new", client), ENVELOPE | {"physician": physician.pk} | other)


@pytest.fixture
def tara(cast):
    return cast.browser(cast.tara)


def test_the_physician_and_a_mild_program_are_chosen_already(cast, tara):
    page = tara.get(at("request_new", cast.ines) + f"?physician={cast.okafor.pk}")
    form = page.context["form"]
    assert form["physician"].value() == cast.okafor.pk
    assert {name: str(form[name].value()) for name in ENVELOPE} == ENVELOPE
    assert page.context["gate"].step is None


@pytest.mark.parametrize("wish", ["", "x", "0", "99999999999999999999999", "²"])
def test_a_strange_physician_in_the_address_falls_back_to_the_supervising_one(cast, tara, wish):
    form = tara.get(at("request_new", cast.ines), {"physician": wish}).context["form"]
    assert form["physician"].value() == cast.okafor.pk


def test_sending_it_asks_and_mails_a_notice_without_any_health_data(cast, tara, mailoutbox):
    answer = ask(tara, cast.ines, cast.okafor, question="May she run?")
    asked = Request.objects.get()
    assert answer.url == at("request", cast.ines, asked.pk)
    mail = mailoutbox[0]
    assert mail.to == ["okafor@clinic.test"]
    assert mail.subject == "A question is waiting for you"
    assert "http://testserver/physician/" in mail.body
    assert "Northside" in mail.body
    for word in ("Ines", "Injured", "run", "injury", "knee", "Tara"):
        assert word not in mail.subject + mail.body


def test_the_same_question_sent_twice_is_one_request_and_one_mail(cast, tara, mailoutbox):
    first, second = (ask(tara, cast.ines, cast.okafor) for _ in range(2))
    assert first.url == second.url
    assert len(mailoutbox) == 1
    ask(tara, cast.ines, cast.okafor, minutes="50")
    assert Request.objects.count() == 2


@pytest.mark.parametrize("failure", [SMTPServerDisconnected("gone"), ConnectionRefusedError()])
def test_a_mail_that_fails_loses_no_question_and_the_trainer_is_told(cast, tara, monkeypatch, failure):
    def fail(*_, **__):
        raise failure

    monkeypatch.setattr("clearance.pages.requests.send_mail", fail)
    page = tara.get(ask(tara, cast.ines, cast.okafor).url).content.decode()
    assert "could not be mailed" in page
    assert Request.objects.count() == 1


def test_a_physician_without_an_account_is_named_as_untold_and_a_manager_gets_the_link(cast, tara, mailoutbox):
    cast.okafor.user = None
    cast.okafor.save()
    url = ask(tara, cast.ines, cast.okafor).url
    page = tara.get(url).content.decode()
    assert not mailoutbox
    assert "nobody has been told" in page
    assert "A manager must invite Dr Ada Okafor." in page
    record = reverse("physician_record", args=[cast.okafor.pk])
    assert record not in page
    assert record in cast.browser(cast.mona).get(url).content.decode()


def test_only_those_who_supervise_the_client_or_an_open_injury_can_be_asked(cast, tara):
    join_care_team(client=cast.ines, physician=cast.lindt, by=cast.tara.user)
    choices = tara.get(at("request_new", cast.ines)).context["form"].fields["physician"].queryset
    assert list(choices) == [cast.okafor]
    cast.consent(cast.ines, cast.lindt)
    cast.injury(cast.ines, supervised_by=cast.lindt)
    assert list(choices.all()) != [cast.lindt]
    assert ask(tara, cast.ines, cast.lindt).status_code == 302
    assert ask(tara, cast.ines, cast.ode).status_code == 422


def test_without_a_physician_the_page_leads_to_the_care_team(cast, tara):
    new = cast.client(cast.tara, "Nora New")
    page = tara.get(at("request_new", new)).content.decode()
    assert "There is nobody to ask yet" in page
    assert "Send the question" not in page


def test_without_consent_nothing_is_asked_and_nobody_is_told(cast, tara, mailoutbox):
    withdraw_consent(consent=consents_of(cast.ines.pk).first(), by=cast.tara.user, reason="asked")
    answer = ask(tara, cast.ines, cast.okafor)
    assert answer.status_code == 422
    assert "given no consent" in answer.content.decode()
    assert not mailoutbox
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("physician", ""), ("physician", "x"), ("modes", ""), ("modes", "m" * 201), ("modes", "a\x00"),
        ("days_a_week", "0"), ("days_a_week", "8"), ("minutes", "1e9"), ("minutes", "9" * 30), ("minutes", "-1"),
        ("top_phase", "6"), ("top_phase", ""), ("top_effort", "11"), ("reply_by", "9999-01-01"),
        ("reply_by", "1999-01-01"),
        ("question", "q" * 4001),
    ],
)  # fmt: skip
def test_bad_input_stands_beside_its_field_and_nothing_typed_is_lost(cast, tara, field, value):
    typed = ENVELOPE | {"physician": cast.okafor.pk, "question": "Kept words."} | {field: value}
    answer = tara.post(at("request_new", cast.ines), typed)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert field == "question" or "Kept words." in answer.content.decode()
    assert not Request.objects.exists()


def test_the_question_waits_until_a_decision_answers_it(cast, tara):
    url = ask(tara, cast.ines, cast.okafor, question="May she run?", reply_by=(cast.today() + timedelta(days=7))).url
    page = tara.get(url).content.decode()
    for words in ("Waiting since", "May she run?", "2 days a week, 40 minutes a day", "5 of 10", "by Tara Trainer"):
        assert words in page
    decision = cast.sign(cast.ines)
    page = tara.get(url).content.decode()
    assert at("decision", cast.ines, decision.pk) in page
    assert "Waiting since" not in page
    second = cast.refuse(cast.ines)
    assert tara.get(url).context["answer"] == decision != second


def test_who_may_ask_and_who_may_read(cast, tara):
    url = ask(tara, cast.ines, cast.okafor).url
    number = Request.objects.get().pk
    assert cast.browser(cast.theo).get(url).status_code == 200
    assert cast.browser(cast.olga).get(url).status_code == 404
    assert tara.get(at("request", cast.uma, number)).status_code == 404
    assert cast.browser(cast.okafor.user).get(url).status_code == 403
    assert ask(cast.browser(cast.olga), cast.ines, cast.okafor).status_code == 404
    assert ask(cast.browser(cast.okafor.user), cast.ines, cast.okafor).status_code == 403
    assert tara.post(url).status_code == 405
    assert tara.put(at("request_new", cast.ines)).status_code == 405
