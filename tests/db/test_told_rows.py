"""What PostgreSQL refuses of check-ins, flags and screenings, whoever asks."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from clearance.checkins.actions import record_check_in
from clearance.checkins.models import CheckIn, Flag, Screening
from clearance.injuries.actions import open_hold
from tests.screenings import sign


def told(cast: Any, client: Any) -> CheckIn:
    return record_check_in(client=client, by=cast.tara.user, on=cast.today(), cap=None, pain_now=1, strength=4)


def refused(model: Any, like: Any, **changes: Any) -> str:
    """Try to write a row like another one, but for what is named."""
    values = {
        field.attname: getattr(like, field.attname) for field in model._meta.concrete_fields if field.name != "id"
    }
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        model.objects.create(**values | changes)
    return str(error.value)


def test_a_check_in_is_about_an_injury_of_its_own_client(cast):
    assert "about one client" in refused(CheckIn, told(cast, cast.uma), injury_id=cast.knee.pk)


def test_a_flag_belongs_to_a_check_in_and_a_hold_of_its_own_client(cast):
    record_check_in(
        client=cast.ines,
        by=cast.tara.user,
        on=cast.today(),
        cap=None,
        pain_now=1,
        strength=4,
        symptoms={"chest": "yes"},
    )
    flag = Flag.objects.get()
    hold = open_hold(client=cast.uma, by=cast.tara.user, reason="Dizzy.")
    assert "about one client" in refused(Flag, flag, cause="other", hold_id=hold.pk)
    assert "about one client" in refused(Flag, flag, cause="other", check_in_id=told(cast, cast.uma).pk)
    assert "flag_of_a_tier" in refused(Flag, flag, cause="other", tier=5)


@pytest.mark.parametrize("changes", [{"strength": 5}, {"load": "heavy"}, {"pain_now": 11}, {"effort": 11}])
def test_a_check_in_stays_on_its_scales(cast, changes):
    assert "check_in_" in refused(CheckIn, told(cast, cast.uma), **changes)


def test_a_screening_wishes_for_an_intensity_that_there_is(cast):
    assert "screening_on_its_scale" in refused(Screening, sign(cast.uma, cast.tara.user), intensity="mad")
