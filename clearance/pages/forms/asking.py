"""The studio's settings for asking physicians."""

from django import forms

from clearance.pages.forms.base import PageForm


class AskingForm(PageForm):
    """Days, hours and a number: kind to physicians, and short for whoever finds an old mail."""

    link_days = forms.IntegerField(
        label="Days that a link lives", min_value=1, max_value=30, help_text="1 to 30. Links already sent keep theirs."
    )
    ask_again_hours = forms.IntegerField(
        label="Hours before the same question may be sent again", min_value=0, max_value=168,
        help_text="0 to 168. A link that came back, expired or was locked can be sent again at once.",
    )  # fmt: skip
    asks_a_day = forms.IntegerField(
        label="Mails to one physician in a day, at most", min_value=1, max_value=50,
        help_text="1 to 50, over all clients. Letters on paper do not count.",
    )  # fmt: skip
