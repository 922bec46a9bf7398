"""Questions to physicians: two clicks, every state with who and when, and one thing that moves it on."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.urls import reverse

from clearance.decisions import links, questions
from clearance.decisions.actions import void_decision
from clearance.decisions.models import Link, Outcome, Request
from clearance.decisions.papers import confirm, receive_paper, transcribe
from clearance.decisions.statement import Draft
from clearance.people.actions import join_care_team, withdraw_consent
from clearance.people.lock import now
from clearance.people.models import Channel, Studio
from clearance.people.queries import consents_of

PLAN = {"modes": "core", "days_a_week": 2, "minutes": 40, "top_phase": 1, "top_effort": 5}

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


def ask_by(cast, channel, **other):
    by = {"client": cast.ines, "physician": cast.okafor, "by": cast.tara.user, "on": cast.today()}
    return questions.ask(**by, channel=channel, **PLAN | other)[0]


def page_of(cast, browser, request):
    return browser.get(at("request", cast.ines, request.pk))


def test_two_clicks_ask_about_all_that_the_physician_supervises_by_the_usual_way(cast, tara, mailoutbox):
    knee = cast.knee
    shown = tara.get(at("request_new", cast.ines)).context["form"]
    posted = {name: shown[name].value() for name in shown.fields if shown[name].value()}
    answer = tara.post(at("request_new", cast.ines), posted)
    asked = Request.objects.get()
    assert answer.url == at("request", cast.ines, asked.pk)
    assert [one.injury_id for one in asked.asked_about.all()] == [knee.pk]
    assert (asked.channel, asked.reply_by) == (Channel.ACCOUNT, cast.today() + timedelta(days=7))
    assert not mailoutbox, "who is told what reads the trail"


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        ("LINK", "Tell them the access code by phone."),
        ("PAPER", "Print the letter and hand or fax it."),
        ("ACCOUNT", "The notice to Dr Ada Okafor leaves within a minute."),
    ],
)
def test_after_asking_the_page_says_what_happens_next(cast, tara, channel, words):
    url = ask(tara, cast.ines, cast.okafor, channel=channel).url
    assert words in tara.get(url).content.decode()
    assert Request.objects.get().channel == channel


def test_the_way_left_out_is_the_one_the_physician_likes(cast, tara):
    cast.okafor.channel = Channel.PAPER
    cast.okafor.save()
    ask(tara, cast.ines, cast.okafor)
    assert Request.objects.get().channel == Channel.PAPER


def test_ways_that_reach_nobody_are_not_offered(cast, tara):
    cast.okafor.user = None
    cast.okafor.save()
    form = tara.get(at("request_new", cast.ines)).context["form"]
    assert [value for value, _ in form.fields["channel"].choices] == ["LINK", "PAPER"]
    assert ask(tara, cast.ines, cast.okafor, channel="ACCOUNT").status_code == 422


def test_of_two_physicians_each_is_asked_about_their_own_injuries(cast, tara):
    join_care_team(client=cast.ines, physician=cast.lindt, by=cast.tara.user)
    cast.consent(cast.ines, cast.lindt)
    knee, elbow = cast.knee, cast.injury(cast.ines, area="elbow", supervised_by=cast.lindt)
    form = tara.get(at("request_new", cast.ines), {"physician": cast.lindt.pk}).context["form"]
    assert form["about"].value() == [elbow.pk]
    assert {words for _, words in form.fields["about"].choices} == {
        "Knee, left, moderate (Dr Ada Okafor)", "Elbow, left, moderate (Dr Leo Lindt)",
    }  # fmt: skip
    refused = ask(tara, cast.ines, cast.lindt, about=[knee.pk])
    assert refused.status_code == 422
    assert "about open injuries that they supervise" in refused.content.decode()
    assert ask(tara, cast.ines, cast.lindt, about=[elbow.pk]).status_code == 302


def test_named_movements_are_asked_about(cast, tara):
    ask(tara, cast.ines, cast.okafor, movements=["squat", "hinge"])
    asked = Request.objects.get()
    assert asked.movements == ["squat", "hinge"]
    assert "squat, hip hinge" in page_of(cast, tara, asked).content.decode()


def test_the_plan_asked_about_last_is_where_the_next_one_starts(cast, tara):
    ask(tara, cast.ines, cast.okafor, minutes="55", movements=["squat"])
    cast.sign(cast.ines)
    form = tara.get(at("request_new", cast.ines)).context["form"]
    assert (form["minutes"].value(), form["movements"].value()) == (55, ["squat"])
    assert form.plan_open


def test_a_fold_is_open_where_something_has_to_be_corrected(cast, tara):
    assert not tara.get(at("request_new", cast.ines)).context["form"].plan_open
    form = ask(tara, cast.ines, cast.okafor, minutes="1", reply_by="1999-01-01").context["form"]
    assert (form.plan_open, form.way_open) == (True, True)


def test_the_same_question_sent_twice_is_one_request_and_another_plan_replaces_it(cast, tara):
    first, second = (ask(tara, cast.ines, cast.okafor) for _ in range(2))
    assert first.url == second.url
    third = ask(tara, cast.ines, cast.okafor, minutes="50")
    assert Request.objects.count() == 2
    assert "Replaced" in tara.get(first.url).content.decode()
    assert "Replaced" not in tara.get(third.url).content.decode()


def test_only_those_who_supervise_the_client_or_an_open_injury_can_be_asked(cast, tara):
    join_care_team(client=cast.ines, physician=cast.lindt, by=cast.tara.user)
    choices = tara.get(at("request_new", cast.ines)).context["form"].fields["physician"].queryset
    assert list(choices) == [cast.okafor]
    cast.consent(cast.ines, cast.lindt)
    elbow = cast.injury(cast.ines, supervised_by=cast.lindt)
    assert list(choices.all()) != [cast.lindt]
    assert ask(tara, cast.ines, cast.lindt).status_code == 422, "about nothing that is theirs"
    assert ask(tara, cast.ines, cast.lindt, about=[elbow.pk]).status_code == 302
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
    cast.knee
    url = ask(tara, cast.ines, cast.okafor, question="May she run?", about=[cast.knee.pk]).url
    page = tara.get(url).content.decode()
    for words in (
        "Waiting for Dr Ada Okafor since", "May she run?", "2 days a week, 40 minutes a day", "5 of 10",
        "by Tara Trainer", "Knee, left, moderate",
    ):  # fmt: skip
        assert words in page
    decision = cast.sign(cast.ines)
    page = tara.get(url).content.decode()
    assert at("decision", cast.ines, decision.pk) in page
    assert at("evidence", cast.ines, decision.pk) in page
    assert "Waiting for" not in page
    second = cast.refuse(cast.ines)
    assert [row["decision"] for row in tara.get(url).context["answers"]] == [decision] != [second]


def test_an_answer_that_was_a_mistake_is_struck_through_and_the_question_waits(cast, tara):
    request = ask_by(cast, "ACCOUNT")
    void_decision(decision=cast.sign(cast.ines), by=cast.mona.user, reason="Wrong client")
    page = page_of(cast, tara, request)
    assert page.context["waits"]
    assert "<s>Cleared for what is planned</s>" in page.content.decode()


def test_every_state_is_in_the_history_with_who_and_when(cast, tara):
    request = ask_by(cast, "LINK")
    questions.note_sent(request=request)
    links.enter_code(link=Link.objects.get(), code=request.access_code)
    page = page_of(cast, tara, request)
    assert [row["stage"].label for row in page.context["past"]] == ["Opened", "Sent", "Drafted"]
    assert page.context["past"][-1]["stage"].who == "Tara Trainer"
    assert page.context["chip"]["word"] == "Opened"


def test_the_access_code_is_read_out_only_while_a_link_waits(cast, tara):
    request = ask_by(cast, "LINK")
    words = f"{request.access_code[:4]} {request.access_code[4:]}"
    assert words in page_of(cast, tara, request).content.decode()
    assert page_of(cast, cast.browser(cast.theo), request).context["access_code"] == words
    cast.sign(cast.ines)
    assert words not in page_of(cast, tara, request).content.decode()
    letter = ask_by(cast, "PAPER")
    page = page_of(cast, tara, letter).content.decode()
    assert letter.access_code not in page.replace(" ", "")
    assert f"{letter.code[:4]}-{letter.code[4:]}" in page


def test_sending_again_waits_for_the_cool_down_and_is_offered_at_once_for_a_locked_link(cast, tara):
    request = ask_by(cast, "LINK")
    url = at("request_again", cast.ines, request.pk)
    page = page_of(cast, tara, request).content.decode()
    assert f'action="{url}"' not in page
    assert "It can be sent again from" in page
    for _ in range(5):
        links.enter_code(link=Link.objects.get(until=None), code="x")
    page = page_of(cast, tara, request).content.decode()
    assert f'action="{url}"' in page
    assert "The link to Dr Ada Okafor is locked." in page
    assert request.access_code not in page.replace(" ", ""), "no code is read out for a link that has ended"
    assert "Send a new link" in page


def test_send_again_makes_a_new_link_and_tells_when_it_is_too_early(cast, tara, monkeypatch):
    monkeypatch.setattr(questions, "AT_ONCE", timedelta(0))
    request = ask_by(cast, "LINK")
    url = at("request_again", cast.ines, request.pk)
    assert tara.post(url).status_code == 409
    Studio.objects.update(ask_again_hours=0)
    assert tara.post(url).url == at("request", cast.ines, request.pk)
    assert Link.objects.count() == 2
    board = f"{reverse('chase')}?state=SENT"
    assert cast.browser(cast.mona).post(f"{url}?next={quote(board)}").url == board
    for elsewhere in ("//evil.test/requests/", "https://evil.test/", "/studio/"):
        assert cast.browser(cast.mona).post(f"{url}?next={quote(elsewhere)}").url == at(
            "request", cast.ines, request.pk
        )


def test_without_an_address_nothing_is_sent_again(cast, tara):
    request = ask_by(cast, "PAPER")
    cast.okafor.email = cast.okafor.mailbox = ""
    cast.okafor.save()
    page = page_of(cast, tara, request)
    assert (page.context["again"], page.context["ready"]) == (None, None)
    assert at("letter", cast.ines, request.pk) in page.content.decode()


def test_a_changed_record_is_said(cast, tara):
    request = ask_by(cast, "LINK")
    assert "The record has changed" not in page_of(cast, tara, request).content.decode()
    cast.injury(cast.ines, area="elbow")
    assert "The record has changed since you asked." in page_of(cast, tara, request).content.decode()


def test_a_letter_is_not_told_of_a_changed_record(cast, tara):
    request = ask_by(cast, "PAPER")
    assert "The record has changed" not in page_of(cast, tara, request).content.decode()
    cast.injury(cast.ines, area="elbow")
    assert "The letter does not say so" in page_of(cast, tara, request).content.decode()


def test_a_link_to_an_address_that_is_no_more_is_said(cast, tara):
    request = ask_by(cast, "LINK")
    cast.okafor.mailbox = "new@clinic.test"
    cast.okafor.save()
    assert "so the link leads nowhere" in page_of(cast, tara, request).content.decode()


def test_what_the_physician_needs_is_answered_on_the_same_question(cast, tara):
    request = ask_by(cast, "ACCOUNT")
    cast.sign(cast.ines, draft=Draft(outcome="DEFERRED", conditions="Which side?"))
    page = page_of(cast, tara, request)
    url = at("request_tell", cast.ines, request.pk)
    assert page.content.decode().count("Which side?") == 1
    assert url in page.content.decode()
    assert tara.post(url, {"words": " "}).status_code == 422
    assert "Which side?" in tara.get(url).content.decode()
    assert tara.post(url, {"words": "The left one."}).url == at("request", cast.ines, request.pk)
    page = page_of(cast, tara, request)
    assert page.context["chip"]["word"] == "Told more"
    assert "The left one." in page.content.decode()
    assert page.context["gate"].turn == "Dr Ada Okafor"
    assert tara.get(url).status_code == 302
    assert tara.post(url, {"words": "Kept words."}).status_code == 422


def test_a_question_is_taken_back_with_a_reason(cast, tara):
    request = ask_by(cast, "LINK")
    url = at("request_withdraw", cast.ines, request.pk)
    assert tara.get(url).status_code == 200
    assert tara.post(url, {"reason": ""}).status_code == 422
    assert tara.post(url, {"reason": "Asked the wrong one."}).status_code == 302
    page = page_of(cast, tara, request)
    assert page.context["chip"]["word"] == "Withdrawn"
    assert "Asked the wrong one." in page.content.decode()
    assert (page.context["again"], page.context["letter"], page.context["may_withdraw"]) == (None, "", False)
    assert tara.get(url).status_code == 302
    assert tara.post(url, {"reason": "Again"}).status_code == 422


def test_a_contact_is_noted_and_can_say_that_the_letter_left(cast, tara):
    cast.okafor.habits = "Fax before noon."
    cast.okafor.save()
    request = ask_by(cast, "PAPER")
    url = at("request_contact", cast.ines, request.pk)
    form = tara.get(url, {"effect": "SENT"})
    assert form.context["form"]["effect"].value() == "SENT"
    assert "Fax before noon." in form.content.decode()
    assert tara.post(url, {"note": "Kept words."}).status_code == 422
    said = {"kind": "FAX", "spoke_with": "Kim", "note": "Will look.", "fee": "$25", "effect": "SENT"}
    assert tara.post(url, said).status_code == 302
    page = page_of(cast, tara, request)
    assert page.context["chip"]["word"] == "Sent"
    for words in ("Fax with Kim", "Will look.", "Fee named: $25."):
        assert words in page.content.decode()


def test_of_a_settled_question_a_contact_says_nothing_about_the_question(cast, tara):
    request = ask_by(cast, "ACCOUNT")
    cast.sign(cast.ines)
    url = at("request_contact", cast.ines, request.pk)
    assert "effect" not in tara.get(url).context["form"].fields
    assert tara.post(url, {"kind": "CALL", "effect": "BOUNCED"}).status_code == 302
    assert page_of(cast, tara, request).context["chip"]["word"] == "Answered"


@pytest.mark.parametrize("form", ["request_tell", "request_withdraw", "request_contact"])
@pytest.mark.parametrize("value", ["x" * 5000, "a\x00b"])
def test_bad_input_on_the_small_forms_is_kept_beside_its_field(cast, tara, form, value):
    request = ask_by(cast, "ACCOUNT")
    cast.refuse(cast.ines, "DEFERRED")
    field = {"request_tell": "words", "request_withdraw": "reason", "request_contact": "note"}[form]
    answer = tara.post(at(form, cast.ines, request.pk), {"kind": "CALL", field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def paper(request, by, content=b"paper"):
    return receive_paper(
        request=request, by=by, how="FAX", content=content, media="application/pdf", previews=(b"page",)
    )


def typed(cast, scan, by, outcome=Outcome.CLEARED):
    draft = cast.clearance(cast.ines) if outcome == Outcome.CLEARED else Draft(outcome=outcome, conditions="x")
    who = {"name": "Dr Ada Okafor", "credential": "MD", "licence": "A12345"}
    return transcribe(paper=scan, by=by, draft=draft, signed_on=cast.today(), **who)


def test_a_paper_is_typed_by_one_and_compared_by_another(cast, tara):
    cast.knee
    request = ask_by(cast, "PAPER")
    scan = paper(request, cast.tara.user)
    page = page_of(cast, tara, request).content.decode()
    assert at("paper_transcribe", cast.ines, scan.pk) in page
    assert "Of several answers the one signed later counts." in page
    decision = typed(cast, scan, cast.tara.user)
    url = at("paper_check", cast.ines, decision.pk)
    mine, theirs = page_of(cast, tara, request), page_of(cast, cast.browser(cast.theo), request)
    assert url not in mine.content.decode()
    assert mine.context["gate"].step is None
    assert mine.context["gate"].turn == "a second person of the studio"
    assert theirs.context["gate"].step == {"label": "Compare the paper", "url": url, "method": "get"}
    confirm(decision=decision, by=cast.theo.user)
    assert "Confirmed by Theo Trainer" in page_of(cast, tara, request).content.decode()


def test_the_code_of_a_letter_leads_to_its_question(cast, tara):
    request = ask_by(cast, "PAPER")
    for code in (request.code, f"{request.code[:4]}-{request.code[4:]}".lower()):
        assert tara.get(reverse("letter_code", args=[code])).url == at("request", cast.ines, request.pk)
    for code in ("XXXXXXXX", "-", "x" * 300):
        assert tara.get(reverse("letter_code", args=[code])).status_code == 404
    assert cast.browser(cast.olga).get(reverse("letter_code", args=[request.code])).status_code == 404
    assert cast.browser(cast.okafor.user).get(reverse("letter_code", args=[request.code])).status_code == 403


def test_questions_from_before_letters_are_found_by_no_code(cast, tara):
    asked = {"client": cast.ines, "physician": cast.okafor, "by": cast.tara.user, "at": now()}
    for _ in range(2):
        Request.objects.create(**asked, **PLAN)
    assert tara.get(reverse("letter_code", args=["-"])).status_code == 404
    page = page_of(cast, tara, Request.objects.first())
    assert page.status_code == 200
    assert page.context["letter"] == ""


def bounce(cast, request):
    questions.note_bounced(request=request, why="550")


def defer(cast, request):
    cast.refuse(cast.ines, "DEFERRED")


@pytest.mark.parametrize(
    ("channel", "happens", "words"),
    [
        ("LINK", lambda cast, one: None, ("Dr Ada Okafor", "See the question")),
        ("LINK", bounce, ("the trainer: the question came back", "See the question")),
        ("PAPER", lambda cast, one: None, ("the trainer: the letter has not left", "See the question")),
        ("ACCOUNT", defer, ("the trainer, to answer Dr Ada Okafor", "Answer Dr Ada Okafor’s question")),
    ],
)
def test_the_gate_banner_says_whose_move_it_is(cast, tara, channel, happens, words):
    request = ask_by(cast, channel)
    happens(cast, request)
    gate = tara.get(reverse("client", args=[cast.ines.pk])).context["gate"]
    assert gate.turn == words[0]
    assert gate.step == {"label": words[1], "url": at("request", cast.ines, request.pk), "method": "get"}


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
