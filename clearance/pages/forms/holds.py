"""The form that stops a client's training."""

from clearance.pages.forms.base import PageForm, Text


class HoldForm(PageForm):
    """Why training stops now."""

    reason = Text(
        max_length=2000, rows=6, label="What happened?",
        help_text="A sentence is enough. The physician reads it.",
        error_messages={"required": "Say what happened."},
    )  # fmt: skip
