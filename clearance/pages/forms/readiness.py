"""The form of a client's readiness."""

from collections.abc import Iterable
from typing import Any

from django import forms

from clearance.checkins.scales import DEDICATION, EFFORT, HEALTH, pain_word
from clearance.pages.forms.base import PageForm, Text


def _scale(steps: Iterable[tuple[int, str]], **kwargs: Any) -> forms.TypedChoiceField:
    messages = {"required": "Choose a step of the scale.", "invalid_choice": "Choose a step of the scale."}
    choices = [(step, f"{step} {words}") for step, words in steps]
    return forms.TypedChoiceField(
        choices=choices, coerce=int, widget=forms.RadioSelect, error_messages=messages, **kwargs
    )


class ReadinessForm(PageForm):
    """Four scales, each step with its word. Nothing is chosen beforehand."""

    health = _scale(HEALTH.items(), label="Level of health")
    dedication = _scale(DEDICATION.items(), label="Dedication to the goals")
    exertion = _scale(
        enumerate(EFFORT), label="Usual effort in training",
        help_text="How hard the client usually finds it, on a scale from 0 to 10 (CR10).",
    )  # fmt: skip
    pain_threshold = _scale(
        ((pain, pain_word(pain)) for pain in range(11)), label="Pain up to which the client can train well",
        help_text="From 0 to 10. It can only lower what the studio and the physician allow, and never raises it.",
    )  # fmt: skip
    note = Text(required=False, max_length=1000, rows=2, help_text="In the client's words, if there are any.")
