"""Workers of their own processes: any number at once, and some of them killed."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from clearance.config.management.commands.demo import Server, send_meanwhile
from clearance.decisions import questions
from clearance.notices import actions
from clearance.notices.actions import run
from clearance.notices.models import Delivery
from tests.db.test_notices import ENVELOPE, asked, doctor

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = 12


def worker(inbox, *arguments) -> subprocess.Popen[str]:
    """`manage.py run_due` on the database of this test, with this test's mail server."""
    name = connection.settings_dict["NAME"]
    environment = {
        "CLEARANCE_TESTING": "1",
        "DATABASE_URL": urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}").geturl(),
        "EMAIL_URL": f"smtp://127.0.0.1:{inbox.port}",
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "run_due", *arguments], cwd=ROOT, text=True, env=os.environ | environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def end(*workers) -> list[str]:
    return [one.communicate(timeout=60)[0].strip() for one in workers]


def until(happened, seconds=30.0) -> None:
    limit = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def many(committed) -> list[str]:
    """Questions to as many physicians, and their addresses."""
    for number in range(QUESTIONS):
        asked(committed, f"Client {number}", doctor(committed, f"Dr Q{number}"))
    return sorted(f"q{number}@clinic.test" for number in range(QUESTIONS))


def test_four_workers_at_once_send_each_message_once(many, inbox):
    inbox.pause = 0.05
    lines = end(*[worker(inbox) for _ in range(4)])
    assert sorted(one.rcpt_tos[0] for one in inbox.envelopes) == many
    assert sum(int(re.match(r"sent (\d+), failed 0, waiting \d+", line)[1]) for line in lines) == QUESTIONS
    assert Delivery.objects.filter(state="SENT").count() == QUESTIONS
    assert Delivery.objects.count() == QUESTIONS


def test_workers_that_are_killed_lose_nothing_and_change_no_message(many, inbox):
    inbox.pause = 0.2
    workers = [worker(inbox) for _ in range(4)]
    for number, one in enumerate(workers[:3], start=1):
        until(lambda number=number: len(inbox.envelopes) >= 2 * number)
        one.kill()
    end(*workers)
    inbox.pause = 0.0
    until(lambda: end(worker(inbox))[0].endswith("waiting 0"))
    addresses = Counter(one.rcpt_tos[0] for one in inbox.envelopes)
    assert sorted(addresses) == many
    assert sum(addresses.values()) <= QUESTIONS + 3
    assert len({one.content for one in inbox.envelopes}) == QUESTIONS
    assert len({one["Message-ID"] for one in inbox.messages}) == QUESTIONS


def test_a_loop_sends_what_comes_later_and_ends_when_it_is_told_to(committed, inbox):
    loop = worker(inbox, "--loop")
    try:
        asked(committed)
        until(lambda: inbox.to("link@clinic.test"))
        inbox.pause = 1.0
        questions.ask(
            client=committed.ines, physician=committed.okafor, by=committed.tara.user, on=committed.today(), **ENVELOPE
        )
        until(lambda: inbox.to("okafor@clinic.test"))
        loop.send_signal(signal.SIGTERM)
        end(loop)
    finally:
        loop.kill()
    assert loop.returncode == 0
    # The message on its way was finished.
    assert Delivery.objects.filter(state="SENT").count() == 2


def test_beside_a_web_server_an_error_ends_one_round_only_and_the_connection_is_closed(committed, inbox, monkeypatch):
    stop, rounds = threading.Event(), []

    def once_broken(**given):
        rounds.append(threading.current_thread().name)
        if len(rounds) == 1:
            raise RuntimeError("the database was away")
        return run(**given)

    monkeypatch.setattr(actions, "run", once_broken)
    asked(committed)
    beside = threading.Thread(target=actions.keep_running, args=(stop,), kwargs={"every": 0.05})
    beside.start()
    until(lambda: inbox.to("link@clinic.test"))
    stop.set()
    beside.join(10)
    assert not beside.is_alive()
    assert len(rounds) >= 2


def test_the_demos_server_sends_in_its_own_process():
    assert Server(8000).cfg.post_worker_init is send_meanwhile
