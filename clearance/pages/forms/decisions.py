"""The form about a decision that was entered by mistake."""

from clearance.pages.forms.base import PageForm, Text


class VoidForm(PageForm):
    """Why a decision is void."""

    reason = Text(
        max_length=300, rows=3, label="What was the mistake?",
        help_text="For example: signed on the wrong client. The decision stays readable.",
        error_messages={"required": "Say what the mistake was."},
    )  # fmt: skip
