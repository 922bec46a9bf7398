"""Two real connections at once: no program is saved after the fact that forbids it, judged by the order of commits."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from clearance.audit.models import Event
from clearance.checkins.actions import record_check_in, record_session
from clearance.decisions import links
from clearance.decisions.actions import read_back
from clearance.decisions.models import CodeTry, Link, Outcome
from clearance.decisions.questions import ask
from clearance.decisions.statement import digest
from clearance.gate import replay
from clearance.gate.guard import GateShut
from clearance.gate.models import Pass
from clearance.injuries.actions import open_hold
from clearance.injuries.courses import start_course
from clearance.people.actions import withdraw_consent
from clearance.people.lock import lock_client, now
from clearance.programs.actions import build
from tests.cast import Cast
from tests.plans import plan

ROUNDS = 50


def course(cast: Cast, client: Any) -> Any:
    """A course on an injury, before the client is cleared."""
    return start_course(injury=cast.injury(client), by=cast.tara.user, kind="prolotherapy", planned_sessions=6)


def nothing(cast: Cast, client: Any) -> None:
    """Most need nothing beforehand."""


def chest_pain(cast: Cast, client: Any) -> Any:
    return record_check_in(
        client=client,
        by=cast.theo.user,
        on=cast.today(),
        cap=None,
        pain_now=0,
        strength=4,
        symptoms={"chest": "unsure"},
    ).at


# What shuts, beside what has to be there before: each returns the moment of the record.
SHUTTERS: dict[str, tuple[Callable[[Cast, Any], Any], Callable[[Cast, Any, Any], Any]]] = {
    "withdraw": (nothing, lambda cast, client, _: cast.refuse(client, Outcome.WITHDRAWN).signed_at),
    "new injury": (nothing, lambda cast, client, _: cast.injury(client, area="elbow", side="left").created_at),
    "hold": (nothing, lambda cast, client, _: open_hold(client=client, by=cast.tara.user, reason="Dizzy.").at),
    "treatment session": (
        course,
        lambda cast, client, course: (
            record_session(course=course, by=cast.theo.user, performed_on=cast.today(), on=cast.today()).recorded_at
        ),
    ),
    "check-in": (nothing, lambda cast, client, _: chest_pain(cast, client)),
    "consent withdrawn": (
        lambda cast, client: client.consents.get(until=None),
        lambda cast, client, consent: _withdrawn(cast, consent),
    ),
}


def _withdrawn(cast: Cast, consent: Any) -> Any:
    withdraw_consent(consent=consent, by=cast.tara.user, reason="The client said so.")
    consent.refresh_from_db()
    return consent.until


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts at once, each on its own connection; return results, or the exceptions that were raised."""
    start, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        start.wait(10)
        try:
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.mark.parametrize("name", SHUTTERS)
def test_no_program_is_later_than_what_shuts_the_gate(committed, name):
    cast, outcomes = committed, set()
    prepare, act = SHUTTERS[name]
    for number in range(ROUNDS):
        client = cast.client(cast.tara, f"Racer {number}", cast.okafor)
        before = prepare(cast, client)
        cast.sign(client)

        def shut(client=client, number=number, before=before):
            time.sleep(0.002 * (number % 5))
            return act(cast, client, before)

        built, shut_at = together(lambda client=client: build(client=client, by=cast.tara.user, plan=plan()), shut)
        assert not isinstance(shut_at, Exception), shut_at
        outcomes.add(type(built).__name__)
        if isinstance(built, Exception):
            assert isinstance(built, GateShut), built
            assert not Pass.objects.filter(client=client).exists()
        else:
            assert built.at < shut_at
        with pytest.raises(GateShut):
            build(client=client, by=cast.tara.user, plan=plan())
    assert list(replay.differences()) == []
    assert "ProgramVersion" in outcomes


def test_a_build_that_waits_behind_a_hold_is_refused(committed):
    client, release, held = committed.uma, threading.Event(), threading.Event()
    committed.sign(client)

    def hold():
        with transaction.atomic():
            open_hold(client=client, by=committed.theo.user, reason="Chest pain.")
            held.set()
            release.wait(10)

    def build_behind_it():
        held.wait(10)
        threading.Timer(0.3, release.set).start()
        return build(client=client, by=committed.tara.user, plan=plan())

    _, built = together(hold, build_behind_it)
    assert isinstance(built, GateShut)
    assert [reason.code.value for reason in built.verdict.reasons] == ["ON_HOLD"]


def test_the_moment_of_a_pass_is_read_after_the_lock_is_held(committed):
    client, locked = committed.uma, threading.Event()
    committed.sign(client)

    def keep_the_lock():
        with transaction.atomic():
            lock_client(client.pk)
            locked.set()
            time.sleep(0.4)
            return now()

    def build_behind_it():
        locked.wait(10)
        return build(client=client, by=committed.tara.user, plan=plan())

    released, built = together(keep_the_lock, build_behind_it)
    assert built.at > released


def test_a_row_that_names_the_client_cannot_slip_in_beside_the_lock(committed):
    client, locked = committed.uma, threading.Event()

    def keep_the_lock():
        with transaction.atomic():
            lock_client(client.pk)
            locked.set()
            time.sleep(0.4)
            return time.monotonic()

    def insert_behind_the_actions_back():
        locked.wait(10)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO injuries_hold (client_id, reason, by_id, at) VALUES (%s, 'raw', NULL, clock_timestamp())",
                [client.pk],
            )
        return time.monotonic()

    released, inserted = together(keep_the_lock, insert_behind_the_actions_back)
    assert inserted >= released - 0.05


def test_a_double_click_on_sign_stores_one_decision(committed):
    client = committed.uma
    draft = committed.clearance(client)
    first, second = together(lambda: committed.sign(client, draft=draft), lambda: committed.sign(client, draft=draft))
    stored = [one for one in (first, second) if not isinstance(one, Exception)]
    assert stored
    assert client.decisions.filter(replaced_by=None).count() == 1


def test_fifty_answers_at_once_under_one_link_store_one_decision(committed):
    cast = committed
    plan = {"modes": "core", "days_a_week": 2, "minutes": 40, "top_phase": 1, "top_effort": 5, "channel": "LINK"}
    request, _ = ask(client=cast.uma, physician=cast.okafor, by=cast.tara.user, on=cast.today(), **plan)
    link, draft = Link.objects.get(request=request), cast.clearance(cast.uma)
    shown = read_back(client=cast.uma, physician=cast.okafor, draft=draft, on=cast.today(), asked=request)

    def answer():
        said = {"name": "Ada Okafor", "credential": "MD", "licence": "A1", "shown_sha256": digest(shown)}
        return links.answer(link=link, draft=draft, replaces=None, **said)

    stored = together(*[answer] * 50)
    assert {getattr(one, "pk", one) for one in stored} == {cast.uma.decisions.get().pk}
    assert Event.objects.filter(action="decision.signed").count() == 1


def test_codes_guessed_at_once_lock_the_link_after_five(committed):
    cast = committed
    plan = {"modes": "core", "days_a_week": 2, "minutes": 40, "top_phase": 1, "top_effort": 5, "channel": "LINK"}
    request, _ = ask(client=cast.uma, physician=cast.okafor, by=cast.tara.user, on=cast.today(), **plan)
    link = Link.objects.get(request=request)
    wrong = "00000000" if request.access_code != "00000000" else "11111111"
    together(*[lambda: links.enter_code(link=link, code=wrong)] * 20)
    assert CodeTry.objects.filter(link=link).count() == links.MOST_WRONG_CODES
    assert Event.objects.filter(action="link.locked").count() == 1
