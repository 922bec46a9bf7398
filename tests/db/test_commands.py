"""The commands with which an installation begins and is checked."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from clearance.exercises.models import Exercise
from clearance.people.models import Membership, Policy, Studio

WORDS = {"time_zone": "Europe/London", "manager": "mona@example.org", "name": "Mona Manager"}


def test_the_first_studio_gets_the_stricter_policy_and_a_manager_who_chooses_a_password(db):
    said = StringIO()
    call_command("found_studio", "Northside", **WORDS, stdout=said)
    studio, member = Studio.objects.get(), Membership.objects.get()
    assert (studio.time_zone, studio.demo) == ("Europe/London", False)
    assert Policy.objects.get(studio=studio).needs == Policy.Needs.EVERY_CLIENT
    assert member.manages
    path = said.getvalue().split("this path of the site: ")[1].strip()
    page = Client().get(path, follow=True)
    assert page.status_code == 200
    assert b"password1" in page.content


@pytest.mark.parametrize(
    "wrong", [{"time_zone": "Mars/Olympus"}, {"manager": "nobody"}, {"studio": " "}, {"studio": "x" * 121}]
)
def test_a_wrong_word_is_named_and_nothing_is_opened(db, wrong):
    words = WORDS | wrong
    with pytest.raises(CommandError):
        call_command("found_studio", words.pop("studio", "Northside"), **words)
    assert not Studio.objects.exists()


def test_the_library_can_be_loaded_again(db):
    for _ in range(2):
        call_command("load_exercises", stdout=StringIO())
    assert Exercise.objects.count() >= 40
