import pytest

from clearance.gate.guard import GateShut, judge
from clearance.programs.actions import Day, Line, Plan, build
from clearance.exercises.models import Exercise


def test_story(cast):
    assert [r.code for r in judge(cast.ines.pk).reasons] == ["NO_DECISION"]
    cast.knee
    cast.sign(cast.ines)
    assert judge(cast.ines.pk).open
    cast.injury(cast.ines, area="elbow")
    v = judge(cast.ines.pk)
    assert [r.code for r in v.reasons] == ["NOT_COVERED"], v
    print(v)
