"""An installation that would be unsafe does not start, and a proper one has nothing to be warned of."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
PROPER = {"SECRET_KEY": secrets.token_urlsafe(60), "ALLOWED_HOSTS": "clearance.example.test"}


def check(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py check` with an environment of its own."""
    plain = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check", *arguments], cwd=ROOT, capture_output=True, text=True, check=False,
        env=plain | {"DATABASE_URL": settings.DATABASE_URL} | environment,
    )  # fmt: skip


def test_a_proper_installation_is_warned_of_nothing():
    result = check("--deploy", "--fail-level", "WARNING", **PROPER)
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


@pytest.mark.parametrize(
    ("unsafe", "sentence"),
    [
        ({"SECRET_KEY": ""}, "Set SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "Set SECRET_KEY"),
        ({"ALLOWED_HOSTS": "*"}, "Set SITE_URL"),
        ({"DATABASE_URL": "sqlite:///clearance.sqlite3"}, "must name a PostgreSQL database"),
    ],
)
def test_an_unsafe_installation_does_not_start_and_says_why(unsafe, sentence):
    result = check(**(PROPER | unsafe))
    assert result.returncode != 0
    assert sentence in result.stderr
