"""The access code of a one-task link."""

from django import forms
from django.core.exceptions import ValidationError

from clearance.pages.forms.base import PageForm


class CodeForm(PageForm):
    """Eight digits, with or without spaces. Whatever is no eight digits is no try and costs none."""

    code = forms.CharField(
        label="Access code", max_length=40, help_text="8 digits",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "code-input"}),
        error_messages={"required": "Enter the 8 digits of the access code."},
    )  # fmt: skip

    def __init__(self, *args: object, left: int, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.left = left

    def clean_code(self) -> str:
        code = "".join(self.cleaned_data["code"].split()).replace("-", "")
        if not (len(code) == 8 and code.isascii() and code.isdigit()):
            raise ValidationError("The access code has 8 digits.")
        return code

    def say_wrong(self, left: int) -> None:
        """Say that the code was wrong, and how many tries are left."""
        times = "one more try" if left == 1 else f"{left} more tries"
        self.add_error("code", f"This is not the access code. You have {times}; then the link locks.")
