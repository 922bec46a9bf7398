"""The rows of restrictions on a decision: one form class for every kind, built from the table of kinds."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from django import forms
from django.forms.utils import ErrorDict

from clearance.anatomy.areas import Area, Side, place
from clearance.decisions.kinds import SHAPES, Kind, Value, clause
from clearance.decisions.statement import Clause
from clearance.decisions.terms import checked
from clearance.pages.forms.base import Day, PageForm
from clearance.people.refused import Refused

MOST_ROWS = 50
MOST_SHOWN = 200
FEW = 4
ROW = re.compile(r"r-(0|[1-9][0-9]{0,3})-kind")
PLACED = re.compile(r"(?P<kind>[a-z_]+):(?P<area>[a-z_]+):(?P<side>[a-z]+)")

BACK = (Kind.NO_LOADED_MOTION, Kind.LOAD_ABS_MAX, Kind.NO_AXIAL_LOADING, Kind.NO_UNILATERAL_STANCE)
ARM = (Kind.LOAD_ABS_MAX, Kind.GRIP_LIMIT, Kind.ROM_LIMIT)
HAND = (Kind.WRIST_EXTENSION_LOADED, Kind.GRIP_LIMIT, Kind.LOAD_ABS_MAX)
LEG = (Kind.ROM_LIMIT, Kind.IMPACT_LIMIT, Kind.WEIGHT_BEARING, Kind.NO_UNILATERAL_STANCE)
TRUNK = (Kind.LOAD_ABS_MAX, Kind.VALSALVA_AVOID, Kind.AVOID_MOVEMENT_PATTERN)
# Offered first for an area because they are asked for often there. The order is no advice; all kinds are in the list.
USUAL: dict[str, tuple[Kind, ...]] = {
    Area.HEAD: (Kind.IMPACT_LIMIT, Kind.VALSALVA_AVOID, Kind.POSITION_AVOID),
    Area.JAW: (Kind.VALSALVA_AVOID, Kind.NO_END_RANGE, Kind.POSITION_AVOID),
    Area.NECK: (Kind.NO_AXIAL_LOADING, Kind.LOAD_ABS_MAX, Kind.NO_OVERHEAD, Kind.ROM_LIMIT),
    Area.SHOULDER: (Kind.NO_OVERHEAD, Kind.LOAD_ABS_MAX, Kind.ROM_LIMIT),
    Area.UPPER_ARM: ARM,
    Area.ELBOW: ARM,
    Area.FOREARM: ARM,
    Area.WRIST: HAND,
    Area.HAND: HAND,
    Area.CHEST: TRUNK,
    Area.ABDOMEN: TRUNK,
    Area.THORACIC_SPINE: (Kind.NO_LOADED_MOTION, Kind.LOAD_ABS_MAX, Kind.NO_AXIAL_LOADING, Kind.NO_OVERHEAD),
    Area.LUMBAR_SPINE: BACK,
    Area.SACROILIAC: BACK,
    Area.HIP_GROIN: LEG,
    Area.THIGH: LEG,
    Area.KNEE: (Kind.ROM_LIMIT, Kind.IMPACT_LIMIT, Kind.WEIGHT_BEARING),
    Area.LOWER_LEG: LEG,
    Area.ANKLE: LEG,
    Area.FOOT: LEG,
}
EVERYWHERE = (Kind.INTENSITY_CAP, Kind.IMPACT_LIMIT, Kind.SUPERVISION_REQUIRED, Kind.PAIN_CAP, Kind.OTHER_TEXT)


@dataclass(frozen=True)
class NamedClause(Clause):
    """A clause that reads with the exercise's name from the library; its terms keep the slug."""

    exercise_name: str = ""

    @property
    def words(self) -> str:
        terms = self.terms | ({"exercise": self.exercise_name.lower()} if self.exercise_name else {})
        return clause(self.kind, terms, place(self.area, self.side).lower() if self.area else "")


class KeptForm(PageForm):
    """A form that can be shown again with what was typed and unjudged: a row was added, or somebody went back."""

    unjudged = False

    @property
    def errors(self) -> ErrorDict:
        return ErrorDict() if self.unjudged else super().errors


MISSING = {
    "one": "Choose one.", "some": "Choose at least one.", "exercise": "Choose the exercise.", "day": "Choose the day.",
    "text": "Write it in words.", "whole": "Enter the number.", "decimal": "Enter the number.",
}  # fmt: skip


def field_of(value: Value, exercises: Mapping[str, str]) -> forms.Field:
    """Return the input of one value of a restriction."""
    common: dict[str, Any] = {"label": value.label, "error_messages": {"required": MISSING[value.type]}}
    if value.type == "one":
        return _choice(value.choices, common)
    if value.type == "exercise":
        return forms.ChoiceField(choices=[("", "Choose"), *exercises.items()], **common)
    if value.type == "some":
        boxes = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(choices=value.choices, widget=boxes, **common)
    if value.type == "day":
        return Day(**common)
    if value.type == "text":
        return forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 2}), **common)
    return _number(value, common)


def _choice(choices: tuple[tuple[str, str], ...], common: dict[str, Any]) -> forms.Field:
    if len(choices) <= FEW:
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
    return forms.ChoiceField(choices=[("", "Choose"), *choices], **common)


def _number(value: Value, common: dict[str, Any]) -> forms.Field:
    span: dict[str, Any] = {"min_value": value.least, "max_value": value.most}
    span["help_text"] = f"{value.least} to {value.most}"
    if value.type == "decimal":
        return forms.DecimalField(max_digits=6, decimal_places=2, **span, **common)
    return forms.IntegerField(**span, **common)


class RestrictionForm(KeptForm):
    """One restriction: its kind, the values of that kind and, where it is placed, area and side."""

    kind = forms.ChoiceField(
        label="Restriction",
        choices=[("", "Choose"), *Kind.choices],
        error_messages={"required": "Choose what to restrict."},
    )

    def __init__(self, data: Any = None, *, index: int, kind: str, exercises: Mapping[str, str], **where: str) -> None:
        initial = {"kind": kind, "joint": where.get("area"), "zone": "any"} | where
        super().__init__(data, prefix=f"r-{index}", initial=initial)
        self.index, self.exercises = index, exercises
        self.shape = SHAPES.get(kind)
        for value in self.shape.values if self.shape else ():
            self.fields[value.name] = field_of(value, exercises)
        if self.shape and self.shape.placed:
            self._add_place()

    def _add_place(self) -> None:
        areas = [("", "Everywhere"), *Area.choices]
        self.fields["area"] = forms.ChoiceField(label="Only for", choices=areas, required=False)
        sides = [("", "Choose"), *Side.choices]
        self.fields["side"] = forms.ChoiceField(label="Side", choices=sides, required=False)

    def take_focus(self) -> "RestrictionForm":
        """Put the cursor into the first value: the row was just added."""
        for value in self.shape.values[:1] if self.shape else ():
            self.fields[value.name].widget.attrs["autofocus"] = True
        return self

    @property
    def values(self) -> list[Any]:
        """The inputs below the kind."""
        return [self[name] for name in self.fields if name != "kind"]

    def clean(self) -> dict[str, Any]:
        if self.errors or self.shape is None:
            return self.cleaned_data
        try:
            checked(self.clause)
        except Refused as refused:
            self.refuse(refused)
        self._check_order()
        return self.cleaned_data

    def _check_order(self) -> None:
        said = self.cleaned_data
        if said.get("side") and not said.get("area"):
            self.add_error("area", "Choose the area too, or leave the side empty.")
        if said.get("first") and said.get("last") and said["last"] < said["first"]:
            self.add_error("last", "The last day is not before the first.")

    @property
    def clause(self) -> Clause:
        """The restriction as it was chosen; only of a valid form."""
        said = self.cleaned_data
        terms = {value.name: _term(value, said[value.name]) for value in self.shape.values} if self.shape else {}
        name = self.exercises.get(str(terms.get("exercise", "")), "")
        return NamedClause(
            kind=said["kind"], terms=terms, area=said.get("area", ""), side=said.get("side", ""), exercise_name=name
        )


def _term(value: Value, said: Any) -> Any:
    if value.type == "day":
        return said.isoformat()
    return f"{Decimal(said).normalize():f}" if value.type == "decimal" else said


class RestrictionRows:
    """All rows on a page. What a button adds or removes is applied to what was sent, so nothing typed is lost."""

    def __init__(self, data: Any, *, exercises: Mapping[str, str], unjudged: bool = False) -> None:
        sent = data if data is not None else {}
        removed = sent.get("remove", "")
        self.forms = [
            RestrictionForm(data, index=index, kind=sent[f"r-{index}-kind"], exercises=exercises)
            for index in islice(indexes(sent), MOST_SHOWN)
            if str(index) != removed
        ]
        if sent.get("add"):
            self.forms.append(new_row(sent, exercises=exercises))
        for form in self.forms:
            form.unjudged = unjudged

    def is_valid(self) -> bool:
        """Say whether every row is."""
        return all(form.is_valid() for form in self.forms)

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The restrictions as they were chosen; only of valid rows."""
        return tuple(form.clause for form in self.forms)


def indexes(data: Iterable[str]) -> list[int]:
    """Return the numbers of the rows in what was sent, in their order."""
    return sorted({int(found[1]) for name in data if (found := ROW.fullmatch(name))})


def new_row(data: Mapping[str, str], *, exercises: Mapping[str, str]) -> RestrictionForm:
    """Return an empty row. `add` is a kind, a kind with its place as `kind:area:side`, or "chosen" for the list."""
    index = max(indexes(data), default=-1) + 1
    wanted = data.get("add", "")
    chosen = data.get("add_kind", "") if wanted == "chosen" else wanted
    placed = PLACED.fullmatch(chosen)
    row = placed.groupdict() if placed else {"kind": chosen}
    return RestrictionForm(index=index, exercises=exercises, **row).take_focus()


def usual_for(places: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return, for each place of an injury and for everywhere, the kinds that are asked for most often there."""
    groups = [_group(place(area, side), USUAL[area], f":{area}:{side}") for area, side in dict.fromkeys(places)]
    return [*groups, _group("Everywhere", EVERYWHERE, "")]


def _group(title: str, kinds: Iterable[Kind], where: str) -> dict[str, Any]:
    return {"title": title, "offers": [{"add": f"{kind}{where}", "label": kind.label} for kind in kinds]}
