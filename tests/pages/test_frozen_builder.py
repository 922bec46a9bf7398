"""The builder while a red flag waits for a review: it says what waits, keeps what was typed, and adds nothing."""

import pytest

from clearance.checkins.actions import record_check_in, review_flag
from clearance.checkins.models import Flag
from clearance.programs.models import ProgramVersion
from tests.pages.test_programs import at, form, page, saved
from tests.pages.test_programs import shelf as shelf  # noqa: PLC0414

pytestmark = pytest.mark.django_db


@pytest.fixture
def frozen(cast):
    program = saved(cast)
    record_check_in(client=cast.uma, by=cast.tara.user, on=cast.today(), cap=None, pain_now=7, strength=4)
    return program


def test_the_builder_says_what_waits_and_where_to_review_it(cast, frozen):
    text = page(cast, at(frozen, "edit/")).content.decode()
    assert "Nothing may be added yet." in text
    assert "Pain beyond what was agreed: 7 of 10" in text
    assert f'href="/clients/{cast.uma.pk}/check-ins/"' in text
    review_flag(flag=Flag.objects.get(), by=cast.theo.user, reason="The physician knows.")
    assert "Nothing may be added yet." not in page(cast, at(frozen, "edit/")).content.decode()


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        (form([{"kilograms": "20"}]), "No added load while a red flag waits for a review"),
        (form([{}], phase="2"), "No later phase than 1 while a red flag waits for a review"),
        (form([{"sets": "3"}]), "No more than the 24 repetitions of the version before"),
    ],
)
def test_what_is_added_is_refused_beside_its_line_and_stays_typed(cast, frozen, posted, words):
    answer = page(cast, at(frozen, "edit/"), **posted)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert ProgramVersion.objects.count() == 1
