"""The one-task link: a physician answers one question without an account.

GET, HEAD and OPTIONS change nothing. Nothing about a client is shown before the access code, and nothing at all under a
link that has ended. Whoever opens the mail and presses every button decides nothing.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clearance.decisions import links
from clearance.decisions.models import OPENING, Decision, Link, Outcome
from clearance.decisions.queries import current_decision
from clearance.exchange.copy import copy_pdf
from clearance.pages import answering
from clearance.pages.answering import Desk
from clearance.pages.client_frame import today
from clearance.pages.forms.answer import CodeForm
from clearance.pages.forms.base import posted
from clearance.pages.forms.decide import DecisionForm, SignatureForm
from clearance.pages.patients import Patient, patient_page, question_of, record_of
from clearance.people.lock import now
from clearance.people.queries import consent_in_force

OPEN_FOR = timedelta(hours=1)
View = Callable[..., HttpResponse]


def of_link(view: View) -> View:
    """Let whoever holds a living link in; everybody else gets the page that says so, with nothing about a client."""

    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        link = links.find(token)
        response = view(request, link) if link and _lives(request, link) else _closed(request, link)
        patch_cache_control(response, no_store=True)
        response.headers["Referrer-Policy"] = "strict-origin"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded


def _lives(request: HttpRequest, link: Link) -> bool:
    return not links.ended_because(link, at=now()) and not _staff(request, link)


def _staff(request: Any, link: Link) -> bool:
    """Whoever works for the studio does not answer for the physician. In the demo one person plays everybody."""
    studio = link.request.client.studio
    return not studio.demo and any(one.studio_id == studio.pk for one in request.memberships)


def _closed(request: HttpRequest, link: Link | None) -> HttpResponse:
    if link is None:
        return render(request, "answer/unknown.html", status=404)
    why = links.ended_because(link, at=now())
    context = {"why": why, "studio": link.request.client.studio, "staff": not why}
    return render(request, "answer/ended.html", context, status=410 if why else 403)


def with_code(view: View) -> View:
    """Ask for the access code first."""

    @wraps(view)
    def guarded(request: HttpRequest, link: Link) -> HttpResponse:
        if not _is_open(request, link):
            return redirect("answer", token=links.token_of(link))
        return view(request, link)

    return guarded


def _key(link: Link) -> str:
    return f"answer:{link.pk}"


def _is_open(request: HttpRequest, link: Link) -> bool:
    since = request.session.get(_key(link), "")
    return bool(since) and now() - datetime.fromisoformat(since) < OPEN_FOR


@require_http_methods(["GET", "HEAD", "POST"])
@of_link
def show(request: HttpRequest, link: Link) -> HttpResponse:
    """The access code; behind it the question, or what was answered."""
    if not _is_open(request, link):
        return _code(request, link)
    patient = _patient(link)
    word = _answer(link)
    correcting = "correct" in request.GET or request.GET.get("outcome") == Outcome.WITHDRAWN
    if word is None or correcting:
        query = f"?{request.GET.urlencode()}" if correcting else ""
        return redirect(_url("answer_draft", link) + query)
    return _recorded(request, link, patient, word)


def _code(request: HttpRequest, link: Link) -> HttpResponse:
    form = CodeForm(posted(request), left=links.tries_left(link))
    if form.carry_out(lambda said: links.enter_code(link=link, code=said["code"])):
        if form.result:
            request.session.cycle_key()
            request.session[_key(link)] = now().isoformat()
            return redirect(_url("answer", link))
        form.say_wrong(links.tries_left(link))
        if not links.tries_left(link):
            return _closed(request, links.find(links.token_of(link)))
    asked = link.request
    context = {"form": form, "studio": asked.client.studio, "asked": asked, "until": link.expires_at}
    return patient_page(request, "answer/code.html", _patient(link), context, status=form.status)


def _answer(link: Link) -> Decision | None:
    """The physician's word since the question was asked, whichever way it came, until the studio has told more."""
    asked = link.request
    current = current_decision(asked.client_id, asked.physician_id)
    answers = current is not None and current.signed_at > max(asked.at, link.since) and not hasattr(current, "void")
    return current if answers else None


def _patient(link: Link) -> Patient:
    asked = link.request
    on = today(asked.client.studio)
    covered = consent_in_force(asked.client_id, asked.physician_id, on=on) is not None
    return Patient(asked.client, asked.physician, on, covered)


def _recorded(request: HttpRequest, link: Link, patient: Patient, word: Decision) -> HttpResponse:
    context = {
        "patient": patient.client, "decision": word, "until": link.expires_at,
        "lines": word.statement.split("\n") if patient.covered else [],
        "mine": word.link_id == link.pk, "copy_url": _url("answer_copy", link), "leave_url": _url("answer_leave", link),
        "correct_url": _url("answer", link) + "?correct=1",
        "withdraw_url": f"{_url('answer', link)}?outcome={Outcome.WITHDRAWN}" if word.outcome in OPENING else "",
    }  # fmt: skip
    return patient_page(request, "answer/recorded.html", patient, context)


@require_http_methods(["GET", "HEAD", "POST"])
@of_link
@with_code
def draft(request: HttpRequest, link: Link) -> HttpResponse:
    """The question and the answer; once it is complete, the page that reads it back."""
    desk = _desk(link)
    form = answering.form_at(request, desk)
    if form.unjudged:
        return answering.draft_page(request, desk, form, status=200)
    if answering.read_back(form, desk):
        signature = SignatureForm(physician=desk.patient.physician)
        return answering.read_back_page(request, desk, form, signature, status=200)
    return answering.draft_page(request, desk, form, status=form.status)


@require_POST
@of_link
@with_code
def sign(request: HttpRequest, link: Link) -> HttpResponse:
    """The signature under the words that were shown. However often it is sent, one decision is stored."""
    desk = _desk(link)
    if answering.stored_before(request, desk.patient):
        return redirect(_url("answer", link))
    form = answering.form_at(request, desk)
    if not answering.read_back(form, desk):
        return answering.draft_page(request, desk, form, status=422)
    signature = SignatureForm(request.POST, physician=desk.patient.physician)
    answering.note_change(request, form, signature)
    if signature.carry_out(lambda said: _sign(request, link, form, said)):
        messages.success(request, "Signed. The studio reads it word for word.")
        return redirect(_url("answer", link))
    return answering.read_back_page(request, desk, form, signature, status=signature.status)


def _sign(request: HttpRequest, link: Link, form: DecisionForm, said: dict[str, Any]) -> Decision:
    return links.answer(
        link=link, draft=form.draft, name=said["signed_name"], credential=said["signed_credential"],
        licence=said["signed_licence"], **answering.shown(request),
    )  # fmt: skip


def _desk(link: Link) -> Desk:
    patient = _patient(link)
    back = {"label": "Your answer", "url": _url("answer", link)} if _answer(link) else {"label": "", "url": ""}
    extra: dict[str, Any] = {"by_link": True, "until": link.expires_at}
    if patient.covered:
        extra |= record_of(patient, question_of(patient, asked=link.request)["injuries"])
        extra["changed"] = links.changed(link, client=patient.client)
        extra["changes"] = links.changes(link, client=patient.client)
    return Desk(
        patient, draft_url=_url("answer_draft", link), sign_url=_url("answer_sign", link),
        row_url=_url("answer_row", link), back=back, asked=link.request, extra=extra,
    )  # fmt: skip


@require_safe
@of_link
@with_code
def restriction_row(request: HttpRequest, link: Link) -> HttpResponse:
    """One row of a restriction."""
    return answering.row(request, _url("answer_row", link))


@require_safe
@of_link
@with_code
def copy(request: HttpRequest, link: Link) -> HttpResponse:
    """The physician's copy of what was signed under this link, as PDF."""
    word = _answer(link)
    if word is None or word.link_id != link.pk or not _patient(link).covered:
        return render(request, "answer/unknown.html", status=404)
    headers = {"Content-Disposition": 'attachment; filename="copy-of-your-answer.pdf"'}
    return HttpResponse(copy_pdf(word), content_type="application/pdf", headers=headers)


@require_POST
@of_link
def leave(request: HttpRequest, link: Link) -> HttpResponse:
    """Forget the access code on this device."""
    request.session.pop(_key(link), None)
    messages.success(request, "This device has forgotten the access code.")
    return redirect(_url("answer", link))


def _url(name: str, link: Link) -> str:
    return reverse(name, args=[links.token_of(link)])
