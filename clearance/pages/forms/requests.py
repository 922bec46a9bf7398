"""Forms of a question to a physician: the question itself, and what happens to it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from clearance.anatomy.movements import Pattern, Phase
from clearance.decisions.models import Contact
from clearance.decisions.questions import EFFECTS
from clearance.injuries.models import InjuryVersion
from clearance.pages.forms.base import Day, PageForm, Text
from clearance.pages.forms.clients import QUIET
from clearance.pages.status import day
from clearance.people.models import Channel, Physician

DAYS_TO_REPLY = 7
CHANNELS = {
    Channel.LINK: "A link by e-mail. You tell the access code on the phone.",
    Channel.PAPER: "A letter that you print and hand over or fax",
    Channel.ACCOUNT: "Their own account here",
}
NOT_YOURS = "Choose injuries that a physician of this client supervises."


class AskForm(PageForm):
    """Whom to ask, about what, and what is planned; the defaults are the mildest program."""

    PLAN = ("modes", "movements", "days_a_week", "minutes", "top_phase", "top_effort")
    WAY = ("channel", "reply_by")

    physician: Any = forms.ModelChoiceField(
        queryset=None, widget=forms.RadioSelect, empty_label=None, label="Whom do you ask?",
        error_messages={
            "required": "Choose a physician.",
            "invalid_choice": "Choose a physician who supervises this client or an open injury.",
        },
    )  # fmt: skip
    about = forms.TypedMultipleChoiceField(
        label="About which injuries?", coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": NOT_YOURS, "invalid_list": NOT_YOURS},
    )  # fmt: skip
    question = Text(required=False, label="Anything else to ask", rows=2)
    modes = forms.CharField(max_length=200, initial="balance, core, light resistance", label="What is planned")
    movements = forms.MultipleChoiceField(
        label="Movements wanted", choices=Pattern.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="If you name some, a plain clearance covers these and no others.",
        error_messages={"invalid_choice": "Choose movements from this list."},
    )  # fmt: skip
    days_a_week = forms.IntegerField(min_value=1, max_value=7, initial=2, label="Days a week")
    minutes = forms.IntegerField(min_value=5, max_value=240, initial=40, label="Minutes a day")
    top_phase = forms.TypedChoiceField(
        choices=Phase.choices, coerce=int, initial=Phase.STABILIZATION_ENDURANCE, label="Highest phase"
    )
    top_effort = forms.IntegerField(
        min_value=1, max_value=10, initial=5, label="Highest effort", help_text="From 1 to 10. 5 is hard, 10 the most."
    )
    channel = forms.ChoiceField(
        label="How does it travel?", required=False, widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose one of these ways."},
    )  # fmt: skip
    reply_by = Day(required=False, label="Answer by")

    def __init__(
        self, *args: Any, physicians: QuerySet[Physician], injuries: Sequence[InjuryVersion], on: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.on, self.several = on, len(physicians) > 1
        fields: Any = self.fields
        fields["physician"].queryset = physicians
        fields["about"].choices = [(one.injury_id, self._named(one)) for one in injuries]
        fields["channel"].choices = self._ways(physicians)
        fields["reply_by"].widget.attrs["min"] = on.isoformat()
        fields["reply_by"].initial = on + timedelta(days=DAYS_TO_REPLY)
        if self.initial.get("question"):
            fields["question"].widget.attrs["rows"] = 9
            fields["question"].label = "What the physician reads"
        if not injuries:
            del self.fields["about"]

    def _named(self, one: InjuryVersion) -> str:
        words = f"{one}, {one.severity_word}"
        return f"{words} ({one.supervised_by})" if self.several else words

    def _ways(self, physicians: QuerySet[Physician]) -> list[tuple[str, str]]:
        """The ways by which a question can reach one of these physicians."""
        mailed = any(one.email for one in physicians)
        signs_in = any(one.email and one.user_id for one in physicians)
        possible = {Channel.LINK: mailed, Channel.PAPER: True, Channel.ACCOUNT: signs_in}
        usual = [("", "As each physician likes it best")] if self.several else []
        return [*usual, *((str(one), words) for one, words in CHANNELS.items() if possible[one])]

    def clean_reply_by(self) -> date | None:
        day = self.cleaned_data["reply_by"]
        if day and day < self.on:
            raise ValidationError("This day has passed.")
        return day

    @property
    def beforehand(self) -> str:
        """The plan that is asked about unless something is changed, in one line."""
        plan = {name: self.get_initial_for_field(self.fields[name], name) for name in self.PLAN}
        often = f"{plan['days_a_week']} days a week, {plan['minutes']} minutes"
        return f"{plan['modes']}; {often}; phase {int(plan['top_phase'])}, effort {plan['top_effort']} of 10"

    @property
    def usual_way(self) -> str:
        """How it travels and by when, unless something is changed."""
        channel = str(self.get_initial_for_field(self.fields["channel"], "channel") or "")
        words = dict(self.fields["channel"].choices)  # type: ignore[attr-defined]
        by = day(self.get_initial_for_field(self.fields["reply_by"], "reply_by"))
        return f"{words.get(channel, 'as each physician likes it best').split('.')[0].lower()}; answer by {by}"

    @property
    def plan_open(self) -> bool:
        """Say whether the plan is shown unfolded: it has something to correct, or names movements."""
        return self._wrong(self.PLAN) or bool(self["movements"].value())

    @property
    def way_open(self) -> bool:
        return self._wrong(self.WAY)

    def _wrong(self, names: Sequence[str]) -> bool:
        return any(name in self.errors for name in names)


class TellForm(PageForm):
    """What the physician wanted to know."""

    words = Text(
        label="Your answer", rows=5, error_messages={"required": "Write what the physician wanted to know."},
        help_text="It goes to the physician with the question. What belongs into the record, record it first.",
    )  # fmt: skip


class ContactForm(PageForm):
    """A line of the contact log. What it says about the question itself is chosen only while the question waits."""

    kind = forms.ChoiceField(
        label="How", choices=Contact.Kind.choices, widget=forms.RadioSelect,
        error_messages={"required": "Choose how you were in touch."},
    )  # fmt: skip
    spoke_with = forms.CharField(
        label="With whom", max_length=120, required=False, widget=forms.TextInput(attrs=QUIET),
        help_text="As in “Kim at the front desk”.",
    )  # fmt: skip
    note = Text(label="What was said", max_length=500, rows=3, required=False)
    fee = forms.CharField(
        label="Fee named", max_length=40, required=False, widget=forms.TextInput(attrs=QUIET), help_text="As in “$25”."
    )
    effect = forms.ChoiceField(
        label="What it means for the question", required=False, widget=forms.RadioSelect,
        choices=[("", "Nothing: it waits as before"), *((str(kind), words) for kind, words in EFFECTS.items())],
    )  # fmt: skip

    def __init__(self, *args: Any, waits: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not waits:
            del self.fields["effect"]


class WithdrawForm(PageForm):
    """Why a question is taken back."""

    reason = Text(
        label="Why", max_length=300, rows=2, error_messages={"required": "Say why, as short as you like."},
        help_text="Your colleagues read it here. The physician does not.",
    )  # fmt: skip
