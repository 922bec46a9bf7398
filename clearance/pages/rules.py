"""The red-flag rules of the studio: read the whole table, switch off what is no emergency, set thresholds."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from clearance.checkins import actions
from clearance.checkins.models import RuleSettings
from clearance.checkins.queries import rules_of
from clearance.checkins.red_flags import RULES, in_force
from clearance.pages.forms.base import posted
from clearance.pages.forms.rules import RulesForm
from clearance.pages.may import SignedIn, may
from clearance.people.roles import Permission


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.RUN_STUDIO)
def show(request: SignedIn) -> HttpResponse:
    """Read and change the rules; they hold from the next check-in on."""
    studio = request.membership.studio
    present = rules_of(studio.pk)
    form = RulesForm(posted(request), initial=_start(present))
    if form.carry_out(lambda _: actions.change_rules(studio=studio, by=request.user, **form.said)):
        messages.success(request, "Saved. It holds from the next check-in on. What was flagged before stays flagged.")
        return redirect("studio_rules")
    context = {
        "form": form, "changed": present if present.pk else None, "studio_url": reverse("studio"),
        "back": {"url": reverse("studio"), "label": "Studio"},
    }  # fmt: skip
    return render(request, "studio/rules.html", context, status=form.status)


def _start(present: RuleSettings) -> dict[str, Any]:
    on = {f"on_{rule.slug}": rule.slug not in present.off for rule in RULES}
    return on | {f"at_{slug}": number for slug, number in in_force(present.thresholds).items()}
