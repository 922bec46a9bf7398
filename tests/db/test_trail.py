"""The trail: every write has a line, and no line can be altered or left out unnoticed."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from clearance.audit.models import Event
from clearance.audit.queries import broken_lines, trail
from clearance.injuries.actions import open_hold


def test_each_write_leaves_a_line_with_who_and_whom(cast):
    hold = open_hold(client=cast.ines, by=cast.theo.user, reason="Dizzy.")
    line = trail(cast.north.pk)[0]
    assert (line.action, line.actor, line.client, line.at) == ("hold.opened", cast.theo.user_id, cast.ines.pk, hold.at)
    assert "Dizzy" not in line.sentence


def test_an_untouched_trail_verifies(cast):
    call_command("verify_trail")
    assert list(broken_lines()) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_event SET sentence = 'nothing happened' WHERE number = 3",
        "UPDATE audit_event SET at = at - interval '1 day' WHERE number = 3",
        "DELETE FROM audit_event WHERE number = 3",
    ],
)
def test_a_line_altered_or_taken_out_is_found(cast, change):
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(change)
        cursor.execute("SET session_replication_role = DEFAULT")
    with pytest.raises(CommandError):
        call_command("verify_trail")


def test_each_studio_has_a_trail_of_its_own(cast):
    numbers = list(Event.objects.filter(studio=cast.south.pk).order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert not trail(cast.south.pk, client=cast.ines.pk).exists()
