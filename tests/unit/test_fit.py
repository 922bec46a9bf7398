"""The check of exercises against limits: every kind of restriction, and what can never happen."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearance.anatomy.areas import Area
from clearance.decisions.kinds import SHAPES, Kind, Value
from clearance.exercises.properties import NAMES, parse
from clearance.gate.limits import Clause, Limits, merge, together
from clearance.programs import fit
from tests.factories import SAFE, tags

ASKED = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
KNEE_60 = {"joint": "knee", "motion": "flexion", "degrees": 60}
BEND = {"joint": "knee", "motion": "flexion", "end_range": False}

# kind: what the restriction says, what breaks it, what keeps to it.
EXERCISES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "avoid_movement_pattern": ({"patterns": ["squat", "hinge"]}, {"pattern": "squat"}, {"pattern": "carry"}),
    "avoid_exercise": ({"exercise": "deadlift"}, {"slug": "deadlift"}, {"slug": "bridge"}),
    "rom_limit": (
        KNEE_60, {"joint_actions": [BEND | {"degrees": 61}]}, {"joint_actions": [BEND | {"degrees": 60}]}
    ),
    "no_end_range": (
        {"joint": "knee"},
        {"joint_actions": [BEND | {"degrees": 60, "end_range": True}]},
        {"joint_actions": [BEND | {"degrees": 60}]},
    ),
    "no_loaded_motion": ({"motions": ["rotation"]}, {"loaded_spine": ["rotation"]}, {"loaded_spine": ["flexion"]}),
    "no_axial_loading": ({"at_most": "low"}, {"axial_load": "moderate"}, {"axial_load": "low"}),
    "no_overhead": ({}, {"overhead": True}, {"load_zone": "waist_shoulder"}),
    "impact_limit": ({"at_most": "low"}, {"impact": "moderate"}, {"impact": "low"}),
    "weight_bearing": ({"level": "pwb"}, {"weight_bearing": "full"}, {"weight_bearing": "partial"}),
    "position_avoid": ({"positions": ["prone"]}, {"positions": ["supine", "prone"]}, {"positions": ["supine"]}),
    "no_unilateral_stance": ({}, {"base": "single"}, {"base": "split"}),
    "no_asymmetric_load": ({}, {"asymmetric_load": True}, {"asymmetric_load": False}),
    "grip_limit": ({"at_most": "none"}, {"grip": "low"}, {"grip": "none"}),
    "wrist_extension_loaded": ({}, {"wrist_loaded_extension": True}, {"wrist_loaded_extension": False}),
    "valsalva_avoid": ({}, {"valsalva": True}, {"valsalva": False}),
    "modality_allow_only": ({"modalities": ["pool", "bike"]}, {"modality": "running"}, {"modality": "bike"}),
}  # fmt: skip
# kind: what the restriction says, a dose that breaks it, one that keeps to it.
DOSES: dict[str, tuple[dict[str, Any], fit.Dose, fit.Dose]] = {
    "load_abs_max": (
        {"kilograms": "10", "zone": "any"}, fit.Dose(kilograms=Decimal("10.5")), fit.Dose(kilograms=Decimal(10))
    ),
    "load_pct_max": ({"percent": 60}, fit.Dose(percent=61), fit.Dose(percent=60)),
    "intensity_cap": ({"rpe": 5}, fit.Dose(effort=6), fit.Dose(effort=5)),
}  # fmt: skip
# kind: what the restriction says. The trainer ticks it by name.
CONDITIONS: dict[str, dict[str, Any]] = {
    "heart_rate_cap": {"bpm": 130},
    "rest_gap": {"hours": 48},
    "no_training_window": {"first": "2027-01-01", "last": "2027-01-04"},
    "time_of_day": {"minutes": 60},
    "supervision_required": {"who": "therapist"},
    "equipment_brace": {"what": "SI belt"},
    "pain_cap": {"during": 3, "after": 2},
    "other_text": {"text": "Call me first."},
}


def clause(kind: str, terms: dict[str, Any], id: int = 1, **fields: Any) -> Clause:
    return Clause(id, 1, "Dr Okafor", date(2027, 1, 31), kind, terms, f"words of {kind}", **fields)


def limits(kind: str, terms: dict[str, Any], **fields: Any) -> Limits:
    return Limits((clause(kind, terms, **fields),))


def exercise(*, slug: str = "bridge", pattern: str = "hinge", **properties: Any) -> fit.Exercise:
    return fit.Exercise(slug, slug, pattern, tags(**properties))


def allowed(one: fit.Exercise, found: Limits) -> bool:
    return not fit.refusals(one, found)


def test_every_kind_is_checked_in_exactly_one_way():
    ways = [set(fit.OBEYS), set(fit.CONDITIONS), set(fit.DOSED), set(fit.COUNTED)]
    assert set.union(*ways) == set(Kind.values)
    assert sum(map(len, ways)) == len(Kind.values)
    assert set(EXERCISES) == set(fit.OBEYS)
    assert set(DOSES) == set(fit.DOSED)
    assert set(CONDITIONS) == set(fit.CONDITIONS)


@pytest.mark.parametrize("kind", EXERCISES)
def test_an_exercise_that_breaks_a_restriction_is_refused_in_the_physicians_words(kind):
    terms, breaks, _ = EXERCISES[kind]
    found = fit.refusals(exercise(**breaks), limits(kind, terms))
    assert [one.why for one in found] == [f"Dr Okafor: words of {kind}."]


@pytest.mark.parametrize("kind", EXERCISES)
def test_an_exercise_that_keeps_to_a_restriction_is_allowed(kind):
    terms, _, keeps = EXERCISES[kind]
    assert allowed(exercise(**keeps), limits(kind, terms))


@pytest.mark.parametrize("kind", DOSES)
def test_a_dose_above_the_cap_is_refused_one_within_it_is_not(kind):
    terms, breaks, keeps = DOSES[kind]
    curl = exercise(load_zone="waist_shoulder")
    assert fit.dose_refusals(curl, breaks, limits(kind, terms))
    assert not fit.dose_refusals(curl, keeps, limits(kind, terms))


@pytest.mark.parametrize("kind", DOSES)
def test_a_number_that_is_needed_and_not_said_is_refused(kind):
    terms, _, _ = DOSES[kind]
    [found] = fit.dose_refusals(exercise(load_zone="waist_shoulder"), fit.Dose(), limits(kind, terms))
    assert found.why.startswith("Say the ")


def test_a_load_need_not_be_said_where_there_is_none_but_one_that_is_said_counts():
    cap = merge(limits("load_abs_max", {"kilograms": "10", "zone": "floor_waist"}))
    assert not fit.dose_refusals(exercise(), fit.Dose(), cap)
    assert fit.dose_refusals(exercise(), fit.Dose(kilograms=Decimal(40)), cap)
    assert fit.dose_refusals(exercise(), fit.Dose(percent=90), limits("load_pct_max", {"percent": 60}))


@pytest.mark.parametrize(
    ("zone", "modality", "counts"),
    [
        ("floor_waist", "strength_free", True),
        ("waist_shoulder", "strength_free", True),
        ("overhead", "strength_free", False),
        ("floor_waist", "strength_machine", False),
        ("floor_waist", "bands", False),
        ("any", "strength_machine", True),
    ],
)
def test_a_free_load_counts_in_every_zone_it_passes_a_guided_one_only_where_it_is_pulled(zone, modality, counts):
    lifted = exercise(load_zone="waist_shoulder", modality=modality)
    cap = limits("load_abs_max", {"kilograms": "10", "zone": zone})
    assert bool(fit.dose_refusals(lifted, fit.Dose(kilograms=Decimal(40)), cap)) == counts


@pytest.mark.parametrize(
    ("area", "properties", "fine"),
    [
        ("knee", {"weight_bearing": "full"}, False),
        ("", {"weight_bearing": "full"}, False),
        ("wrist", {"weight_bearing": "full"}, True),
        ("wrist", {"positions": ["plank"]}, False),
        ("shoulder", {"positions": ["hanging"]}, False),
        ("hand", {"wrist_loaded_extension": True}, False),
    ],
)
def test_no_weight_on_an_arm_is_about_the_arms(area, properties, fine):
    assert allowed(exercise(**properties), limits("weight_bearing", {"level": "nwb"}, area=area)) == fine


def test_a_jump_is_an_impact_however_softly_it_lands():
    assert not allowed(exercise(plyometric=True, impact="none"), limits("impact_limit", {"at_most": "none"}))


def test_an_overhead_load_is_overhead():
    assert not allowed(exercise(load_zone="overhead"), limits("no_overhead", {}))


@pytest.mark.parametrize("kind", CONDITIONS)
def test_a_condition_forbids_no_exercise_and_is_ticked_by_name(kind):
    found = limits(kind, CONDITIONS[kind])
    assert allowed(exercise(), found)
    assert [one.kind for one in fit.conditions(found)] == [kind]
    assert not fit.conditions(Limits())


@pytest.mark.parametrize(
    ("unit", "workouts", "sets", "fine"),
    [
        ("sessions", 3, [9], True), ("sessions", 4, [9], False),
        ("sets", 9, [3, 3], True), ("sets", 1, [2, 4], False),
        ("minutes", 9, [99], True),
    ],
)  # fmt: skip
def test_amounts_are_counted_and_minutes_are_ticked(unit, workouts, sets, fine):
    found = limits("volume_cap", {"amount": 3, "unit": unit})
    assert (not fit.amount_refusals(workouts, sets, found)) == fine
    assert bool(fit.conditions(found)) == (unit == "minutes")


@pytest.mark.parametrize(
    "terms", [{}, {"amount": 3}, {"unit": "sets"}, {"amount": 3, "unit": "miles"}, {"amount": "3", "unit": "sets"}]
)
def test_an_amount_that_cannot_be_read_refuses(terms):
    assert fit.amount_refusals(1, [1], limits("volume_cap", terms))


@pytest.mark.parametrize("missing", NAMES)
def test_an_exercise_with_any_property_unknown_is_refused_under_any_restriction(missing):
    known = {name: value for name, value in SAFE.items() if name != missing}
    for raw in (known, known | {missing: "bogus"}, known | {missing: None}):
        unknown = fit.Exercise("bridge", "Bridge", "hinge", parse(raw))
        for kind in Kind.values:
            assert not allowed(unknown, limits(kind, {})), kind
    assert allowed(fit.Exercise("bridge", "Bridge", "hinge", None), Limits())


def test_an_exercise_of_an_unknown_pattern_is_refused_where_patterns_are():
    assert not allowed(exercise(pattern="wriggle"), limits("avoid_movement_pattern", {"patterns": ["squat"]}))


def test_an_unknown_kind_refuses_everything():
    [found] = fit.refusals(exercise(), limits("levitation_only", {}))
    assert found.why == fit.UNKNOWN_KIND


WITH_VALUES = [kind for kind in EXERCISES if SHAPES[kind].values]


@pytest.mark.parametrize("kind", WITH_VALUES)
@pytest.mark.parametrize("wrong", ["missing", None, "", [], "bogus", ["bogus"], {}, -1.5, True])
def test_a_restriction_that_cannot_be_read_refuses(kind, wrong):
    terms, _, keeps = EXERCISES[kind]
    for name in terms:
        spoilt = dict(terms)
        if kind == "avoid_exercise" and wrong == "bogus":
            continue
        if wrong == "missing":
            del spoilt[name]
        else:
            spoilt[name] = wrong
        assert not allowed(exercise(**keeps), limits(kind, spoilt))


@pytest.mark.parametrize("kind", DOSES)
@pytest.mark.parametrize("wrong", [{}, None, "", "NaN", "lots", [], True])
def test_a_cap_that_cannot_be_read_refuses(kind, wrong):
    terms, _, keeps = DOSES[kind]
    spoilt = wrong if wrong == {} else dict.fromkeys(terms, wrong)
    assert fit.dose_refusals(exercise(), keeps, limits(kind, spoilt))


# What can never happen, over random restrictions and exercises.


def values(value: Value) -> st.SearchStrategy[Any]:
    known = [one for one, _ in value.choices]
    whole = st.integers(value.least, value.most or value.least + 1)
    return {
        "one": st.sampled_from(known or [""]),
        "some": st.lists(st.sampled_from(known or [""]), min_size=1, max_size=4, unique=True),
        "whole": whole,
        "decimal": whole.map(str),
        "exercise": st.sampled_from(["bridge", "deadlift"]),
        "day": st.just("2027-01-01"),
        "text": st.just("words"),
    }[value.type]


@st.composite
def clauses(draw: Any) -> tuple[str, dict[str, Any], str]:
    kind = draw(st.sampled_from([*Kind.values, "unknown_kind"]))
    shape = SHAPES.get(kind)
    terms = {value.name: draw(values(value)) for value in shape.values} if shape else {}
    if terms and draw(st.integers(0, 9)) == 0:
        terms.pop(draw(st.sampled_from(sorted(terms))))
    return kind, terms, draw(st.sampled_from(["", "knee", "wrist"]))


# Ids are what keeps clauses apart, so each clause of a pool has its own, as in the database.
pools = st.lists(clauses(), min_size=1, max_size=8).map(
    lambda found: [clause(kind, terms, number, area=area) for number, (kind, terms, area) in enumerate(found, start=1)]
)
actions = st.fixed_dictionaries({
    "joint": st.sampled_from(Area.values), "motion": st.sampled_from(["flexion", "extension"]),
    "degrees": st.integers(0, 180), "end_range": st.booleans(),
})  # fmt: skip
properties = st.fixed_dictionaries({
    "joint_actions": st.lists(actions, max_size=4),
    "axial_load": st.sampled_from(["none", "low", "moderate", "high"]),
    "impact": st.sampled_from(["none", "low", "moderate", "high"]),
    "grip": st.sampled_from(["none", "low", "moderate", "high"]),
    "overhead": st.booleans(), "plyometric": st.booleans(), "valsalva": st.booleans(),
    "asymmetric_load": st.booleans(), "wrist_loaded_extension": st.booleans(),
    "loaded_spine": st.lists(st.sampled_from(["flexion", "rotation"]), unique=True),
    "positions": st.lists(st.sampled_from(["supine", "prone", "plank", "hanging", "standing"]), unique=True),
    "base": st.sampled_from(["none", "bilateral", "split", "single"]),
    "weight_bearing": st.sampled_from(["none", "partial", "full"]),
    "load_zone": st.sampled_from(["none", "floor_waist", "waist_shoulder", "overhead"]),
    "modality": st.sampled_from(["strength_free", "strength_machine", "bands", "bike", "running"]),
})  # fmt: skip
exercises = st.builds(
    fit.Exercise, st.sampled_from(["bridge", "deadlift"]), st.just("Name"), st.sampled_from(["hinge", "squat", "odd"]),
    st.one_of(st.none(), properties.map(lambda found: tags(**found))),
)  # fmt: skip
number = st.one_of(st.none(), st.integers(0, 120))
doses = st.builds(
    fit.Dose, st.one_of(st.none(), st.decimals(0, 500, places=1)), st.one_of(st.none(), st.integers(1, 100)), number
)
weeks = st.tuples(st.integers(1, 7), st.lists(st.integers(1, 60), min_size=1, max_size=7))


def refusing(one: fit.Exercise, dose: fit.Dose, week: tuple[int, list[int]], found: Limits) -> set[int]:
    """The ids of all clauses that refuse this exercise, dose or week, or that have to be ticked."""
    refused = fit.refusals(one, found) + fit.dose_refusals(one, dose, found) + fit.amount_refusals(*week, found)
    return {refusal.clause.id for refusal in refused} | {asked.id for asked in fit.conditions(found)}


@ASKED
@given(pools, exercises, doses, weeks)
def test_adding_a_clause_never_allows_what_was_refused(pool, one, dose, week):
    for size in range(len(pool)):
        before = refusing(one, dose, week, together(pool[:size]))
        assert before <= refusing(one, dose, week, together(pool[: size + 1]))


@ASKED
@given(pools, st.data(), exercises, doses, weeks)
def test_merged_limits_are_never_looser_than_any_of_them(pool, data, one, dose, week):
    parts = data.draw(st.lists(st.lists(st.sampled_from(pool), max_size=8).map(together), min_size=1, max_size=4))
    whole = merge(*parts)
    for part in parts:
        assert refusing(one, dose, week, part) <= refusing(one, dose, week, whole)
        for cap, value in (("intensity_cap", "rpe"), ("load_pct_max", "percent")):
            if all(value in found.terms for found in whole.of(cap)) and part.least(cap, value) is not None:
                assert whole.least(cap, value) <= part.least(cap, value)


@ASKED
@given(pools, exercises, doses)
def test_the_check_answers_whatever_it_is_asked(pool, one, dose):
    found = together(pool)
    for refusal in fit.refusals(one, found) + fit.dose_refusals(one, dose, found):
        assert refusal.why.endswith(".")
        assert refusal.clause in found.clauses


def test_where_only_what_is_listed_is_allowed_everything_else_is_refused():
    listed = limits("listed_only", {"patterns": ["squat"], "modalities": ["pool"]})
    assert allowed(exercise(pattern="squat"), listed)
    assert allowed(exercise(modality="pool"), listed)
    assert [one.why for one in fit.refusals(exercise(), listed)] == ["Dr Okafor: words of listed_only."]
    assert not allowed(exercise(pattern="squat"), limits("listed_only", {"patterns": [], "modalities": []}))
    assert not allowed(fit.Exercise("x", "x", "squat", None), listed)
