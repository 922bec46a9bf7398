"""The one form layout: crispy, with an error summary on top that links to the fields."""

from collections.abc import Callable
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from clearance.people.identity import phone_e164
from clearance.people.refused import Refused

LONG_TEXT = 4000


def posted(request: HttpRequest) -> Any:
    """Return what was posted, or None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None


class PageForm(forms.Form):
    """A form of a page: `if form.carry_out(action)` is the whole of a view's middle."""

    result: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def carry_out(self, act: Callable[[dict[str, Any]], Any]) -> bool:
        """Run one action on the cleaned data and keep its `result`; a refusal of the domain stands beside its field."""
        if not self.is_bound or not self.is_valid():
            return False
        try:
            self.result = act(self.cleaned_data)
        except Refused as refused:
            self.refuse(refused)
            return False
        return True

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows this form: 422 when what was sent could not be accepted."""
        return 422 if self.is_bound else 200

    def refuse(self, refused: Refused) -> None:
        """Show a refused write beside the field it names, or on top."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.sentence)


class Day(forms.DateField):
    """A calendar day between 1900 and 2200, picked with the browser's calendar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day and not 1900 <= day.year <= 2200:
            raise ValidationError("Enter a day between 1900 and 2200.")
        return day


class Phone(forms.CharField):
    """A phone number, kept as E.164."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}), **kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return phone_e164(text) if text else ""
        except ValueError as error:
            raise ValidationError(str(error)) from None


class Text(forms.CharField):
    """Some lines of text, at most 4000 characters."""

    def __init__(self, **kwargs: Any) -> None:
        rows = kwargs.pop("rows", 3)
        kwargs.setdefault("max_length", LONG_TEXT)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)
