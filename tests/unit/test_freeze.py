"""What a plan may not add while a red flag waits for a review."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearance.programs.freeze import added, repetitions
from clearance.programs.plan import Day, Line, Plan


def line(slug: str = "bridge", sets: int = 2, reps: int = 12, kilograms: object = None, **dose: int | None) -> Line:
    weight = Decimal(str(kilograms)) if kilograms is not None else None
    return Line(slug, sets, reps, "4/2/1", 60, kilograms=weight, **dose)


def plan(*lines: Line, phase: int = 1) -> Plan:
    return Plan("Base", phase, (Day("One", lines or (line(),)),))


EARLIER = plan(line(kilograms=10, percent=60, effort=4), line("row", kilograms=5), phase=2)


PHASES = {"bridge": 1, "row": 1, "squat": 1, "jump": 5}


def said(new: Plan, *earlier: Plan) -> list[str]:
    return [problem.sentence for problem in added(new, *earlier, phases=PHASES)]


@pytest.mark.parametrize(
    ("new", "words"),
    [
        pytest.param(EARLIER, "", id="the same again adds nothing"),
        pytest.param(plan(line(kilograms=9.5)), "", id="less weight adds nothing"),
        pytest.param(plan(line(kilograms=10.5)), "at most 10 kg", id="half a kilogram more is too much"),
        pytest.param(plan(line(percent=61)), "at most 60 % of maximum", id="one percent more is too much"),
        pytest.param(plan(line("squat", kilograms=1)), "without kg", id="a new exercise comes without weight"),
        pytest.param(plan(line("squat")), "", id="a new exercise without weight is no load"),
        pytest.param(plan(line(), phase=3), "No later phase than 2", id="the next phase is too late a phase"),
        pytest.param(plan(line(), phase=1), "", id="an earlier phase is fine"),
        pytest.param(plan(line(), line("row")), "", id="as many repetitions are fine"),
        pytest.param(
            plan(line(sets=7, reps=7)), "No more than the 48 repetitions", id="one repetition more is too many"
        ),
        pytest.param(
            plan(line(sets=3)), "No more than its 24 repetitions", id="no exercise takes over another's repetitions"
        ),
        pytest.param(plan(line(effort=5)), "at most 4 of 10", id="one step harder is too hard"),
        pytest.param(plan(line("squat", effort=5)), "at most 4 of 10", id="a new exercise is no harder than the rest"),
        pytest.param(plan(line("jump")), "No exercise of a later phase than 2", id="a jump is an exercise of phase 5"),
        pytest.param(plan(line("unknown")), "No exercise of a later phase", id="an unknown exercise is of the last"),
    ],
)
def test_a_plan_adds_neither_phase_nor_load(new, words):
    assert (words in " ".join(said(new, EARLIER))) if words else said(new, EARLIER) == []


def test_the_weight_of_the_heaviest_day_before_is_what_counts():
    earlier = Plan("Base", 1, (Day("One", (line(kilograms=5),)), Day("Two", (line(kilograms=8),))))
    assert said(plan(line(kilograms=8)), earlier) == []
    assert said(plan(line(kilograms=9)), earlier) != []


def test_a_single_heavy_repetition_lends_its_weight_to_no_others():
    earlier = plan(line(sets=1, reps=1, kilograms=100), line(sets=3, reps=12, kilograms=10))
    assert "No more load in a week" in " ".join(said(plan(line(sets=3, reps=12, kilograms=100)), earlier))


def test_of_two_earlier_plans_the_lighter_one_counts():
    assert said(plan(line(kilograms=8)), plan(line(kilograms=10)), plan(line(kilograms=5))) != []


@pytest.mark.parametrize(
    ("new", "many"),
    [
        (plan(line(reps=20)), 0), (plan(line(kilograms=1)), 1), (plan(line(), phase=2), 1), (plan(line("jump")), 1),
        (plan(line(reps=21)), 1), (plan(line(sets=4)), 1),
    ],
)  # fmt: skip
def test_a_first_plan_begins_at_the_first_phase_in_its_amounts_and_without_weight(new, many):
    assert len(said(new)) == many


lines = st.builds(
    line, st.sampled_from(["bridge", "row", "squat"]), st.integers(1, 5), st.integers(1, 20),
    st.one_of(st.none(), st.integers(0, 30)),
)  # fmt: skip
plans = st.builds(
    lambda rows, phase: plan(*rows, phase=phase), st.lists(lines, min_size=1, max_size=4), st.integers(1, 5)
)


@given(plans, plans)
def test_whatever_passes_is_no_later_no_heavier_and_no_longer(new, earlier):
    if not said(new, earlier):
        heaviest = {one.exercise: max((x.kilograms or 0) for x in earlier.days[0].lines if x.exercise == one.exercise)
                    for one in earlier.days[0].lines}  # fmt: skip
        assert new.phase <= earlier.phase
        assert repetitions(new) <= repetitions(earlier)
        assert all((one.kilograms or 0) <= heaviest.get(one.exercise, 0) for one in new.days[0].lines)


@given(plans)
def test_a_plan_adds_nothing_to_itself(same):
    assert said(same, same) == []
