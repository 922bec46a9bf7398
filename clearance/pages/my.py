"""A client's own pages, behind the personal link: read what is allowed, check in, answer the screening, withdraw."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clearance.checkins import actions
from clearance.checkins.access import check_in_for
from clearance.checkins.models import CheckIn
from clearance.checkins.queries import has_other_side, symptoms_to_ask
from clearance.checkins.red_flags import TO_CLIENT
from clearance.checkins.scales import strength_word
from clearance.checkins.symptoms import ANSWERS, BY_SLUG
from clearance.checkins.tiers import Tier
from clearance.decisions.queries import open_injuries
from clearance.gate import guard
from clearance.gate.queries import pain_cap
from clearance.injuries.access import injury_for
from clearance.injuries.models import InjuryVersion
from clearance.injuries.queries import current_versions
from clearance.pages.client_frame import today
from clearance.pages.forms.base import posted
from clearance.pages.forms.my import OwnCheckInForm, OwnCodeForm, OwnWithdrawForm
from clearance.pages.forms.screenings import ScreeningForm
from clearance.pages.my_door import closed, forget, is_open, my_page, of_link, remember, url_of, with_code
from clearance.pages.my_home import gate_of, home_of
from clearance.pages.programs import content_of, phase_words
from clearance.people import access, client_links
from clearance.people.actions import withdraw_consent
from clearance.people.models import ClientLink
from clearance.programs.access import program_for
from clearance.programs.queries import last_version


@require_http_methods(["GET", "HEAD", "POST"])
@of_link
def home(request: HttpRequest, link: ClientLink) -> HttpResponse:
    """The access code; behind it the client's own page."""
    if not is_open(request, link):
        return _code(request, link)
    return my_page(request, "my/home.html", link, **home_of(link.client, link))


def _code(request: HttpRequest, link: ClientLink) -> HttpResponse:
    form = OwnCodeForm(posted(request), left=client_links.tries_left(link))
    if form.carry_out(lambda said: client_links.enter_code(link=link, code=said["code"])):
        if form.result:
            response = redirect(url_of("my", link))
            remember(response, link, own_device=form.cleaned_data["remember"])
            return response
        form.say_wrong(client_links.tries_left(link))
        if not client_links.tries_left(link):
            return closed(request, client_links.find(client_links.token_of(link)))
    return my_page(request, "my/code.html", link, form=form, status=form.status, client=None)


@require_http_methods(["GET", "HEAD", "POST"])
@of_link
@with_code
def check_in(request: HttpRequest, link: ClientLink) -> HttpResponse:
    """Tell how it goes. However often it is sent within a minute or two, it is stored once."""
    client, on = link.client, today(link.client.studio)
    symptoms = symptoms_to_ask(client.pk, on=on)
    form = OwnCheckInForm(posted(request), injuries=open_injuries(client.pk), symptoms=symptoms, on=on)

    def record(said: dict[str, Any]) -> CheckIn:
        about = said.pop("injury", None)
        injury = injury_for(client, about) if about else None
        return actions.record_check_in(
            client=client, by=None, link=link, on=on, cap=pain_cap(client.pk), injury=injury, **said
        )

    if form.carry_out(record):
        return redirect(url_of("my_checked", link, form.result.pk))
    return my_page(request, "my/check_in.html", link, form=form, status=form.status)


@require_safe
@of_link
@with_code
def checked(request: HttpRequest, link: ClientLink, check_in_id: int) -> HttpResponse:
    """What to do now, in large plain words, after the client's own check-in."""
    told = check_in_for(link.client, check_in_id)
    if told.link_id is None:
        raise Http404("This was not told under a link.")
    flags = sorted(told.flags.all(), key=lambda one: one.tier)
    tier = Tier(flags[0].tier) if flags else None
    gate = gate_of(link.client, guard.judge(link.client_id))
    return my_page(
        request, "my/checked.html", link, told=told, flags=flags, tier=tier, action=TO_CLIENT[tier] if tier else "",
        gate=gate, past=gate["open"] or told.on != today(link.client.studio), about=_about(told),
        symptoms=_symptoms(told), strength=_strength(told),
    )  # fmt: skip


def _about(told: CheckIn) -> InjuryVersion | None:
    present = current_versions(told.client_id)
    return next((one for one in present if one.injury_id == told.injury_id), None)


def _strength(told: CheckIn) -> str:
    about = _about(told)
    return strength_word(told.strength, other_side=has_other_side(about.side if about else ""))


def _symptoms(told: CheckIn) -> list[dict[str, str]]:
    return [
        {"said": ANSWERS[told.symptoms[slug]], "words": one.words}
        for slug, one in BY_SLUG.items()
        if slug in told.symptoms
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@of_link
@with_code
def screening(request: HttpRequest, link: ClientLink) -> HttpResponse:
    """The questions before training, answered and signed by the client."""
    client, on = link.client, today(link.client.studio)
    form = ScreeningForm(posted(request), client=client)
    if form.carry_out(lambda said: actions.sign_screening(client=client, by=None, link=link, on=on, **form.said)):
        messages.success(request, "Signed. Your trainer reads it.")
        return redirect(url_of("my", link))
    return my_page(request, "my/screening.html", link, form=form, status=form.status)


@require_safe
@of_link
@with_code
def program(request: HttpRequest, link: ClientLink, program_id: int) -> HttpResponse:
    """The present version of a program, as long as the gate is open and it keeps to what the physician said."""
    client = link.client
    version = last_version(program_for(client, program_id))
    judged = guard.judge(client.pk)
    content = content_of(version, judged) if judged.open and client.archived_at is None else None
    gate = gate_of(client, judged)
    if content is None or content["problems"] or content["broken"]:
        return my_page(request, "my/on_hold.html", link, gate=gate, status=409)
    return my_page(
        request, "my/program.html", link, gate=gate, version=version, phase=phase_words(version.phase), **content
    )


@require_http_methods(["GET", "HEAD", "POST"])
@of_link
@with_code
def withdraw(request: HttpRequest, link: ClientLink, consent_id: int) -> HttpResponse:
    """Withdraw a consent. What depends on it is shut by the rule, and the trainer is told."""
    consent = access.consent_for(link.client, consent_id)
    if consent.until is not None:
        messages.info(request, "This consent has ended already.")
        return redirect(url_of("my", link))
    form = OwnWithdrawForm(posted(request))
    if form.carry_out(lambda said: withdraw_consent(consent=consent, by=None, link=link, reason=_words(said))):
        messages.success(request, f"Withdrawn. Nothing more is shared with {consent.physician}.")
        return redirect(url_of("my", link))
    return my_page(request, "my/withdraw.html", link, form=form, consent=consent, status=form.status)


def _words(said: dict[str, Any]) -> str:
    reason = said["reason"].strip()
    return f"Withdrawn by the client: {reason}" if reason else "Withdrawn by the client."


@require_POST
@of_link
def leave(request: HttpRequest, link: ClientLink) -> HttpResponse:
    """Forget the access code on this device."""
    messages.success(request, "This device has forgotten the access code.")
    response = redirect(url_of("my", link))
    forget(response, link)
    return response
