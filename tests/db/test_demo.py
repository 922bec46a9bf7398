"""The demo as a newcomer meets it: one command, on a database of its own, every state in it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.core import mail
from django.db import connection

from clearance.checkins.scales import Strength
from clearance.config.demo import make_demo
from clearance.decisions import links
from clearance.decisions.models import Decision, Link
from clearance.decisions.papers import confirm
from clearance.gate import replay, standings
from clearance.gate.guard import judge
from clearance.injuries.queries import course_progress, courses_of
from clearance.notices.actions import run
from clearance.people.lock import now
from clearance.people.models import Client, Studio, User

ROOT = Path(__file__).resolve().parents[2]
MANAGE = [sys.executable, str(ROOT / "manage.py"), "demo"]


@pytest.fixture
def database(django_db_setup):
    """The address of an empty database of the test server."""
    name = f"{settings.DATABASES['default']['NAME']}_demo".replace("test_", "scratch_")
    address = settings.DATABASE_URL
    admin = psycopg2.connect(_with_name(address, "postgres"))
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield _with_name(address, name)
    with admin.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    admin.close()
    connection.close()


def _with_name(address: str, name: str) -> str:
    head, question, options = address.partition("?")
    return f"{head.rpartition('/')[0]}/{name}{question}{options}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _environment(database: str) -> dict[str, str]:
    plain = {
        name: value for name, value in os.environ.items() if name not in ("CLEARANCE_TESTING", "DJANGO_SETTINGS_MODULE")
    }
    return plain | {"DATABASE_URL": database, "DEMO_PASSWORD": "open-sesame-open"}


def _read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read().decode()


def _wait_for(url: str, process: subprocess.Popen) -> str:
    for _ in range(240):
        assert process.poll() is None, process.stdout.read()
        try:
            return _read(url)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.25)
    raise AssertionError("the demo did not answer within a minute")


def test_the_demo_starts_serves_its_pages_and_says_how_to_sign_in(database):
    port = _free_port()
    process = subprocess.Popen(
        [*MANAGE, "--port", str(port)], cwd=ROOT, env=_environment(database), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        site = f"http://127.0.0.1:{port}"
        page = _wait_for(f"{site}/accounts/login/", process)
        style = re.search(r'href="(/static/css/clearance[^"]*\.css)"', page).group(1)
        assert "--brand" in _read(site + style)
        taken = subprocess.run(
            [*MANAGE, "--port", str(port)],
            cwd=ROOT,
            env=_environment(database),
            text=True,
            capture_output=True,
            check=False,
        )
        assert taken.returncode != 0
        assert f"Port {port} is taken" in taken.stderr
        assert "Traceback" not in taken.stderr
        with psycopg2.connect(database) as other, other.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM people_client")
            assert cursor.fetchone()[0] >= 10
    finally:
        process.send_signal(signal.SIGTERM)
        printed = process.communicate(timeout=20)[0]
    for line in ("open-sesame-open", "trainer@demo.test", "physician@demo.test", f"http://127.0.0.1:{port}/"):
        assert line in printed


def test_the_demo_touches_no_database_that_it_did_not_make(database):
    with psycopg2.connect(database) as other, other.cursor() as cursor:
        cursor.execute("CREATE TABLE somebodys (work text)")
    for more in ([], ["--fresh"]):
        refused = subprocess.run(
            [*MANAGE, "--port", str(_free_port()), *more], cwd=ROOT, env=_environment(database), text=True,
            capture_output=True, check=False,
        )  # fmt: skip
        assert refused.returncode != 0
        assert "did not make" in refused.stderr
    with psycopg2.connect(database) as other, other.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM somebodys")


@pytest.mark.django_db
def test_every_state_of_the_gate_is_in_the_demo_and_every_pass_holds(library):
    make_demo()
    found = {
        standing.client.name: standing.state
        for studio in Studio.objects.all()
        for standing in standings.of_studio(studio.pk)
    }
    expected = {
        "Ines Injured": "blocked", "Clara Cleared": "in_force", "Rita Restricted": "restrictions",
        "Edgar Expired": "expired", "Harald Held": "on_hold", "Uma Uninjured": "blocked", "Wendy Waiting": "waiting",
        "Nils Not-Cleared": "not_cleared", "Oda Outside": "not_needed",
    }  # fmt: skip
    assert expected.items() <= found.items()
    assert list(replay.differences()) == []


@pytest.mark.django_db
def test_in_the_demo_a_link_waits_for_its_physician_and_a_paper_for_its_second_person(library):
    make_demo()
    wendy = Link.objects.get(request__client__name="Wendy Waiting")
    assert links.ended_because(wendy, at=now()) == ""
    run()
    (message,) = [one for one in mail.outbox if links.token_of(wendy) in one.body]
    assert message.to == ["lindt@clinic.demo.test"]
    paula = Decision.objects.get(route="PAPER")
    assert paula.client.name == "Paula Paper"
    assert [one.code.value for one in judge(paula.client_id).reasons] == ["PAPER_UNVERIFIED"]
    confirm(decision=paula, by=User.objects.get(email="manager@demo.test"))
    assert judge(paula.client_id).open


@pytest.mark.django_db
def test_in_the_demo_pain_goes_from_7_to_1_while_the_back_stays_weak_and_that_stops_the_training(library):
    make_demo()
    pia = Client.objects.get(name="Pia Prolotherapy")
    assert [one.pain_now for one in pia.check_ins.order_by("on")] == [7, 7, 6, 4, 1]
    assert pia.check_ins.order_by("on").last().strength < Strength.SAME
    assert [one.code.value for one in judge(pia.pk).reasons] == ["ON_HOLD"]
    assert "Pain has gone and weakness remains" in pia.holds.get().reason
    assert set(pia.flags.filter(review=None).values_list("rule", flat=True)) == {"pain_gone_still_weak_early"}
    (course,) = courses_of(pia.pk)
    assert course_progress(course, on=now().date()).startswith("1 of 6, next on ")
    assert pia.programs.count() == 1
    elsa = Client.objects.get(name="Elsa Ending")
    assert set(elsa.flags.values_list("rule", flat=True)) == {"morning_after"}
