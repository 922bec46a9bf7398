"""The program builder's form: a head, up to seven workouts, and their lines."""

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clearance.anatomy.movements import Phase
from clearance.gate.limits import Limits
from clearance.pages.forms import program_rows as rows
from clearance.pages.forms.base import PageForm, Text
from clearance.pages.forms.program_lines import DayForm, Desk, LineForm, Whole, desk
from clearance.people.refused import Refused
from clearance.programs import fit
from clearance.programs.actions import PlanRefused
from clearance.programs.phases import PHASES
from clearance.programs.plan import Day, Plan


class PlanForm(PageForm):
    """A whole program. Bound only when it is to be saved: any other button shows again what was typed, unjudged."""

    title = forms.CharField(max_length=120, label="Title", help_text="What the client calls it, as “Back to base”.")
    phase = forms.TypedChoiceField(
        choices=Phase.choices, coerce=int,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose a phase."),
    )  # fmt: skip
    notes = Text(required=False, label="Notes")
    acknowledged = forms.TypedMultipleChoiceField(
        coerce=int, required=False, label="What the physician asks for",
        error_messages={"invalid_choice": "What the physician asks for has changed. Read it again."},
    )  # fmt: skip
    onto = Whole(1, 32_767, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, desk: Desk, typed: rows.Typed, latest: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.desk, self.typed, self.latest, self.looked_at = desk, typed, latest, self["onto"].value()
        asked = [(one.id, one.words) for one in fit.conditions(desk.limits)]
        self.fields["acknowledged"].choices = asked  # type: ignore[attr-defined]
        self.chosen_phase = phase_of(self["phase"].value())
        self.days = [self._day(number, one) for number, one in enumerate(typed.days)]

    def _day(self, number: int, typed: rows.TypedDay) -> DayForm:
        lines = [self._line(number, place, one) for place, one in enumerate(typed.lines)]
        return DayForm(**self._values(f"w{number}", {"name": typed.name}), lines=lines, number=number)

    def _line(self, day: int, place: int, typed: dict[str, str]) -> LineForm:
        values = self._values(f"w{day}-{place}", typed)
        return LineForm(**values, desk=self.desk, phase=self.chosen_phase, place=(day, place))

    def _values(self, prefix: str, typed: dict[str, str]) -> dict[str, Any]:
        data = {f"{prefix}-{name}": value for name, value in typed.items()}
        return {"prefix": prefix, "data": data} if self.is_bound else {"prefix": prefix, "initial": typed}

    @property
    def shape(self) -> str:
        """How many lines each workout has, as the form posts it back."""
        return "-".join(str(len(day.lines)) for day in self.days)

    @property
    def full(self) -> bool:
        return len(self.days) >= rows.MOST_DAYS

    @property
    def phases(self) -> list[dict[str, Any]]:
        """The phases as cards."""
        return [
            {"acute": acute, "label": Phase(phase).label, "on": phase == self.chosen_phase, "later": phase > 1}
            for phase, acute in PHASES.items()
        ]

    @property
    def conditions(self) -> list[dict[str, Any]]:
        """The conditions to tick, each with its clause."""
        ticked = {f"{one}" for one in self["acknowledged"].value() or []}
        return [{"clause": one, "on": f"{one.id}" in ticked} for one in fit.conditions(self.desk.limits)]

    def clean(self) -> None:
        if not 1 <= len(self.days) <= rows.MOST_DAYS:
            raise ValidationError(f"A program has 1 to {rows.MOST_DAYS} workouts.")

    def is_valid(self) -> bool:
        parts = [self.is_head_valid(), *(one.is_valid() for day in self.days for one in (day, *day.lines))]
        return all(parts)

    def is_head_valid(self) -> bool:
        """Say whether title, phase, notes and conditions are fine."""
        return super().is_valid()

    def carry_out(self, act: Callable[[dict[str, Any]], Any]) -> bool:
        """As in PageForm; what breaks the restrictions stands beside its line."""
        try:
            return super().carry_out(act)
        except PlanRefused as refused:
            for problem in refused.problems:
                self._part(problem.day, problem.line).add_error(None, problem.sentence)
            return False

    def refuse(self, refused: Refused) -> None:
        """As in PageForm. Saving once more is then meant: the trainer has been told of the latest version."""
        super().refuse(refused)
        self.looked_at = self.latest

    def _part(self, day: int | None, line: int | None) -> forms.Form:
        if day is None:
            return self
        return self.days[day] if line is None else self.days[day].lines[line]

    @property
    def plan(self) -> Plan:
        """The program as it is to be saved."""
        days = tuple(Day(day.cleaned_data["name"], tuple(one.line for one in day.lines)) for day in self.days)
        head = self.cleaned_data
        return Plan(head["title"], head["phase"], days, head["notes"], frozenset(head["acknowledged"]))

    @property
    def faults(self) -> Iterator[dict[str, str]]:
        """Every sentence of what is wrong, with the block it stands in."""
        yield from ({"sentence": one, "block": ""} for one in _sentences(self, "__all__"))
        for field in self:
            found = _sentences(self, field.name)
            yield from ({"sentence": f"{field.label}: {one}", "block": field.auto_id} for one in found)
        for day in self.days:
            place = f"Workout {day.number + 1}"
            yield from _located(day, place)
            for line in day.lines:
                yield from _located(line, f"{place}, exercise {line.place + 1}")


def _located(form: DayForm | LineForm, where: str) -> Iterator[dict[str, str]]:
    for name in form.errors:
        yield from ({"sentence": f"{where}: {one}", "block": f"{form.prefix}"} for one in _sentences(form, name))


def _sentences(form: forms.Form, name: str) -> list[str]:
    return [f"{one}" for one in form.errors.get(name, [])]


def builder(data: Any, *, limits: Limits, plan: Plan | None, latest: int | None) -> PlanForm:
    """Return the form: empty or from a stored plan to look at, bound to save, or as the pressed button leaves it.

    `latest` is the number of the program's last version.
    """
    at: dict[str, Any] = {"desk": desk(limits), "latest": latest}
    if data is None:
        return PlanForm(**at, typed=rows.of_plan(plan) if plan else rows.blank(), initial=_head(plan, latest))
    typed = rows.read(data)
    if data.get("do", rows.SAVE) in ("", rows.SAVE):
        return PlanForm(data, **at, typed=typed)
    head = {name: data.get(name, "") for name in ("title", "phase", "notes", "onto")}
    typed = rows.press(typed, data["do"], phase=phase_of(head["phase"]), taken=data.get("undo", ""))
    return PlanForm(**at, typed=typed, initial=head | {"acknowledged": data.getlist("acknowledged")})


def _head(plan: Plan | None, latest: int | None) -> dict[str, Any]:
    if plan is None:
        return {"phase": Phase.STABILIZATION_ENDURANCE}
    said = {"title": plan.title, "phase": plan.phase, "notes": plan.notes, "acknowledged": list(plan.acknowledged)}
    return said | {"onto": latest}


def phase_of(typed: Any) -> int:
    """Return the phase that is chosen, or the first one."""
    return int(typed) if f"{typed}" in {str(value) for value in Phase.values} else int(Phase.values[0])
