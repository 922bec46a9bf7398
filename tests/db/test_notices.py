"""Who is told what, once, and by whom nothing is told."""

import re
from datetime import UTC, datetime, time, timedelta
from threading import Event as Switch
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction

from clearance.audit.models import Event
from clearance.checkins.actions import record_check_in, review_flag
from clearance.checkins.models import Flag
from clearance.checkins.scales import Strength
from clearance.decisions import links, papers, questions
from clearance.decisions.models import Outcome, Request
from clearance.decisions.states import Kind, stage_of
from clearance.gate.guard import GateShut
from clearance.injuries.actions import hand_over, open_hold
from clearance.notices import queries
from clearance.notices.actions import again, run
from clearance.notices.models import Cursor, Delivery
from clearance.people import actions as people
from clearance.people import address_book, client_links, staff
from clearance.people.lock import now
from clearance.programs.actions import build
from tests.plans import plan
from tests.postbox import text_of

ENVELOPE = {"modes": "walking", "days_a_week": 2, "minutes": 40, "top_phase": 1, "top_effort": 4}
TARA, THEO, MONA = "tara@studio.test", "theo@studio.test", "mona@studio.test"


def doctor(cast, name="Dr Lena Link", **fields):
    """A verified physician without an account."""
    email = f"{name.rsplit(maxsplit=1)[-1].lower()}@clinic.test"
    values = {"name": name, "credential": "MD", "email": email, "licence": "L1", "licence_place": "Maine"} | fields
    physician = address_book.add_physician(studio=cast.north, by=cast.mona.user, **values)
    address_book.verify_physician(physician=physician, by=cast.mona.user, how="called", source="register")
    return physician


def asked(cast, name="Lotte Linked", physician=None, by=None, **fields) -> Request:
    """An open question by link."""
    physician = physician or doctor(cast)
    client = cast.client(cast.tara, name)
    hand_over(client=client, physician=physician, by=cast.tara.user)
    cast.consent(client, physician)
    by = by or cast.tara.user
    request, _ = questions.ask(
        client=client, physician=physician, by=by, on=cast.today(), **(ENVELOPE | {"channel": "LINK"} | fields)
    )
    return request


def token_in(message) -> str:
    return re.search(r"/answer/([\w-]{43})/", text_of(message))[1]


def told(kind) -> list[str]:
    """Who is told this, of whatever state."""
    return sorted(Delivery.objects.filter(kind=kind).values_list("address", flat=True))


# --- to the physician ---------------------------------------------------------------------------------------------


def test_a_question_by_link_reaches_the_physician_and_is_noted_as_sent(cast, inbox):
    request = asked(cast)
    assert run() == {"sent": 1, "failed": 0, "waiting": 0}
    (message,) = inbox.to("link@clinic.test")
    assert links.find(token_in(message)).request == request
    assert stage_of(request, at=now()).kind == Kind.SENT


def test_a_question_to_an_account_leads_to_the_account_and_holds_no_token(cast, inbox):
    questions.ask(client=cast.ines, physician=cast.okafor, by=cast.tara.user, on=cast.today(), **ENVELOPE)
    run()
    (message,) = inbox.to("okafor@clinic.test")
    assert "http://localhost:8000/physician/" in text_of(message)
    assert "/answer/" not in text_of(message)


def test_a_question_on_paper_is_not_mailed(cast, inbox):
    asked(cast, channel="PAPER")
    assert run()["sent"] == 0


def test_only_the_newest_of_two_links_is_mailed(cast, inbox, settings):
    request = asked(cast)
    _later(request, hours=30)
    questions.send_again(request=request, by=cast.tara.user)
    run()
    (message,) = inbox.to("link@clinic.test")
    assert links.ended_because(links.find(token_in(message)), at=now()) == ""


def _later(request, **delta):
    """Let a question have been asked earlier."""
    earlier = timedelta(**delta)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, moment in (("request", "at"), ("link", "since"), ("link", "expires_at")):
            key = "id" if table == "request" else "request_id"
            cursor.execute(
                f"UPDATE decisions_{table} SET {moment} = {moment} - %s WHERE {key} = %s", [earlier, request.pk]
            )
        cursor.execute("UPDATE audit_event SET at = at - %s WHERE client = %s", [earlier, request.client_id])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    request.refresh_from_db()


def _edit(cast, request, **fields):
    address_book.edit_physician(physician=request.physician, by=cast.mona.user, **fields)


def _stop_sharing(cast, request):
    consent = request.client.consents.get()
    people.withdraw_consent(consent=consent, by=cast.tara.user, reason="No more.")


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (
            lambda cast, one: questions.withdraw_request(request=one, by=cast.tara.user, reason="Mistake."),
            "waits for no",
        ),
        (lambda cast, one: _edit(cast, one, email="new@clinic.test"), "address has changed"),
        (lambda cast, one: _edit(cast, one, licence="L2"), "No manager vouches"),
        (_stop_sharing, "consent"),
    ],
)
def test_what_is_no_longer_true_when_due_is_not_sent(cast, inbox, act, why):
    request = asked(cast)
    inbox.refuse = "451 later"
    run()
    act(cast, request)
    inbox.refuse = ""
    run(at=now() + timedelta(minutes=2))
    assert inbox.to("link@clinic.test") == []
    assert why in Delivery.objects.get(kind="ASKED").why


def test_of_a_late_message_and_one_with_a_newer_link_only_the_newer_leaves(cast, inbox):
    request = asked(cast)
    inbox.refuse = "451 later"
    run()
    _later(request, hours=30)
    Delivery.objects.update(at=request.at)
    questions.send_again(request=request, by=cast.tara.user)
    inbox.refuse = ""
    run(at=now() + timedelta(minutes=2))
    assert len(inbox.to("link@clinic.test")) == 1
    assert sorted(Delivery.objects.filter(kind="ASKED").values_list("state", flat=True)) == ["SENT", "SKIPPED"]


def test_a_reminder_comes_three_days_later_and_a_day_before_the_link_ends_with_the_same_link(cast, inbox):
    request = asked(cast)
    run()
    asked_at = stage_of(request, at=now()).asked_at
    for days in (2, 3, 3.1, 5, 6, 6.1, 6.5):
        run(at=asked_at + timedelta(days=days, minutes=1))
    subjects = inbox.subjects("link@clinic.test")
    assert subjects == ["A question is waiting for you"] + ["Reminder: a question is waiting for you"] * 2
    assert len({token_in(one) for one in inbox.to("link@clinic.test")}) == 1


def test_after_an_outage_only_the_tightest_reminder_is_sent(cast, inbox):
    request = asked(cast)
    run()
    run(at=request.at + timedelta(days=6, hours=1))
    assert len(inbox.to("link@clinic.test")) == 2


def test_no_reminder_follows_on_the_heels_of_a_question_that_left_late(cast, inbox):
    request = asked(cast)
    for minutes in (0, 1, 2, 90, 900):
        run(at=request.at + timedelta(days=4, minutes=minutes))
    assert inbox.subjects("link@clinic.test") == ["A question is waiting for you"]


def test_an_answered_question_is_not_reminded_of(cast, inbox):
    questions.ask(client=cast.ines, physician=cast.okafor, by=cast.tara.user, on=cast.today(), **ENVELOPE)
    run()
    cast.refuse(cast.ines)
    run(at=now() + timedelta(days=4))
    assert told("REMINDER") == []


def test_the_next_reminder_is_known_ahead(cast):
    request = asked(cast)
    at = request.at
    assert queries.next_reminder(request, at=at) == at + timedelta(days=3)
    assert queries.next_reminder(request, at=at + timedelta(days=4)) == at + timedelta(days=6)
    assert queries.next_reminder(request, at=at + timedelta(days=6, hours=1)) is None
    on_paper = asked(cast, "Petra", doctor(cast, "Dr P Paper"), channel="PAPER")
    assert queries.next_reminder(on_paper, at=now()) is None


def test_quiet_hours_of_the_studios_clock_move_a_physicians_mail(cast, inbox):
    cast.north.time_zone = "America/New_York"
    cast.north.save()
    asked(cast, physician=doctor(cast, quiet_from=time(20), quiet_until=time(7)))
    evening = (now() + timedelta(days=1)).astimezone(UTC).replace(hour=3, minute=30)  # half past ten, or half past nine
    assert run(at=evening)["waiting"] == 1
    local = Delivery.objects.get(kind="ASKED").due_at.astimezone(ZoneInfo("America/New_York"))
    assert (local.hour, local.minute) == (7, 0)
    assert run(at=local + timedelta(seconds=1))["sent"] == 1


def test_a_message_that_was_late_waits_for_the_end_of_the_quiet_hours(cast, inbox):
    asked(cast, physician=doctor(cast, quiet_from=time(22), quiet_until=time(7)))
    noon = (now() + timedelta(days=1)).replace(hour=12)
    inbox.refuse = "451 later"
    run(at=noon)
    inbox.refuse = ""
    assert run(at=noon.replace(hour=23)) == {"sent": 0, "failed": 0, "waiting": 1}
    assert run(at=noon.replace(hour=7) + timedelta(days=1))["sent"] == 1


# --- to the studio ------------------------------------------------------------------------------------------------


def test_trainer_and_asker_hear_of_an_opened_question_and_of_its_answer(cast, inbox):
    request = asked(cast, by=cast.theo.user)
    run()
    link = request.links.get()
    assert links.enter_code(link=link, code=request.access_code)
    run()
    assert told("OPENED") == [TARA, THEO]
    assert inbox.subjects(TARA) == ["Your question was opened"]


def test_a_decision_is_told_once_to_the_trainer_with_a_page_that_asks_for_a_sign_in(cast, inbox):
    decision = cast.sign(cast.uma)
    run()
    (message,) = inbox.to(TARA)
    assert f"/clients/{cast.uma.pk}/decisions/{decision.pk}/" in text_of(message)
    assert not re.search("Uma|Uninjured|Okafor|[Cc]leared", text_of(message))


def test_a_locked_link_is_told_to_trainer_and_manager(cast, inbox):
    request = asked(cast)
    link = request.links.get()
    for _ in range(links.MOST_WRONG_CODES):
        links.enter_code(link=link, code="00000000" if request.access_code != "00000000" else "1" * 8)
    run()
    assert told("LOCKED") == [MONA, TARA]


def test_an_address_that_the_server_refuses_for_good_comes_back_to_the_trainer(cast, inbox):
    request = asked(cast)
    inbox.refuse = "550 5.1.1 <link@clinic.test> unknown"
    assert run()["failed"] == 1
    assert stage_of(request, at=now()).kind == Kind.BOUNCED
    failed = Delivery.objects.get(kind="ASKED")
    assert (failed.state, failed.attempts) == ("FAILED", 1)
    assert failed.why == "The mail server does not take this address (550)."
    inbox.refuse = ""
    run()
    assert inbox.subjects(TARA) == ["Your question came back"]


def test_a_gate_that_somebody_else_shuts_is_told_to_the_trainer_with_a_reason(cast, inbox):
    cast.sign(cast.uma)
    run()
    open_hold(client=cast.uma, by=cast.theo.user, reason="Dizzy since the morning.")
    run()
    message = inbox.to(TARA)[-1]
    assert message["Subject"] == "A gate was shut"
    assert "on hold until the physician answers" in text_of(message)
    assert "Dizzy" not in text_of(message)
    assert inbox.to(THEO) == []


def test_nobody_is_told_what_they_did_themselves(cast, inbox):
    cast.sign(cast.uma)
    run()
    open_hold(client=cast.uma, by=cast.tara.user, reason="Dizzy.")
    run()
    assert told("SHUT") == []


def test_a_gate_that_was_shut_before_is_not_shut_again(cast, inbox):
    open_hold(client=cast.uma, by=cast.theo.user, reason="Dizzy.")
    run()
    assert told("SHUT") == []


def test_a_withdrawn_clearance_is_one_message_that_says_that_the_gate_is_shut(cast, inbox):
    cast.sign(cast.uma)
    run()
    cast.refuse(cast.uma, Outcome.WITHDRAWN)
    run()
    assert inbox.subjects(TARA) == ["An answer has come in", "A gate was shut"]


def typed(cast, request, by):
    """A paper answer, typed in by somebody."""
    paper = papers.receive_paper(
        request=request, by=by, how="SCAN", content=b"paper", media="application/pdf", previews=(b"page",)
    )
    draft = cast.clearance(request.client, request.physician)
    return papers.transcribe(
        paper=paper, by=by, draft=draft, signed_on=cast.today(), name=request.physician.name, credential="MD",
        licence="L1",
    )  # fmt: skip


def test_a_typed_paper_waits_for_manager_and_trainer_and_a_confirmed_one_is_an_answer(cast, inbox):
    request = asked(cast, channel="PAPER")
    decision = typed(cast, request, cast.theo.user)
    run()
    assert told("CONFIRM") == [MONA, TARA]
    papers.confirm(decision=decision, by=cast.mona.user)
    run()
    assert told("ANSWERED") == [TARA]


def test_the_end_of_a_paper_that_nobody_confirmed_is_not_told(cast, inbox):
    decision = typed(cast, asked(cast, channel="PAPER"), cast.tara.user)
    run(at=datetime.combine(decision.valid_until, time(12), tzinfo=UTC))
    assert Delivery.objects.get(kind="ENDING").state == "SKIPPED"


def test_whoever_typed_a_paper_is_not_asked_to_confirm_it_but_hears_when_it_is_rejected(cast, inbox):
    decision = typed(cast, asked(cast, channel="PAPER"), cast.tara.user)
    run()
    assert told("CONFIRM") == [MONA]
    papers.reject(decision=decision, by=cast.mona.user, reason="The end date is another one.")
    run()
    assert inbox.subjects(TARA) == ["A paper has to be typed again"]


def test_a_contact_that_is_no_longer_verified_shuts_gates_and_waits_for_a_manager(cast, inbox):
    cast.sign(cast.uma)
    run()
    address_book.edit_physician(physician=cast.okafor, by=cast.theo.user, phone="+12025550199")
    run()
    assert told("SHUT") == [TARA]
    assert inbox.subjects(MONA) == ["A contact waits to be verified"]
    address_book.edit_physician(physician=cast.okafor, by=cast.theo.user, phone="+12025550198")
    run()
    assert len(inbox.to(MONA)) == 1


def test_a_new_contact_waits_for_managers_but_not_for_the_one_who_wrote_it(cast, inbox):
    staff.invite(studio=cast.north, email="max@studio.test", name="Max", role="MANAGER", by=None)
    cast.physician(cast.north, "Dr Una Unknown", cast.mona.user, verified=False)
    run()
    assert told("VERIFY") == ["max@studio.test"]


def test_refused_attempts_on_one_client_are_told_to_managers_once_a_day(cast, inbox):
    for who in (cast.tara, cast.theo, cast.tara):
        with pytest.raises(GateShut):
            build(client=cast.uma, by=who.user, plan=plan())
    run()
    assert told("REFUSED") == [MONA]
    with pytest.raises(GateShut):
        build(client=cast.ines, by=cast.tara.user, plan=plan())
    run()
    assert told("REFUSED") == [MONA, MONA]


def test_an_ending_clearance_is_told_fourteen_seven_and_one_day_before(cast, inbox):
    decision = cast.sign(cast.uma)
    run()
    end = datetime.combine(decision.valid_until, time(12), tzinfo=UTC)
    for days in (15, 14, 13, 7, 6, 1, 0, -1):
        run(at=end - timedelta(days=days))
    assert inbox.subjects(TARA)[1:] == ["A clearance ends soon"] * 3
    assert sorted(Delivery.objects.filter(kind="ENDING").values_list("key", flat=True)) == [
        f"ending:{decision.pk}:{mark}" for mark in (1, 14, 7)
    ]


def test_a_clearance_of_a_week_is_not_told_as_ending_when_it_begins(cast, inbox):
    decision = cast.sign(cast.uma, valid_until=cast.today() + timedelta(days=7))
    run()
    assert told("ENDING") == []
    run(at=datetime.combine(decision.valid_until, time(1), tzinfo=UTC))
    assert told("ENDING") == [TARA]


def test_the_end_of_a_decision_that_no_longer_counts_is_not_told(cast, inbox):
    decision = cast.sign(cast.uma)
    people.set_supervising(client=cast.uma, physician=cast.lindt, by=cast.tara.user, reason="Moved.")
    run(at=datetime.combine(decision.valid_until, time(12), tzinfo=UTC))
    assert Delivery.objects.get(kind="ENDING").state == "SKIPPED"


def test_who_no_longer_works_here_is_told_nothing(cast, inbox):
    staff.invite(studio=cast.north, email="max@studio.test", name="Max", role="MANAGER", by=None)
    cast.mona.active = False
    cast.mona.save()
    cast.physician(cast.north, "Dr Una Unknown", cast.tara.user, verified=False)
    run()
    assert told("VERIFY") == ["max@studio.test"]


# --- to the client, and about what rules and clients do ------------------------------------------------------------


def invited(cast):
    return client_links.issue(client=cast.ines, by=cast.tara.user)


def checked_in(cast, **told):
    """A check-in by the trainer."""
    values = {"pain_now": 1, "strength": Strength.SAME} | told
    return record_check_in(client=cast.ines, by=cast.tara.user, on=cast.today(), cap=None, **values)


def test_a_personal_link_reaches_the_client_and_nobody_else(cast, inbox):
    link = invited(cast)
    assert run() == {"sent": 1, "failed": 0, "waiting": 0}
    (message,) = inbox.to("ines@example.test")
    assert client_links.find(re.search(r"/my/([\w-]{43})/", text_of(message))[1]) == link
    delivery = Delivery.objects.get()
    assert (delivery.kind, delivery.user, delivery.physician, delivery.link) == ("INVITED", None, None, link)


def _rename(cast, **fields):
    known = {name: getattr(cast.ines, name) for name in people.CLIENT_FIELDS}
    people.edit_client(client=cast.ines, by=cast.tara.user, **known | fields)


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (lambda cast: client_links.revoke(client=cast.ines, by=cast.tara.user), "The link has ended."),
        (lambda cast: people.archive_client(client=cast.ines, by=cast.tara.user), "The client is archived."),
        (lambda cast: _rename(cast, email="new@example.test"), "The client's address has changed."),
    ],
)
def test_a_personal_link_that_has_ended_when_it_is_due_is_not_sent(cast, inbox, end, why):
    invited(cast)
    inbox.refuse = "451 later"
    run()
    end(cast)
    inbox.refuse = ""
    run(at=now() + timedelta(minutes=2))
    assert inbox.messages == []
    assert Delivery.objects.get(kind="INVITED").why == why


def test_a_personal_link_that_was_sent_long_before_the_first_reading_is_mailed_while_it_lives(cast, inbox):
    link = invited(cast)
    run(at=link.since + timedelta(days=5))
    assert inbox.subjects("ines@example.test") == ["Your personal page"]


def test_a_locked_personal_link_is_told_to_trainer_and_manager_until_a_new_one_is_sent(cast, inbox):
    link = invited(cast)
    run()
    for _ in range(5):
        client_links.enter_code(link=link, code="00000000" if link.access_code != "00000000" else "1" * 8)
    run()
    assert told("GUESSED") == [MONA, TARA]
    assert f"/clients/{cast.ines.pk}/link/" in text_of(inbox.to(TARA)[-1])


def test_a_stop_by_a_rule_is_told_at_once_to_managers_and_to_the_trainer_who_typed_it_too_and_once(cast, inbox):
    cast.sign(cast.ines)
    run()
    before = len(inbox.messages)
    checked_in(cast, pain_now=8, symptoms={"chest": "yes", "weakness": "unsure", "new_place": "yes"})
    run()
    assert told("FLAG") == [MONA, TARA]
    assert told("SHUT") == []
    assert len(inbox.messages) == before + 2
    text = text_of(inbox.to(TARA)[-1])
    assert "no program can be built or used" in text
    assert not re.search("chest|pain|weak|Ines", text)


def test_a_flag_for_review_is_told_to_the_trainer_only(cast, inbox):
    checked_in(cast, pain_now=8)
    run()
    assert told("FLAG") == [TARA]
    assert "waits for your review" in text_of(inbox.to(TARA)[-1])


def test_a_flag_that_was_reviewed_or_answered_meanwhile_is_not_told(cast, inbox):
    checked_in(cast, pain_now=8)
    inbox.refuse = "451 later"
    run()
    review_flag(flag=Flag.objects.get(), by=cast.tara.user, reason="A hard day.")
    checked_in(cast, symptoms={"weakness": "yes"})
    run()
    cast.sign(cast.ines)
    inbox.refuse = ""
    run(at=now() + timedelta(minutes=2))
    whys = set(Delivery.objects.filter(kind="FLAG").values_list("state", "why"))
    assert whys == {("SKIPPED", "It was reviewed since."), ("SKIPPED", "The gate is open again.")}


def test_a_flag_beside_a_reviewed_one_of_the_same_moment_is_still_told(cast, inbox):
    checked_in(cast, pain_now=8, symptoms={"new_place": "yes"})
    inbox.refuse = "451 later"
    run()
    review_flag(flag=Flag.objects.first(), by=cast.tara.user, reason="A hard day.")
    inbox.refuse = ""
    run(at=now() + timedelta(minutes=2))
    assert inbox.subjects(TARA) == ["A red flag needs you"]


def test_a_consent_withdrawn_under_the_link_is_told_to_the_trainer_once_whether_the_gate_was_open_or_not(cast, inbox):
    link = invited(cast)
    cast.sign(cast.ines)
    run()
    people.withdraw_consent(consent=cast.ines.consents.get(), by=None, link=link, reason="No more.")
    run()
    assert inbox.subjects(TARA)[1:] == ["A consent was withdrawn"]
    assert told("SHUT") == []


def test_a_withdrawal_is_told_to_trainer_and_managers_even_when_somebody_recorded_a_new_consent_meanwhile(cast, inbox):
    link = invited(cast)
    people.withdraw_consent(consent=cast.ines.consents.get(), by=None, link=link, reason="No more.")
    inbox.refuse = "451 later"
    run()
    cast.consent(cast.ines, cast.okafor)
    inbox.refuse = ""
    run(at=now() + timedelta(minutes=2))
    assert told("CONSENT") == [MONA, TARA]


def test_every_message_has_a_reader(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(studio=cast.north, kind="INVITED", key="x", address="x@y.test", at=now(), due_at=now())


# --- once, and in time --------------------------------------------------------------------------------------------


def test_reading_on_tells_nobody_twice(cast, inbox):
    asked(cast)
    run()
    Cursor.objects.update(read_up_to=0)
    assert run()["sent"] == 0


def test_no_message_makes_a_message(cast, inbox):
    asked(cast)
    run()
    assert Event.objects.filter(action="request.sent").count() == 1
    assert run()["sent"] == 0


def test_what_happened_long_before_the_first_reading_is_not_mailed_but_an_open_link_is(cast, inbox):
    request = asked(cast)
    cast.sign(cast.uma)
    run(at=request.at + timedelta(days=5))
    assert inbox.subjects("link@clinic.test") == ["A question is waiting for you"]
    assert inbox.to(TARA) == []


def test_a_server_in_trouble_is_tried_again_with_growing_pauses_and_then_given_up(cast, inbox):
    asked(cast)
    inbox.refuse = "451 try later"
    at, pauses = now(), []
    run(at=at)
    while (one := Delivery.objects.get()).state == "PENDING":
        pauses.append(round((one.due_at - at).total_seconds() / 60))
        at = one.due_at
        run(at=at)
    assert pauses == [1, 5, 30, 120, 480]
    assert (one.state, one.attempts) == ("FAILED", 6)
    assert stage_of(one.request, at=now()).kind == Kind.DRAFTED


def test_no_server_at_all_is_said_in_words(cast, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    asked(cast)
    assert run() == {"sent": 0, "failed": 0, "waiting": 1}
    assert Delivery.objects.get().why == "The mail server could not be reached."


def test_one_bad_message_does_not_hold_up_the_others(cast, inbox, settings):
    asked(cast)
    settings.SECRET_KEY = "another key of this installation, long enough to be one"
    cast.physician(cast.north, "Dr Una Unknown", cast.tara.user, verified=False)
    assert run() == {"sent": 1, "failed": 1, "waiting": 0}
    assert "key of this installation" in Delivery.objects.get(kind="ASKED").why


def test_a_worker_that_is_told_to_stop_begins_no_other_message(cast, inbox):
    asked(cast)
    stop = Switch()
    stop.set()
    assert run(stop=stop) == {"sent": 0, "failed": 0, "waiting": 1}


def test_a_failed_message_can_be_tried_again(cast, inbox):
    request = asked(cast)
    inbox.refuse = "550 no"
    run()
    inbox.refuse = ""
    again(delivery=Delivery.objects.get(kind="ASKED"), by=cast.mona.user)
    run()
    assert len(inbox.to("link@clinic.test")) == 1
    assert stage_of(request, at=now()).kind == Kind.SENT


def test_another_studio_hears_nothing(cast, inbox):
    asked(cast)
    cast.sign(cast.uma)
    run()
    assert "olga@studio.test" not in {rcpt for one in inbox.envelopes for rcpt in one.rcpt_tos}
