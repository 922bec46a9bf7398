from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client as Browser

from clearance.pages import health


def test_alive_answers_anybody_without_asking_the_database(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = Browser().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_ready_answers_anybody_and_is_never_kept(db):
    answer = Browser().get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert "no-store" in answer["Cache-Control"]


def test_ready_says_that_the_schema_is_not_the_codes(db):
    MigrationRecorder.Migration.objects.filter(app="programs").delete()
    answer = Browser().get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"migrations")
    assert "no-store" in answer["Cache-Control"]


def test_ready_says_that_the_database_does_not_answer(db, monkeypatch):
    class Gone:
        def cursor(self):
            raise OperationalError("connection refused at secret-host")

    monkeypatch.setattr(health, "connection", Gone())
    answer = Browser().get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"database")


def test_health_takes_no_post(db):
    assert Browser().post("/healthz").status_code == 405
    assert Browser().post("/readyz").status_code == 405
