"""The address book: physicians, who vouches for their contact, and their accounts."""

from smtplib import SMTPException
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from clearance.decisions.board import contacts_with
from clearance.injuries.queries import templates_of
from clearance.pages.accounts import send_invitation
from clearance.pages.clients import part_or_whole, turned
from clearance.pages.forms.base import posted
from clearance.pages.forms.physicians import PhysicianFilter, PhysicianForm, VerifyForm, values_of
from clearance.pages.may import SignedIn, has, may
from clearance.pages.status import State, day
from clearance.people import access, address_book, queries
from clearance.people.identity import phone_words
from clearance.people.models import Physician, Verification
from clearance.people.roles import Permission

CLIENTS_AT_ONCE = 50
LAST_CONTACTS = 20
VERIFIED: State = {"slug": "in_force", "icon": "shield-check", "word": "Verified", "detail": ""}
UNVERIFIED: State = {"slug": "ending_soon", "icon": "shield-question-mark", "word": "Not verified", "detail": ""}


@require_safe
@may(Permission.SEE_CLIENTS)
@vary_on_headers("HX-Request")
def index(request: SignedIn) -> HttpResponse:
    """The address book by name."""
    studio = request.membership.studio_id
    form = PhysicianFilter(request.GET)
    page = queries.page_by_name(_narrowed(studio, form), studio=studio, **form.place)
    add = {"label": "Add a physician", "url": reverse("physician_new"), "method": "get"}
    context = {
        "form": form,
        "rows": [_row(one) for one in page.rows],
        "add": add,
        "actions": [add],
        "clear": {"label": "Clear the filters", "url": reverse("physicians"), "method": "get"},
        **turned(request, page),
    }
    template = part_or_whole(request, "physicians/results.html", "physicians/index.html")
    return render(request, template, context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.EDIT_PHYSICIANS)
def new(request: SignedIn) -> HttpResponse:
    """Add a physician; coming from a client's care team, go back there."""
    studio = request.membership.studio
    wanted = request.GET.get("client", "")
    client = access.client_for(request.membership, int(wanted)) if wanted.isdecimal() and len(wanted) < 19 else None
    form = PhysicianForm(posted(request), studio=studio)
    if form.carry_out(lambda data: address_book.add_physician(studio=studio, by=request.user, **data)):
        messages.success(request, "Added to the address book. A manager has to verify the contact.")
        if client:
            return redirect(f"{reverse('supervising', args=[client.pk])}?physician={form.result.pk}")
        return redirect("physician_record", form.result.pk)
    cancel = reverse("care_team", args=[client.pk]) if client else reverse("physicians")
    context = {"form": form, "back": _back(), "cancel_url": cancel}
    return render(request, "physicians/new.html", context, status=form.status)


@require_safe
@may(Permission.SEE_CLIENTS)
def show(request: SignedIn, physician_id: int) -> HttpResponse:
    """A physician's contact, who vouches for it, and whom the physician cares for."""
    physician = access.physician_for(request.membership, physician_id)
    verification = queries.verification_of(physician.pk)
    places = list(queries.cared_for(physician.pk)[: CLIENTS_AT_ONCE + 1])
    edit = {"label": "Edit", "url": reverse("physician_edit", args=[physician.pk]), "method": "get"}
    step = _next_step(request, physician, verification)
    context = {
        "physician": physician,
        "back": _back(),
        "state": VERIFIED if verification else UNVERIFIED,
        "verification": verification,
        "past": queries.past_verifications(physician.pk),
        "pairs": _pairs(physician) + _wishes(physician),
        "contacts": list(contacts_with(physician.pk)[:LAST_CONTACTS]),
        "places": places[:CLIENTS_AT_ONCE],
        "more": len(places) > CLIENTS_AT_ONCE,
        "account": _account(physician),
        "actions": [step] if step else [],
        "edit": edit,
        "may_verify": has(request, Permission.VERIFY_PHYSICIANS),
        "zone": ZoneInfo(request.membership.studio.time_zone),
        "templates": templates_of([physician.pk]),
    }
    return render(request, "physicians/show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.EDIT_PHYSICIANS)
def edit(request: SignedIn, physician_id: int) -> HttpResponse:
    """Change a physician's fields; a change of what a manager vouched for drops the verification."""
    physician = access.physician_for(request.membership, physician_id)
    before = queries.verification_of(physician.pk)
    form = PhysicianForm(
        posted(request), studio=request.membership.studio, physician=physician, initial=values_of(physician)
    )
    if form.carry_out(lambda data: address_book.edit_physician(physician=physician, by=request.user, **data)):
        _say_saved(request, dropped=bool(before) and queries.verification_of(physician.pk) is None)
        return redirect("physician_record", physician.pk)
    context = {"form": form, "physician": physician, "verified": bool(before), "back": _back(physician)}
    return render(request, "physicians/edit.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.VERIFY_PHYSICIANS)
def verify(request: SignedIn, physician_id: int) -> HttpResponse:
    """Vouch for a contact that was found in an independent source."""
    physician = access.physician_for(request.membership, physician_id)
    form = VerifyForm(posted(request), physician=physician)
    if form.carry_out(lambda data: address_book.verify_physician(physician=physician, by=request.user, **data)):
        messages.success(request, f"Verified. What {physician} decides counts now.")
        return redirect("physician_record", physician.pk)
    context = {
        "form": form, "physician": physician, "pairs": _pairs(physician), "back": _back(physician),
        "verification": queries.verification_of(physician.pk),
    }  # fmt: skip
    return render(request, "physicians/verify.html", context, status=form.status)


@require_POST
@may(Permission.VERIFY_PHYSICIANS)
def invite(request: SignedIn, physician_id: int) -> HttpResponse:
    """Open an account for a verified physician and mail the way to it."""
    physician = access.physician_for(request.membership, physician_id)
    user = address_book.link_account(physician=physician, by=request.user)
    try:
        send_invitation(request, user, request.membership.studio, role="physician")
    except (SMTPException, OSError):
        messages.error(request, "The account is there, but the mail could not be sent. Try again in a while.")
    else:
        messages.success(request, f"Sent to {user.email}.")
    return redirect("physician_record", physician.pk)


def _narrowed(studio: int, form: PhysicianFilter) -> QuerySet[Physician]:
    if not form.is_valid():
        return queries.address_book(studio).none()
    found = queries.address_book(studio, search=form.cleaned_data["q"])
    contact = form.cleaned_data["contact"]
    return queries.verified_only(found, yes=contact == "verified") if contact else found


def _row(physician: Any) -> dict[str, Any]:
    detail = [physician.credential, physician.specialty, physician.clinic]
    return {
        "url": reverse("physician_record", args=[physician.pk]),
        "name": physician.name,
        "detail": " · ".join(filter(None, detail)),
        "state": VERIFIED if physician.verified else UNVERIFIED,
        "why": "",
    }


def _pairs(physician: Physician) -> list[dict[str, str]]:
    found = [
        ("Name", physician.name),
        ("Credential", physician.credential),
        ("Specialty", physician.specialty),
        ("Clinic", physician.clinic),
        ("Licence", f"{physician.licence}, {physician.licence_place}"),
        ("NPI", physician.npi),
        ("E-mail", physician.email),
        ("Phone", phone_words(physician.phone) if physician.phone else ""),
        ("Fax", phone_words(physician.fax) if physician.fax else ""),
    ]
    return _said(found)


def _wishes(physician: Physician) -> list[dict[str, str]]:
    """How the physician likes to be asked."""
    quiet = physician.quiet_from and f"{physician.quiet_from:%H:%M} to {physician.quiet_until:%H:%M}"
    wish = physician.get_channel_display() if physician.channel else ""
    return _said([("Likes to be asked by", wish), ("No mail", quiet or ""), ("Fees and fax habits", physician.habits)])


def _said(found: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"term": term, "value": value} for term, value in found if value]


def _account(physician: Physician) -> dict[str, str]:
    """Say what the physician can do with an account, and what comes first."""
    if physician.user is None:
        return {"word": "No account", "note": "Questions go by link or by letter."}
    if physician.user.last_login:
        return {"word": "Signs in", "note": f"Last on {day(physician.user.last_login)}, as {physician.user.email}."}
    return {"word": "Invited", "note": f"Nobody has signed in as {physician.user.email} yet."}


def _next_step(request: SignedIn, physician: Physician, verification: Verification | None) -> dict[str, str] | None:
    if not has(request, Permission.VERIFY_PHYSICIANS):
        return None
    if verification is None:
        url = reverse("physician_verify", args=[physician.pk])
        return {"label": "Verify the contact", "url": url, "method": "get"}
    if not physician.email or (physician.user and physician.user.last_login):
        return None
    label = "Send the invitation again" if physician.user else "Invite to sign online"
    return {"label": label, "url": reverse("physician_invite", args=[physician.pk]), "method": "post"}


def _say_saved(request: SignedIn, *, dropped: bool) -> None:
    if dropped:
        messages.warning(request, "Saved. The contact is not verified any more: a manager has to check it again.")
    else:
        messages.success(request, "Saved.")


def _back(physician: Physician | None = None) -> dict[str, str]:
    if physician is None:
        return {"url": reverse("physicians"), "label": "Physicians"}
    return {"url": reverse("physician_record", args=[physician.pk]), "label": physician.name}
