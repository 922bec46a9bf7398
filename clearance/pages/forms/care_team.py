"""Forms of a client's care team."""

from typing import Any

from django.db.models import QuerySet

from clearance.pages.forms.base import PageForm, Text
from clearance.pages.forms.physicians import PhysicianChoice
from clearance.people.models import Physician


class JoinForm(PageForm):
    """Who joins the care team."""

    physician = PhysicianChoice()

    def __init__(self, *args: Any, physicians: QuerySet[Physician], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["physician"].queryset = physicians  # type: ignore[attr-defined]


class SupervisingForm(JoinForm):
    """Who supervises from now on; a change takes a reason."""

    reason = Text(
        label="Why it changes", max_length=300, rows=2,
        help_text="The next physician and your managers read it.",
        error_messages={"required": "Say why the supervising physician changes. The next one reads it."},
    )  # fmt: skip

    def __init__(self, *args: Any, changes: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["physician"].label = "Supervised from now on by"
        if not changes:
            del self.fields["reason"]
