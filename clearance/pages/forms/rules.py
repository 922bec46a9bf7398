"""The form of a studio's red-flag rules: on or off, and a threshold within its bounds."""

from collections.abc import Iterator
from typing import Any

from django import forms

from clearance.checkins.red_flags import ACTIONS, RULES, Rule
from clearance.checkins.tiers import Tier
from clearance.pages.forms.base import PageForm


def _threshold(rule: Rule) -> forms.IntegerField:
    bounds, refused = f"{rule.least} to {rule.most}", f"Enter a number from {rule.least} to {rule.most}."
    return forms.IntegerField(
        label=f"{rule.sentence}, threshold", min_value=rule.least, max_value=rule.most,
        help_text=f"{rule.unit}. {bounds}; {rule.threshold} if nothing else is set.",
        error_messages=dict.fromkeys(("required", "min_value", "max_value", "invalid"), refused),
    )  # fmt: skip


class RulesForm(PageForm):
    """Every rule of the table. A rule for emergencies has no control: it is always on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for rule in RULES:
            if rule.may_be_off:
                self.fields[f"on_{rule.slug}"] = forms.BooleanField(label=rule.sentence, required=False)
            if rule.threshold is not None:
                self.fields[f"at_{rule.slug}"] = _threshold(rule)

    @property
    def tiers(self) -> Iterator[dict[str, Any]]:
        """Each tier with what happens and its rules, most urgent first."""
        for tier in Tier:
            rules = [self._row(rule) for rule in RULES if rule.tier is tier]
            numbers = any(row["at"] for row in rules)
            yield {"tier": tier, "slug": tier.name.lower(), "action": ACTIONS[tier], "rules": rules, "numbers": numbers}

    def _row(self, rule: Rule) -> dict[str, Any]:
        on, at = (self[name] if name in self.fields else None for name in (f"on_{rule.slug}", f"at_{rule.slug}"))
        return {"rule": rule, "on": on, "at": at}

    @property
    def said(self) -> dict[str, Any]:
        """What was set, as checkins.actions.change_rules takes it. Only of a valid form."""
        off = [rule.slug for rule in RULES if rule.may_be_off and not self.cleaned_data[f"on_{rule.slug}"]]
        numbers = {rule.slug: self.cleaned_data[f"at_{rule.slug}"] for rule in RULES if rule.threshold is not None}
        return {"off": off, "thresholds": numbers}
