"""The form of a screening, for whoever answers it: on a trainer's device or under the client's own link."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField

from clearance.checkins.topics import DISEASES, SYMPTOMS, TOPICS, Intensity, Said, Topic
from clearance.pages.forms.base import PageForm, Text
from clearance.people.models import Client

NONE = "none"
NONE_OF_THESE = (NONE, "none of these")
# Shown only while it is empty: a stylesheet can then hide what nobody wrote, and never what somebody did.
EMPTY = " "


class Named(forms.MultipleChoiceField):
    """What applies of a list. "None of these" has to be said, too: an untouched list says nothing."""

    def __init__(self, *, known: Mapping[str, str], **kwargs: Any) -> None:
        self.known = known
        super().__init__(
            choices=[*known.items(), NONE_OF_THESE], widget=forms.CheckboxSelectMultiple,
            error_messages={
                "required": "Tick what applies, or “none of these”.",
                "invalid_choice": "Choose from this list.", "invalid_list": "Choose from this list.",
            }, **kwargs,
        )  # fmt: skip

    def clean(self, value: Any) -> list[str]:
        named: list[str] = super().clean(value)
        if NONE in named and len(named) > 1:
            raise ValidationError("Either “none of these” or what applies, not both.")
        return [one for one in self.known if one in named]


def _answer(topic: Topic) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=topic.question, choices=Said.choices, widget=forms.RadioSelect,
        error_messages={"required": "Answer yes, no or not sure.", "invalid_choice": "Answer yes, no or not sure."},
    )  # fmt: skip


def _more(topic: Topic) -> Text:
    more = Text(label=topic.more, required=False, max_length=500, rows=2)
    more.widget.attrs["placeholder"] = EMPTY
    return more


class ScreeningForm(PageForm):
    """Seven topics, what is asked beside them, and the signature. Nothing is chosen beforehand."""

    active = forms.TypedChoiceField(
        label="For the last three months, were you active for 30 minutes or more, on three days a week or more?",
        choices=((True, "Yes"), (False, "No")), coerce=lambda value: value == "True", widget=forms.RadioSelect,
        error_messages={"required": "Answer yes or no.", "invalid_choice": "Answer yes or no."},
    )  # fmt: skip
    diseases = Named(known=DISEASES, label="Has a doctor found a disease of these?")
    symptoms = Named(known=SYMPTOMS, label="Do you have any of these?")
    intensity = forms.ChoiceField(
        label="How hard do you wish to train?", choices=Intensity.choices, widget=forms.RadioSelect,
        error_messages={"required": "Choose how hard.", "invalid_choice": "Choose one of these."},
    )  # fmt: skip
    signed_name = forms.CharField(
        label="Your full name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Type your full name to sign."},
    )  # fmt: skip

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for topic in TOPICS:
            self.fields[f"topic_{topic.slug}"], self.fields[f"more_{topic.slug}"] = _answer(topic), _more(topic)
        self.order_fields([f"{kind}_{topic.slug}" for topic in TOPICS for kind in ("topic", "more")])
        self.fields["signed_name"].help_text = f"As it is recorded here: {client.name}."

    @property
    def topics(self) -> Iterator[dict[str, BoundField]]:
        """Each question with the field for what is to be told about it."""
        for topic in TOPICS:
            yield {"answer": self[f"topic_{topic.slug}"], "more": self[f"more_{topic.slug}"]}

    def clean(self) -> dict[str, Any]:
        """Whoever answers with yes or not sure tells a little more; and words beside a plain no are not passed over."""
        for topic in TOPICS:
            said, more = (self.cleaned_data.get(f"{kind}_{topic.slug}", "") for kind in ("topic", "more"))
            if said in (Said.YES, Said.UNSURE) and not more and f"more_{topic.slug}" not in self.errors:
                self.add_error(f"more_{topic.slug}", "Write a few words. “I do not know” is an answer, too.")
            if said == Said.NO and more:
                words = "You wrote something about this. Answer yes or not sure, or take the words away."
                self.add_error(f"topic_{topic.slug}", words)
        return self.cleaned_data

    @property
    def said(self) -> dict[str, Any]:
        """What was said and signed, as checkins.actions.sign_screening takes it. Only of a valid form."""
        data = self.cleaned_data
        beside = ("active", "diseases", "symptoms", "intensity", "signed_name")
        return {
            "answers": {one.slug: data[f"topic_{one.slug}"] for one in TOPICS},
            "followups": {one.slug: data[f"more_{one.slug}"] for one in TOPICS if data[f"more_{one.slug}"]},
        } | {name: data[name] for name in beside}


class VoidForm(PageForm):
    """What has changed since a screening was signed."""

    reason = Text(
        label="What has changed?", max_length=300, rows=2, error_messages={"required": "Say what has changed."},
        help_text="It stays readable beside the screening.",
    )  # fmt: skip
