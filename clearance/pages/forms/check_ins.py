"""Forms about check-ins: how the client is, how often that is asked, and the review of a red flag."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clearance.checkins.queries import has_other_side
from clearance.checkins.red_flags import ACTIONS
from clearance.checkins.scales import Load, Strength, effort_word, strength_word
from clearance.checkins.symptoms import ANSWERS, Symptom
from clearance.checkins.tiers import STOPS
from clearance.injuries.models import InjuryVersion
from clearance.pages.forms.base import Day, PageForm, Text

SCALE = range(11)
FARTHEST = timedelta(days=90)
NONE, SOME = "none", "some"
CONTRADICTS = "“None of these” and a tick contradict each other. Choose “None of these” and no tick, or the tick alone."
UNTICKED = "Tick which: “Yes” or “Not sure”. Not sure counts as yes, until a physician has looked at it."
STRONGEST_FIRST = (
    Strength.SAME, Strength.LITTLE_WEAKER, Strength.WEAKER, Strength.MUCH_WEAKER, Strength.NONE, Strength.UNSURE,
)  # fmt: skip


def _pain(label: str, **more: Any) -> forms.TypedChoiceField:
    choices = [("", "Not asked"), *((one, str(one)) for one in SCALE)]
    return forms.TypedChoiceField(
        label=label, choices=choices, coerce=int, required=False, empty_value=None,
        error_messages={"invalid_choice": "Choose a number from 0 to 10."}, **more,
    )  # fmt: skip


class CheckInForm(PageForm):
    """How a client is. Nothing is chosen beforehand that counts as an answer. `injuries` are the open ones, `symptoms`
    those to ask for, `on` today in the studio."""

    ACTIONS = ACTIONS
    MORE = ("pain_worst", "pain_session", "pain_morning", "effort", "load", "told_on", "note")

    injury = forms.TypedChoiceField(
        label="About which injury?", coerce=int, required=False, empty_value=None, widget=forms.RadioSelect,
        error_messages={"required": "Choose the injury.", "invalid_choice": "Choose one of these injuries."},
    )  # fmt: skip
    pain_now = forms.TypedChoiceField(
        label="Pain now", choices=[(one, str(one)) for one in SCALE], coerce=int, widget=forms.RadioSelect,
        error_messages={"required": "Tap a number from 0 to 10.", "invalid_choice": "Tap a number from 0 to 10."},
    )  # fmt: skip
    strength = forms.TypedChoiceField(
        coerce=int, widget=forms.RadioSelect,
        error_messages={"required": "Choose how strong it is.", "invalid_choice": "Choose one of these."},
    )  # fmt: skip
    any_new = forms.ChoiceField(
        label="Any of these since the last check-in?", widget=forms.RadioSelect,
        choices=[(NONE, "None of these"), (SOME, "Yes, or not sure: tick which")],
        error_messages={"required": "Read the list, and answer.", "invalid_choice": "Choose one of these answers."},
    )  # fmt: skip
    symptoms = forms.MultipleChoiceField(
        label="Symptoms", required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Tick symptoms of this list.", "invalid_list": "Tick symptoms of this list."},
    )  # fmt: skip
    pain_worst = _pain("Worst pain since the last check-in")
    pain_session = _pain("Pain during the last session")
    pain_morning = _pain("Pain on the morning after it")
    effort = forms.TypedChoiceField(
        label="Effort of the last session", coerce=int, required=False, empty_value=None,
        choices=[("", "Not asked"), *((one, f"{one} {effort_word(one)}") for one in SCALE)],
        error_messages={"invalid_choice": "Choose a number from 0 to 10."},
    )  # fmt: skip
    load = forms.ChoiceField(
        label="Its load, against the session before", required=False, choices=[("", "Not asked"), *Load.choices],
        error_messages={"invalid_choice": "Choose less, the same or more."},
    )  # fmt: skip
    told_on = Day(label="Day it is about", required=False)
    note = Text(max_length=2000, required=False, label="In the client's words", rows=2)

    def __init__(
        self, *args: Any, injuries: Sequence[InjuryVersion], symptoms: Iterable[Symptom], on: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.asked, self.on, self.injuries = list(symptoms), on, injuries
        fields: Any = self.fields
        fields["injury"].choices = [(one.injury_id, f"{one}, {one.severity_word}") for one in injuries]
        fields["injury"].required = len(injuries) > 1
        fields["symptoms"].choices = [(f"{one.slug}:{said}", said) for one in self.asked for said in ANSWERS]
        fields["strength"].label, same = self._against(injuries)
        words = [(one.value, same if one is Strength.SAME else strength_word(one)) for one in STRONGEST_FIRST]
        fields["strength"].choices = words
        fields["told_on"].initial = on
        fields["told_on"].widget.attrs["max"] = on.isoformat()
        if not injuries:
            del self.fields["injury"]

    @staticmethod
    def _against(injuries: Sequence[InjuryVersion]) -> tuple[str, str]:
        """What strength is compared with, and the word for no difference."""
        sided = {has_other_side(one.side) for one in injuries}
        if sided == {True}:
            return "Strength or control, against the other side", strength_word(Strength.SAME)
        if sided == {False}:
            return "Strength or control, against before the injury", strength_word(Strength.SAME, other_side=False)
        return "Strength or control, against the other side or against before", "As strong"

    def clean_injury(self) -> int | None:
        """The only one that is open is meant, also where it was not sent along."""
        chosen: int | None = self.cleaned_data["injury"]
        return self.injuries[0].injury_id if chosen is None and len(self.injuries) == 1 else chosen

    def clean(self) -> dict[str, Any]:
        """Turn the ticks into what was said to each symptom; a tick for both means yes."""
        data = dict(super().clean() or {})
        ticks, answer = data.pop("symptoms", []), data.pop("any_new", None)
        if answer == NONE and ticks:
            self.add_error("any_new", CONTRADICTS)
        if answer == SOME and not ticks and "symptoms" not in self.errors:
            self.add_error("any_new", UNTICKED)
        # "unsure" sorts before "yes": of two ticks for one symptom, yes is what stays.
        said = dict(sorted(tuple(one.split(":")) for one in ticks))
        return data | {"symptoms": said, "told_on": data.get("told_on") or self.on}

    @property
    def checklist(self) -> list[dict[str, Any]]:
        """Each symptom with its two ticks, as they were sent."""
        ticked = self["symptoms"].value() or []
        return [
            {"slug": one.slug, "words": one.words, "yes": f"{one.slug}:yes" in ticked,
             "unsure": f"{one.slug}:unsure" in ticked}
            for one in self.asked
        ]  # fmt: skip

    @property
    def urgent(self) -> dict[str, str] | None:
        """What to do about the most urgent symptom that was ticked, while the form is not complete: it does not wait
        for the rest."""
        ticked = {one.partition(":")[0] for one in self["symptoms"].value() or []} if self.errors else set()
        tier = min((one.tier for one in self.asked if one.slug in ticked and one.tier in STOPS), default=None)
        return {"tier": str(tier.label), "action": self.ACTIONS[tier]} if tier else None

    @property
    def more_open(self) -> bool:
        """Say whether what may be left out is shown unfolded: something of it was told or has to be corrected."""
        sent = self.is_bound and any(
            self[name].value() for name in self.MORE if name in self.fields and name != "told_on"
        )
        return sent or any(name in self.errors for name in self.MORE)


class ScheduleForm(PageForm):
    """How often a client checks in. `on` is today in the studio."""

    every_days = forms.IntegerField(
        min_value=1, max_value=90, label="Every so many days", help_text="7 is once a week.",
        error_messages={"required": "Enter a number of days.", "invalid": "Enter a whole number of days."},
    )  # fmt: skip
    first_on = Day(label="Next check-in by", error_messages={"required": "Enter the day."})

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        day = self.fields["first_on"].widget.attrs
        day["min"], day["max"] = on.isoformat(), (on + FARTHEST).isoformat()

    def clean_first_on(self) -> date:
        """A first day far ahead would be no schedule."""
        day: date = self.cleaned_data["first_on"]
        if not self.on <= day <= self.on + FARTHEST:
            raise ValidationError("Choose a day from today on, within 90 days.")
        return day


class ReviewForm(PageForm):
    """What a trainer found, and does about it."""

    reason = Text(
        max_length=2000, rows=4, label="What you found, and what you do about it",
        help_text="It stays readable with your name. The physician can be shown it.",
        error_messages={"required": "Write what you found and what you do about it."},
    )  # fmt: skip
