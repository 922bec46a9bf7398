"""The library's data file: complete, linked, covering, and physically plausible."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import clearance.exercises
from clearance.anatomy.areas import Area
from clearance.anatomy.movements import LEVELS, MEASURED, Component, Modality, Pattern, Phase
from clearance.exercises.properties import Properties, parse, problems

Entry = dict[str, Any]
FILE = Path(clearance.exercises.__file__).parent / "data" / "library.json"
ENTRIES: list[Entry] = json.loads(FILE.read_text(encoding="utf-8"))
BY_SLUG = {entry["slug"]: entry for entry in ENTRIES}
LINKED = "slug name other_names pattern component phase equipment cues errors regression progression"
KEYS = {*LINKED.split(), "default_rpe", "properties"}
LYING = {"supine", "prone", "side_lying"}
GRIPPING = {Area.HAND, Area.WRIST, Area.FOREARM}
LANDING = {Area.FOOT, Area.ANKLE, Area.KNEE, Area.HIP_GROIN, Area.LUMBAR_SPINE}
SPINE = (Area.LUMBAR_SPINE, Area.THORACIC_SPINE)
LOWER = ("none", "floor_waist", "waist_shoulder")
MOST = {
    ("knee", "flexion"): 140,
    ("hip_groin", "flexion"): 130,
    ("hip_groin", "extension"): 20,
    ("ankle", "dorsiflexion"): 30,
    ("elbow", "flexion"): 150,
    ("lumbar_spine", "flexion"): 60,
    ("lumbar_spine", "rotation"): 10,
}


def typed(entry: Entry) -> Properties:
    properties = parse(entry["properties"])
    assert properties is not None
    return properties


def breaking(rule: Callable[[Entry, Properties], bool]) -> list[str]:
    """Return the slugs of all entries for which a rule does not hold."""
    return [entry["slug"] for entry in ENTRIES if not rule(entry, typed(entry))]


def at_most(level: str, most: str) -> bool:
    return LEVELS.index(level) <= LEVELS.index(most)


def reach(one: Properties, joint: str, *motions: str) -> int:
    """Return the largest angle of a joint in these motions, or in any."""
    actions = [action for action in one.joint_actions if action.joint == joint]
    return max((action.degrees for action in actions if not motions or action.motion in motions), default=0)


def axial(one: Properties) -> int:
    """Return the load along the spine as a rank; standing is the least."""
    return max(LEVELS.index(one.axial_load), LEVELS.index("low"))


def bend(one: Properties) -> int:
    return reach(one, Area.KNEE, "flexion")


def turned(one: Properties) -> int:
    return min(reach(one, Area.SHOULDER, motion) for motion in ("abduction", "external_rotation"))


def neutral(one: Properties, joint: str) -> bool:
    return not one.loaded_spine and reach(one, joint) == 0


def to_the_end(one: Properties, joint: str) -> bool:
    return any(action.end_range for action in one.joint_actions if action.joint == joint)


def test_there_are_sixty_to_eighty_exercises() -> None:
    assert 60 <= len(ENTRIES) <= 80


def test_every_slug_and_every_name_is_used_once() -> None:
    names = [name.lower() for entry in ENTRIES for name in (entry["name"], *entry["other_names"])]
    assert len(BY_SLUG) == len(ENTRIES)
    assert len(set(names)) == len(names)


def test_the_file_is_sorted_by_pattern_and_slug() -> None:
    order = [(entry["pattern"], entry["slug"]) for entry in ENTRIES]
    assert order == sorted(order)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["slug"])
def test_an_entry_has_every_property_and_no_unknown_one(entry: Entry) -> None:
    assert set(entry) == KEYS
    assert problems(entry["properties"]) == []


def test_every_value_is_of_its_kind() -> None:
    assert breaking(lambda entry, one: bool(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", entry["slug"]))) == []
    assert breaking(lambda entry, one: entry["pattern"] in Pattern.values) == []
    assert breaking(lambda entry, one: entry["component"] in Component.values) == []
    assert breaking(lambda entry, one: entry["phase"] in Phase.values) == []
    assert breaking(lambda entry, one: entry["default_rpe"] in range(1, 11)) == []


def test_every_exercise_is_coached_in_a_few_short_sentences() -> None:
    assert breaking(lambda entry, one: 2 <= len(entry["cues"]) <= 4) == []
    assert breaking(lambda entry, one: all(cue.endswith(".") and len(cue) <= 90 for cue in entry["cues"])) == []
    assert breaking(lambda entry, one: 1 <= len(entry["errors"]) <= 3) == []


def test_every_exercise_names_areas_positions_and_joint_actions() -> None:
    assert breaking(lambda entry, one: bool(one.areas and one.positions and one.joint_actions)) == []
    assert breaking(lambda entry, one: len(set(one.areas)) == len(one.areas)) == []


@pytest.mark.parametrize("link", ["regression", "progression"])
def test_every_link_leads_to_another_exercise_and_never_in_a_circle(link: str) -> None:
    for entry in ENTRIES:
        seen = [entry["slug"]]
        while (following := BY_SLUG[seen[-1]][link]) is not None:
            assert following in BY_SLUG
            assert following not in seen
            seen.append(following)


def test_a_progression_is_in_no_earlier_phase_and_a_regression_in_no_later_one() -> None:
    phase = {None: None} | {entry["slug"]: entry["phase"] for entry in ENTRIES}
    assert breaking(lambda entry, one: (phase[entry["regression"]] or 1) <= entry["phase"]) == []
    assert breaking(lambda entry, one: (phase[entry["progression"]] or 5) >= entry["phase"]) == []


def test_a_regression_has_no_more_impact_and_no_more_load_along_the_spine_than_standing_has() -> None:
    easier = {entry["slug"]: typed(BY_SLUG[entry["regression"] or entry["slug"]]) for entry in ENTRIES}
    assert breaking(lambda entry, one: at_most(easier[entry["slug"]].impact, one.impact)) == []
    assert breaking(lambda entry, one: axial(easier[entry["slug"]]) <= axial(one)) == []


@pytest.mark.parametrize(("key", "kind"), [("pattern", Pattern), ("component", Component), ("phase", Phase)])
def test_every_pattern_component_and_phase_is_covered(key: str, kind: Any) -> None:
    assert {entry[key] for entry in ENTRIES} == set(kind.values)


def test_every_way_of_training_is_covered() -> None:
    assert {typed(entry).modality for entry in ENTRIES} == set(Modality.values)


# What a physician typically asks for when this area is hurt.
TYPICAL: dict[str, Callable[[Properties], bool]] = {
    Area.HEAD: lambda one: one.impact == "none" and not (one.valsalva or one.ballistic or "inverted" in one.positions),
    Area.JAW: lambda one: not (one.jaw_clench or one.valsalva) and Area.JAW not in one.areas,
    Area.NECK: lambda one: Area.NECK not in one.areas and at_most(one.axial_load, "low") and not one.overhead,
    Area.SHOULDER: lambda one: (
        not (one.overhead or one.behind_neck or turned(one) >= 60 or to_the_end(one, Area.SHOULDER))
    ),
    Area.UPPER_ARM: lambda one: Area.UPPER_ARM not in one.areas and not one.overhead and at_most(one.grip, "low"),
    Area.ELBOW: lambda one: at_most(one.grip, "low") and not to_the_end(one, Area.ELBOW),
    Area.FOREARM: lambda one: at_most(one.grip, "low") and Area.FOREARM not in one.areas,
    Area.WRIST: lambda one: not one.wrist_loaded_extension and at_most(one.grip, "low"),
    Area.HAND: lambda one: one.grip == "none" and not one.wrist_loaded_extension,
    Area.CHEST: lambda one: Area.CHEST not in one.areas and not (one.valsalva or one.ballistic or one.overhead),
    Area.THORACIC_SPINE: lambda one: neutral(one, Area.THORACIC_SPINE),
    Area.LUMBAR_SPINE: lambda one: neutral(one, Area.LUMBAR_SPINE) and axial(one) < 2 and one.impact == "none",
    Area.SACROILIAC: lambda one: one.base != "single" and not one.asymmetric_load and at_most(one.impact, "low"),
    Area.ABDOMEN: lambda one: not (one.valsalva or one.loaded_spine or one.ballistic),
    Area.HIP_GROIN: lambda one: reach(one, Area.HIP_GROIN, "flexion") <= 90 and not to_the_end(one, Area.HIP_GROIN),
    Area.THIGH: lambda one: bend(one) <= 60 and not one.ballistic and at_most(one.impact, "low"),
    Area.KNEE: lambda one: bend(one) <= 60 and at_most(one.impact, "low") and one.base != "single",
    Area.LOWER_LEG: lambda one: one.impact == "none" and reach(one, Area.ANKLE) <= 10,
    Area.ANKLE: lambda one: reach(one, Area.ANKLE) <= 10 and one.impact == "none" and one.base != "single",
    Area.FOOT: lambda one: one.weight_bearing == "none" and one.impact == "none",
}


def test_typical_restrictions_are_stated_for_every_area() -> None:
    assert set(TYPICAL) == set(Area.values)


@pytest.mark.parametrize("area", Area.values)
def test_four_early_strength_or_core_exercises_remain_when_an_area_is_hurt(area: str) -> None:
    early = [entry for entry in ENTRIES if entry["phase"] <= 2 and entry["component"] in ("resistance", "core")]
    assert len([entry for entry in early if TYPICAL[area](typed(entry))]) >= 4


@pytest.mark.parametrize("area", Area.values)
def test_something_for_the_heart_and_something_to_wind_down_remains_when_an_area_is_hurt(area: str) -> None:
    left = {entry["component"] for entry in ENTRIES if entry["phase"] == 1 and TYPICAL[area](typed(entry))}
    assert "cool_down" in left
    assert "cardio" in left


def test_a_jump_is_plyometric_and_lands_hard() -> None:
    jumps = {entry["slug"] for entry in ENTRIES if entry["pattern"] == Pattern.JUMP_LAND}
    assert breaking(lambda entry, one: entry["slug"] not in jumps or one.plyometric) == []
    assert breaking(lambda entry, one: entry["slug"] not in jumps or one.impact in ("moderate", "high")) == []


def test_plyometric_exercises_are_tagged_so_everywhere_and_are_ballistic() -> None:
    assert breaking(lambda entry, one: one.plyometric == (one.modality == Modality.PLYOMETRIC)) == []
    assert breaking(lambda entry, one: one.ballistic or not one.plyometric) == []


def test_a_throw_is_ballistic_and_moves_the_spine_under_load() -> None:
    assert breaking(lambda entry, one: entry["pattern"] != Pattern.THROW or one.ballistic) == []
    assert breaking(lambda entry, one: entry["pattern"] != Pattern.THROW or bool(one.loaded_spine)) == []


def test_impact_needs_weight_on_the_legs() -> None:
    assert breaking(lambda entry, one: one.impact == "none" or one.weight_bearing == "full") == []


def test_running_and_walking_have_impact() -> None:
    assert breaking(lambda entry, one: one.modality != Modality.RUNNING or not at_most(one.impact, "low")) == []
    assert breaking(lambda entry, one: one.modality != Modality.WALKING or one.impact == "low") == []


def test_arms_above_the_shoulder_are_overhead() -> None:
    vertical = (Pattern.PUSH_VERTICAL, Pattern.PULL_VERTICAL)
    raised = ("flexion", "abduction")
    assert breaking(lambda entry, one: one.overhead == (reach(one, Area.SHOULDER, *raised) >= 120)) == []
    assert breaking(lambda entry, one: entry["pattern"] not in vertical or one.overhead) == []


def test_a_load_above_the_shoulder_and_loaded_arms_overhead_go_together() -> None:
    assert breaking(lambda entry, one: one.load_zone in (("none", "overhead") if one.overhead else LOWER)) == []


def test_turned_out_shoulders_agree_with_the_angles() -> None:
    assert breaking(lambda entry, one: one.shoulder_abduction_external_rotation == (turned(one) >= 60)) == []


def test_a_loaded_bent_back_wrist_has_its_angle() -> None:
    assert breaking(lambda entry, one: one.wrist_loaded_extension == (reach(one, Area.WRIST, "extension") >= 30)) == []


def test_lying_and_hanging_put_no_load_along_the_spine() -> None:
    assert breaking(lambda entry, one: not set(one.positions) <= LYING | {"hanging"} or one.axial_load == "none") == []


def test_a_knee_on_the_floor_counts_as_kneeling() -> None:
    on_a_knee = {"half_kneeling", "quadruped"}
    assert breaking(lambda entry, one: "kneeling" in one.positions or not on_a_knee & set(one.positions)) == []


def test_standing_on_land_puts_weight_on_the_legs_and_some_load_along_the_spine() -> None:
    standing = {entry["slug"] for entry in ENTRIES if "standing" in typed(entry).positions}
    assert breaking(lambda entry, one: entry["slug"] not in standing or one.weight_bearing != "none") == []
    on_land = standing - {"pool-walking"}
    assert breaking(lambda entry, one: entry["slug"] not in on_land or one.weight_bearing == "full") == []
    assert breaking(lambda entry, one: entry["slug"] not in on_land or one.axial_load != "none") == []


def test_a_high_load_along_the_spine_comes_with_a_free_weight_and_a_held_breath() -> None:
    assert breaking(lambda entry, one: one.axial_load != "high" or one.modality == Modality.STRENGTH_FREE) == []
    assert breaking(lambda entry, one: one.axial_load != "high" or (one.valsalva and one.jaw_clench)) == []


def moved(one: Properties) -> set[str]:
    return {action.motion for action in one.joint_actions if action.joint in SPINE}


def test_a_spine_that_moves_with_a_weight_or_on_hard_landing_moves_under_load() -> None:
    light = {e["slug"] for e in ENTRIES if typed(e).load_zone == "none" and at_most(typed(e).impact, "low")}
    assert breaking(lambda entry, one: entry["slug"] in light or moved(one) <= set(one.loaded_spine)) == []


def test_a_loaded_spine_motion_is_among_the_joint_actions() -> None:
    assert breaking(lambda entry, one: set(one.loaded_spine) <= moved(one)) == []


def test_one_leg_means_full_weight_and_a_one_sided_load() -> None:
    assert breaking(lambda entry, one: one.base != "single" or one.weight_bearing == "full") == []
    assert breaking(lambda entry, one: one.base != "single" or one.asymmetric_load) == []
    lunges = {entry["slug"] for entry in ENTRIES if entry["pattern"] == Pattern.LUNGE_SINGLE_LEG}
    assert breaking(lambda entry, one: entry["slug"] not in lunges or one.base in ("single", "split")) == []


def test_an_external_load_fits_the_way_of_training() -> None:
    loaded = {Modality.STRENGTH_FREE, Modality.STRENGTH_MACHINE, Modality.BANDS, Modality.ROWING}
    either = {Modality.PLYOMETRIC}
    assert breaking(lambda entry, one: one.load_zone == "none" or one.modality in loaded | either) == []
    assert breaking(lambda entry, one: one.load_zone != "none" or one.modality not in loaded) == []
    assert breaking(lambda entry, one: one.modality != Modality.STRENGTH_FREE or one.grip != "none") == []


def test_carrying_and_hanging_ask_for_a_strong_grip() -> None:
    assert breaking(lambda entry, one: entry["pattern"] != Pattern.CARRY or one.grip == "high") == []
    assert breaking(lambda entry, one: "hanging" not in one.positions or one.grip == "high") == []


def test_what_is_stressed_is_among_the_areas() -> None:
    assert breaking(lambda entry, one: {action.joint for action in one.joint_actions} <= set(one.areas)) == []
    assert breaking(lambda entry, one: at_most(one.grip, "low") or set(one.areas) >= GRIPPING) == []
    assert breaking(lambda entry, one: at_most(one.impact, "low") or set(one.areas) >= LANDING) == []
    assert breaking(lambda entry, one: not one.behind_neck or Area.NECK in one.areas) == []
    assert breaking(lambda entry, one: not one.jaw_clench or Area.JAW in one.areas) == []
    assert breaking(lambda entry, one: not one.asymmetric_load or Area.SACROILIAC in one.areas) == []


def test_the_first_phase_is_gentle() -> None:
    first = {entry["slug"] for entry in ENTRIES if entry["phase"] == Phase.STABILIZATION_ENDURANCE}
    for measure in ("impact", "axial_load", "grip"):
        assert breaking(lambda entry, one: entry["slug"] not in first or at_most(getattr(one, measure), "low")) == []  # noqa: B023
    assert breaking(lambda entry, one: entry["slug"] not in first or not (one.ballistic or one.loaded_spine)) == []
    assert breaking(lambda entry, one: entry["slug"] not in first or entry["default_rpe"] <= 5) == []


def test_fast_movements_wait_for_a_later_phase_and_the_power_phase_has_only_such() -> None:
    assert breaking(lambda entry, one: not one.ballistic or entry["phase"] >= Phase.MUSCULAR_DEVELOPMENT) == []
    assert breaking(lambda entry, one: one.ballistic or entry["phase"] < Phase.POWER) == []


def test_stretches_mobility_and_breathing_carry_nothing_and_stay_easy() -> None:
    easy = (Pattern.STRETCH, Pattern.MOBILITY, Pattern.BREATHING_ACTIVATION)
    assert breaking(lambda entry, one: entry["pattern"] not in easy or one.load_zone == "none") == []
    assert breaking(lambda entry, one: entry["pattern"] not in easy or not one.loaded_spine) == []
    assert breaking(lambda entry, one: entry["pattern"] not in easy or entry["default_rpe"] <= 3) == []


def test_a_stretch_goes_to_the_end_of_a_range() -> None:
    stretches = {entry["slug"] for entry in ENTRIES if entry["pattern"] == Pattern.STRETCH}
    assert breaking(lambda entry, one: entry["slug"] not in stretches or any(to_the_end(one, at) for at in Area)) == []


def test_no_angle_is_beyond_a_human_joint() -> None:
    def human(one: Properties) -> bool:
        return all(act.degrees <= MOST.get((act.joint, act.motion), 180) for act in one.joint_actions)

    assert breaking(lambda entry, one: human(one)) == []


def test_squats_get_deeper_step_by_step() -> None:
    slugs = ("mini-squat", "box-squat", "goblet-squat", "barbell-back-squat", "front-squat")
    depths = [reach(typed(BY_SLUG[slug]), Area.KNEE, "flexion") for slug in slugs]
    assert depths == sorted(set(depths))


def test_every_angle_that_a_restriction_can_limit_is_measured_by_the_library_and_no_other():
    measured = {(action["joint"], action["motion"]) for one in ENTRIES for action in one["properties"]["joint_actions"]}
    assert measured == {(joint, motion) for joint, motions in MEASURED.items() for motion in motions}
