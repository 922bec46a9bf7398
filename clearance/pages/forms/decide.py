"""A physician's answer, and the signature under it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError

from clearance.decisions.actions import MOST_REST_DAYS, RecordChanged
from clearance.decisions.models import OPENING, Outcome
from clearance.decisions.statement import Draft
from clearance.injuries.models import InjuryVersion
from clearance.pages.forms.base import Day, PageForm, Text
from clearance.pages.forms.restrictions import MOST_ROWS, KeptForm, RestrictionRows
from clearance.people.identity import same_name
from clearance.people.models import Physician, User
from clearance.people.refused import Refused

MORE = {
    Outcome.CLEARED: "Nothing beyond the plan that was asked for",
    Outcome.CLEARED_WITH_RESTRICTIONS: "You choose them below, in a few taps",
    Outcome.DEFERRED: "Say in words what you need",
    Outcome.NOT_CLEARED_UNTIL_TREATMENT_CONCLUDES: "The studio asks again after the last session",
    Outcome.NOT_CLEARED: "No program is built",
    Outcome.GUIDANCE_ONLY: "Your advice in words; the gate stays shut",
    Outcome.NOT_MY_PATIENT: "The studio looks for the right physician",
    Outcome.WITHDRAWN: "Your earlier clearance ends when you sign",
}
OF_A_CLEARANCE = (
    "covers",
    "resolves",
    "valid_from",
    "valid_until",
    "holds_through_course",
    "rest_days",
    "unlisted",
    "restrictions",
)
CHANGES = ("add", "remove", "look", "back")
TRIES, TRIES_FOR = 5, 5 * 60


class DecisionForm(KeptForm):
    """The answer. Nothing is preselected; what belongs to a clearance is read only when the answer is one."""

    outcome = forms.ChoiceField(
        label="Your answer", widget=forms.RadioSelect,
        error_messages={"required": "Choose your answer.", "invalid_choice": "Choose one of these answers."},
    )  # fmt: skip
    valid_until = Day(label="Until", error_messages={"required": "A clearance has a last day, always."})
    valid_from = Day(label="From", error_messages={"required": "Say from which day."})
    covers = forms.TypedMultipleChoiceField(
        label="Which injuries it covers", coerce=int, widget=forms.CheckboxSelectMultiple, required=False,
        help_text="The gate stays shut for an injury that you leave out.",
    )  # fmt: skip
    resolves = forms.TypedMultipleChoiceField(
        label="Which injuries are over", coerce=int, widget=forms.CheckboxSelectMultiple, required=False,
        help_text="Only you can say that an injury is resolved.",
    )  # fmt: skip
    holds_through_course = forms.ChoiceField(
        label="Does it hold through further treatment sessions?", widget=forms.RadioSelect,
        choices=[("yes", "Yes, it holds through the course"), ("no", "No, ask me again after the next session")],
        error_messages={"required": "Say whether it holds through the treatment course."},
    )  # fmt: skip
    rest_days = forms.IntegerField(
        label="Rest days after each treatment session", min_value=0, max_value=MOST_REST_DAYS, initial=0,
        help_text="0 for none. Training is on hold on these days.", error_messages={"required": "Enter 0 for none."},
    )  # fmt: skip
    unlisted = forms.ChoiceField(
        label="Anything that you do not list", widget=forms.RadioSelect,
        choices=[("allowed", "is allowed within the plan"), ("not_allowed", "is not allowed")],
        error_messages={"required": "Say whether what you do not list is allowed."},
    )  # fmt: skip
    restrictions = forms.Field(label="Restrictions", required=False, widget=forms.HiddenInput)
    re_evaluate_on = Day(label="See the client again on", required=False)
    conditions = Text(
        label="In words", required=False, help_text="Anything the studio has to know. They read it word for word."
    )

    def __init__(
        self, data: Any = None, *, injuries: Sequence[InjuryVersion], exercises: Mapping[str, str],
        withdrawing: bool = False, **initial: Any,
    ) -> None:  # fmt: skip
        mine = [(one.injury_id, f"{one}, {one.severity_word}") for one in injuries]
        super().__init__(data, initial={"covers": [number for number, _ in mine]} | initial)
        self.unjudged = data is not None and any(name in data for name in CHANGES)
        self.withdrawing = withdrawing or self._sent("outcome") == Outcome.WITHDRAWN
        self.rows = RestrictionRows(data, exercises=exercises, unjudged=self.unjudged or not self.opens)
        self._offer(mine)

    def _offer(self, mine: list[tuple[int, str]]) -> None:
        self.fields["outcome"].choices = [  # type: ignore[attr-defined]
            (one.value, one.label) for one in Outcome if (one == Outcome.WITHDRAWN) == self.withdrawing
        ]
        for name in ("covers", "resolves"):
            self.fields[name].choices = mine  # type: ignore[attr-defined]

    def _sent(self, name: str) -> str:
        return str(self.data.get(name, "")) if self.is_bound else ""

    @property
    def opens(self) -> bool:
        """Whether the answer that was sent is a clearance."""
        return self._sent("outcome") in OPENING

    @property
    def restricts(self) -> bool:
        """Whether the answer that was sent is a clearance with restrictions."""
        return self._sent("outcome") == Outcome.CLEARED_WITH_RESTRICTIONS

    @property
    def answers(self) -> list[dict[str, Any]]:
        """The possible answers, each with a line that says what follows."""
        sent = self._sent("outcome")
        return [
            {"value": value, "label": label, "more": MORE[Outcome(value)], "chosen": value == sent}
            for value, label in self.fields["outcome"].choices  # type: ignore[attr-defined]
        ]

    def clean_conditions(self) -> str:
        """Browsers end lines with two characters; the words that are signed are the same however they travel."""
        return "\n".join(self.cleaned_data["conditions"].splitlines())

    def clean(self) -> dict[str, Any]:
        left_out = OF_A_CLEARANCE if not self.opens else () if self.restricts else ("unlisted",)
        for name in left_out:
            self.errors.pop(name, None)
        if self.opens and len(self.rows.forms) > MOST_ROWS:
            self.add_error("restrictions", f"At most {MOST_ROWS} restrictions fit one decision.")
        return self.cleaned_data

    def is_valid(self) -> bool:
        """Judge the answer and, when it is a clearance, every row; all problems show at once."""
        rows_fit = not self.opens or self.rows.is_valid()
        return super().is_valid() and rows_fit

    @property
    def draft(self) -> Draft:
        """The decision that was chosen; only of a valid form."""
        said = self.cleaned_data
        draft = {name: said[name] for name in ("outcome", "re_evaluate_on", "conditions")}
        if not self.opens:
            return Draft(**draft)
        return Draft(
            **draft, covers=frozenset(said["covers"]), resolves=frozenset(said["resolves"]),
            valid_from=said["valid_from"], valid_until=said["valid_until"], rest_days=said["rest_days"],
            holds_through_course=said["holds_through_course"] == "yes", restrictions=self.rows.clauses,
            unlisted_allowed=not (self.restricts and said["unlisted"] == "not_allowed"),
        )  # fmt: skip

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Everything that was sent for this form, to travel with the page that reads it back."""
        sent: Any = self.data
        names = [name for name in sent if name in self.fields or name.startswith("r-")]
        return [(name, value) for name in names for value in sent.getlist(name)]

    @property
    def left_out(self) -> bool:
        """Whether restrictions were typed that the chosen answer cannot carry."""
        return bool(self.rows.forms) and not self.opens

    @property
    def problems(self) -> "Problems":
        """All problems of the page, for the summary on top."""
        return Problems(self)


class Problems:
    """The errors of the answer and of its rows, in the order of the page."""

    def __init__(self, form: DecisionForm) -> None:
        rows = form.rows.forms if form.opens else []
        self.forms: list[forms.Form] = [form, *rows]
        self.errors = [one for one in self.forms if one.errors]
        self.non_field_errors = [said for one in self.forms for said in one.non_field_errors()]

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(self.forms)


class SignatureForm(PageForm):
    """The physician's name, credential and licence, typed."""

    signed_name = forms.CharField(
        label="Your name, typed", max_length=120, error_messages={"required": "Type your name: it is your signature."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    signed_credential = forms.CharField(label="Credential", max_length=40)
    signed_licence = forms.CharField(label="Licence number", max_length=40)

    def __init__(self, data: Any = None, *, physician: Physician) -> None:
        record = {"signed_credential": physician.credential, "signed_licence": physician.licence}
        super().__init__(data, initial=record)
        self.physician, self.changed = physician, ""

    def clean_signed_name(self) -> str:
        """The name on the record, with or without titles: a signature under another name would be worth nothing."""
        typed = str(self.cleaned_data["signed_name"])
        if not same_name(typed, self.physician.name):
            raise ValidationError(f"Sign as the studio knows you: {self.physician.name}.")
        return typed

    def refuse(self, refused: Refused) -> None:
        """Keep the present statement when the record changed between reading and signing."""
        if isinstance(refused, RecordChanged):
            self.changed = refused.statement
        super().refuse(refused)

    @property
    def status(self) -> int:
        return 409 if self.changed else super().status


class AccountSignatureForm(SignatureForm):
    """The signature with the password asked again. At most five wrong passwords in five minutes."""

    password = forms.CharField(
        label="Your password, once more", max_length=1000, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password: only you can sign."},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, user: User, physician: Physician) -> None:
        super().__init__(data, physician=physician)
        self.user, self.barred = user, False

    def clean_password(self) -> str:
        """Take one of five places before looking at the password, so that tries at the same moment count too."""
        places = [f"sign:{self.user.pk}:{number}" for number in range(TRIES)]
        taken = next((one for one in places if cache.add(one, True, TRIES_FOR)), None)
        if taken is None:
            self.barred = True
            raise ValidationError("Too many wrong passwords. Wait five minutes, then try again. Nothing was signed.")
        if not self.user.check_password(self.cleaned_data["password"]):
            raise ValidationError("This is not your password. Nothing was signed.")
        cache.delete(taken)
        return ""

    @property
    def status(self) -> int:
        return 429 if self.barred else super().status
