"""Fixtures. Every database test runs on a real PostgreSQL: DATABASE_URL, or the embedded one."""

import pytest

from tests.cast import Cast


@pytest.fixture
def cast(db: None) -> Cast:
    """The people of two studios."""
    return Cast()
