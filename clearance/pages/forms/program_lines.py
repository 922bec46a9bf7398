"""The lines and workouts of the program builder: their fields, the library beside them, what is noted or refused."""

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.functional import cached_property

from clearance.anatomy.movements import Component, Pattern
from clearance.gate.limits import Limits
from clearance.pages.forms.program_rows import MOST_LINES
from clearance.programs import fit
from clearance.programs.phases import deviations
from clearance.programs.plan import Line
from clearance.programs.queries import Choice, choices, substitutes

TEMPO = re.compile(r"(\d{1,2}|x)(/(\d{1,2}|x)){2}")


class Whole(forms.IntegerField):
    """A whole number between two others."""

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        sentence = f"Enter a whole number from {least} to {most}."
        errors = dict.fromkeys(("required", "invalid", "min_value", "max_value"), sentence)
        super().__init__(min_value=least, max_value=most, error_messages=errors, **kwargs)


class Kilograms(forms.DecimalField):
    """A load. A decimal comma is one, too."""

    def __init__(self, **kwargs: Any) -> None:
        sentence = "Enter kilograms from 0 to 500, with one decimal at most."
        errors = dict.fromkeys(("invalid", "min_value", "max_value", "max_decimal_places", "max_digits"), sentence)
        super().__init__(min_value=0, max_value=500, decimal_places=1, error_messages=errors, **kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class Tempo(forms.CharField):
    """Seconds down, held and up, as 4/2/1; x is as fast as possible."""

    def __init__(self, **kwargs: Any) -> None:
        sentence = "Enter the tempo as 4/2/1, or x/x/x for as fast as possible."
        super().__init__(error_messages={"required": sentence}, **kwargs)
        self.sentence = sentence

    def clean(self, value: Any) -> str:
        text = super().clean(value).lower().replace(" ", "")
        if not TEMPO.fullmatch(text):
            raise ValidationError(self.sentence)
        return text


@dataclass(frozen=True)
class Desk:
    """What the form works with: the limits in force and the library as they leave it."""

    limits: Limits
    choices: dict[str, Choice]

    @cached_property
    def groups(self) -> list[tuple[str, list[Choice]]]:
        """The library by movement pattern, for the lists of exercises."""
        groups: dict[str, list[Choice]] = {}
        for one in self.choices.values():
            groups.setdefault(_pattern(one.exercise.pattern), []).append(one)
        return list(groups.items())

    @cached_property
    def options(self) -> str:
        """The library as the options of a list, rendered once: a big program has more than a hundred lists."""
        return render_to_string("programs/options.html", {"groups": self.groups})

    @cached_property
    def struck(self) -> list[dict[str, Any]]:
        """Every forbidden exercise with the clauses that forbid it and what can be done instead."""
        return [self.strike(one) for one in self.choices.values() if one.refused]

    def strike(self, choice: Choice) -> dict[str, Any]:
        """Return a forbidden exercise as the struck-out panel and its line show it."""
        physicians = list(dict.fromkeys(one.clause.physician for one in choice.refused))
        why = "" if choice.exercise.tags else f" {fit.UNKNOWN_EXERCISE}"
        instead = substitutes(choice.exercise, self.choices.values())
        return {
            "name": choice.exercise.name,
            "physician": ", ".join(physicians),
            "clause": "; ".join(one.clause.words for one in choice.refused) + f".{why}",
            "instead": instead,
            "labels": [{"label": other.name, "url": ""} for other in instead],
        }


def desk(limits: Limits) -> Desk:
    """Return the desk for a client's limits."""
    return Desk(limits, {one.exercise.slug: one for one in choices(limits)})


def _pattern(pattern: str) -> str:
    return str(Pattern(pattern).label if pattern in Pattern.values else pattern).capitalize()


class LineForm(forms.Form):
    """One prescription."""

    exercise = forms.CharField(error_messages={"required": "Choose an exercise."})
    sets = Whole(1, 10, label="Sets")
    reps = Whole(1, 100, label="Reps")
    tempo = Tempo(label="Tempo")
    rest = Whole(0, 600, label="Rest, s")
    kilograms = Kilograms(label="Load, kg", required=False)
    percent = Whole(1, 100, label="% of max", required=False)
    effort = Whole(0, 10, label="Effort, 0–10", required=False)

    def __init__(self, *args: Any, desk: Desk, phase: int, place: tuple[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.desk, self.phase, self.day, self.place = desk, phase, *place

    def clean_exercise(self) -> str:
        slug: str = self.cleaned_data["exercise"]
        if slug not in self.desk.choices:
            raise ValidationError("Choose an exercise from the library.")
        return slug

    @property
    def numbers(self) -> list[forms.BoundField]:
        """The small fields, in the order in which a trainer says them."""
        return [self[name] for name in ("sets", "reps", "tempo", "rest", "kilograms", "percent", "effort")]

    @property
    def exercise_field(self) -> forms.BoundField:
        return self["exercise"]

    @property
    def where(self) -> str:
        """The line as the buttons name it."""
        return f"{self.day}:{self.place}"

    @cached_property
    def choice(self) -> Choice | None:
        """The library entry that is chosen now."""
        return self.desk.choices.get(self["exercise"].value() or "")

    @cached_property
    def struck(self) -> dict[str, Any] | None:
        """The chosen exercise when the limits forbid it, with substitutes."""
        return self.desk.strike(self.choice) if self.choice and self.choice.refused else None

    @property
    def faults(self) -> list[str]:
        """What is wrong with the line as a whole. A struck exercise says so by itself."""
        return [] if self.struck else [f"{one}" for one in self.non_field_errors()]

    @property
    def notes(self) -> str:
        """How the line leaves the phase's table, in words. No refusal."""
        found = []
        if self.choice and self.choice.exercise.phase > self.phase:
            found.append(f"This exercise belongs to phase {self.choice.exercise.phase} or later.")
        away = self._deviations()
        return " ".join(found + ([f"Phase {self.phase} asks for {', '.join(away)}."] if away else []))

    def _deviations(self) -> list[str]:
        if not self.choice or self.choice.exercise.component != Component.RESISTANCE:
            return []
        said = {name: _clean(self, name) for name in ("sets", "reps", "tempo", "percent", "rest")}
        if any(said[name] is None for name in ("sets", "reps", "tempo", "rest")):
            return []
        return deviations(self.phase, **said)

    @property
    def line(self) -> Line:
        """The line as it is to be saved."""
        return Line(**self.cleaned_data)


def _clean(form: forms.Form, name: str) -> Any:
    try:
        return form.fields[name].clean(form[name].value())
    except ValidationError:
        return None


class DayForm(forms.Form):
    """One workout: its name and its lines."""

    name = forms.CharField(max_length=80, label="Name", error_messages={"required": "Give the workout a name."})

    def __init__(self, *args: Any, lines: list[LineForm], number: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines, self.number = lines, number

    @property
    def name_field(self) -> forms.BoundField:
        return self["name"]

    @property
    def place(self) -> str:
        """The workout as the buttons name it."""
        return str(self.number)

    def clean(self) -> None:
        if not 1 <= len(self.lines) <= MOST_LINES:
            raise ValidationError(f"A workout has 1 to {MOST_LINES} exercises.")

    @property
    def full(self) -> bool:
        return len(self.lines) >= MOST_LINES
