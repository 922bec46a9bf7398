"""Fixtures. Every database test runs on a real PostgreSQL: DATABASE_URL, or the embedded one."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from clearance.exercises.actions import load_library
from tests.cast import Cast

KEPT = ("django_migrations", "django_content_type", "auth_permission")


@pytest.fixture
def cast(db: None) -> Cast:
    """The people of two studios."""
    return Cast()


@pytest.fixture
def library(db: None) -> int:
    """The exercise library."""
    return load_library()


@pytest.fixture
def transactional_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database to which a test commits, for threads and for the live server.

    Django's own clean-up empties tables, which our triggers refuse; only this connection is told to pass them by.
    """
    with django_db_blocker.unblock():
        yield
        _empty()


def _empty() -> None:
    tables = [f'"{name}"' for name in connection.introspection.table_names() if name not in KEPT]
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")
        cursor.execute("SET session_replication_role = DEFAULT")
    connection.close()


@pytest.fixture
def committed(transactional_db: None) -> Cast:
    """The people of two studios, and the library, committed."""
    load_library()
    return Cast()
