"""Things of the tests that no action makes."""

from datetime import timedelta
from typing import Any

from django.db import connection

from clearance.decisions.models import Request
from clearance.exercises.models import Exercise
from clearance.exercises.properties import Properties, parse
from clearance.people.models import ClientLink

# Complete, and within every limit a test does not mean to break.
SAFE: dict[str, Any] = {
    "areas": ["hip_groin"],
    "joint_actions": [{"joint": "hip_groin", "motion": "flexion", "degrees": 60, "end_range": False}],
    "axial_load": "none",
    "loaded_spine": [],
    "overhead": False,
    "shoulder_abduction_external_rotation": False,
    "behind_neck": False,
    "wrist_loaded_extension": False,
    "grip": "none",
    "impact": "none",
    "plyometric": False,
    "ballistic": False,
    "positions": ["supine"],
    "base": "none",
    "weight_bearing": "none",
    "asymmetric_load": False,
    "valsalva": False,
    "jaw_clench": False,
    "load_zone": "none",
    "modality": "bodyweight",
    "contraction": "mixed",
}


def tags(**overrides: Any) -> Properties:
    """The properties of a safe exercise, but for what is named."""
    found = parse(SAFE | overrides)
    assert found is not None, "a test names a property that no exercise has"
    return found


def asked_days_ago(request: Request, days: int) -> None:
    """Move a question and its links into the past, behind the back of the triggers that keep them as they were."""
    moves = {"decisions_request": ("id", "at"), "decisions_link": ("request_id", "since", "expires_at")}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, (key, *moments) in moves.items():
            earlier = ", ".join(f"{one} = {one} - make_interval(days => %s)" for one in moments)
            cursor.execute(f"UPDATE {table} SET {earlier} WHERE {key} = %s", [*[days] * len(moments), request.pk])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    request.refresh_from_db()


def sent_earlier(link: ClientLink, **delta: float) -> None:
    """Let a client's link have been sent earlier, behind the back of the triggers that keep it as it was."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE people_clientlink SET since = since - %(by)s, expires_at = expires_at - %(by)s WHERE id = %(id)s",
            {"by": timedelta(**delta), "id": link.pk},
        )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    link.refresh_from_db()


def exercise(slug: str = "bridge", **overrides: Any) -> Exercise:
    """An entry of the library that is safe, but for the properties named; other fields by name."""
    own = {"pattern", "component", "phase", "regression", "progression", "default_rpe", "properties", "name"}
    fields = {
        "name": slug.replace("-", " ").capitalize(), "pattern": "hinge", "component": "resistance", "phase": 1,
        "default_rpe": 4, "properties": SAFE | {key: one for key, one in overrides.items() if key not in own},
    } | {key: one for key, one in overrides.items() if key in own}  # fmt: skip
    return Exercise.objects.create(slug=slug, **fields)
