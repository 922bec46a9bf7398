"""What an exercise does to a body, property by property: the schema of the library's data files.

Degrees are the largest angle the joint reaches in the exercise as usually done, from anatomical zero.
"""

from dataclasses import dataclass, fields
from typing import Any

from clearance.anatomy.areas import Area
from clearance.anatomy.movements import (
    Base,
    Contraction,
    Level,
    LoadZone,
    Modality,
    Motion,
    Position,
    SpineMotion,
    WeightBearing,
)


@dataclass(frozen=True)
class JointAction:
    joint: str
    motion: str
    degrees: int
    end_range: bool


@dataclass(frozen=True)
class Properties:
    areas: tuple[str, ...]
    joint_actions: tuple[JointAction, ...]
    axial_load: str
    loaded_spine: tuple[str, ...]
    overhead: bool
    shoulder_abduction_external_rotation: bool
    behind_neck: bool
    wrist_loaded_extension: bool
    grip: str
    impact: str
    plyometric: bool
    ballistic: bool
    positions: tuple[str, ...]
    base: str
    weight_bearing: str
    asymmetric_load: bool
    valsalva: bool
    jaw_clench: bool
    load_zone: str
    modality: str
    contraction: str


NAMES: tuple[str, ...] = tuple(field.name for field in fields(Properties))
ONE_OF: dict[str, type] = {
    "axial_load": Level,
    "grip": Level,
    "impact": Level,
    "base": Base,
    "weight_bearing": WeightBearing,
    "load_zone": LoadZone,
    "modality": Modality,
    "contraction": Contraction,
}
SOME_OF: dict[str, type] = {"areas": Area, "loaded_spine": SpineMotion, "positions": Position}
# Looked up for every entry of the library on a builder page: an enumeration makes its list of values anew each time.
KNOWN: dict[str, frozenset[str]] = {name: frozenset(kind.values) for name, kind in (ONE_OF | SOME_OF).items()}  # type: ignore[attr-defined]
JOINTS, MOTIONS = frozenset(Area.values), frozenset(Motion.values)
ACTION = {field.name for field in fields(JointAction)}
YES_NO: tuple[str, ...] = tuple(field.name for field in fields(Properties) if field.type is bool)


def problems(raw: object) -> list[str]:
    """List what is missing or unknown in an entry's properties, one sentence each; empty when it is complete."""
    if not isinstance(raw, dict):
        return ["properties are not an object"]
    found = [f"{name} is missing" for name in NAMES if name not in raw]
    found += [f"{name} is no property" for name in raw if name not in NAMES]
    return found or [problem for name in NAMES for problem in _problems_of(name, raw[name])]


def _problems_of(name: str, value: Any) -> list[str]:
    if name == "joint_actions":
        return _joint_action_problems(value)
    if name in YES_NO:
        return [] if isinstance(value, bool) else [f"{name} must be true or false"]
    if name in SOME_OF:
        fine = isinstance(value, list) and all(isinstance(one, str) and one in KNOWN[name] for one in value)
        return [] if fine else [f"{name} holds an unknown value"]
    fine = isinstance(value, str) and value in KNOWN[name]
    return [] if fine else [f"{name} has an unknown value"]


def _joint_action_problems(value: Any) -> list[str]:
    if not isinstance(value, list):
        return ["joint_actions must be a list"]
    for action in value:
        if not isinstance(action, dict) or set(action) != ACTION:
            return [f"each joint action needs exactly {sorted(ACTION)}"]
        if action["joint"] not in JOINTS or action["motion"] not in MOTIONS:
            return ["a joint action names an unknown joint or motion"]
        if type(action["degrees"]) is not int or not 0 <= action["degrees"] <= 190:
            return ["degrees must be a whole number from 0 to 190"]
        if not isinstance(action["end_range"], bool):
            return ["end_range must be true or false"]
    return []


def parse(raw: object) -> Properties | None:
    """Return the typed properties, or None when anything is missing or unknown: then the exercise is refused."""
    if problems(raw):
        return None
    values: dict[str, Any] = dict(raw)  # type: ignore[call-overload]
    actions = tuple(JointAction(**action) for action in values.pop("joint_actions"))
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return Properties(joint_actions=actions, **values)
