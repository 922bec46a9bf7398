"""The studio: its own fields, its policy, its staff; and switching to another studio of one's own."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clearance.pages.accounts import send_invitation
from clearance.pages.forms.base import posted
from clearance.pages.forms.studio import EVIDENCE, POLICIES, InviteForm, MemberForm, PolicyForm, StudioForm
from clearance.pages.may import SignedIn, may
from clearance.people import access, staff
from clearance.people.identity import phone_words
from clearance.people.models import Membership
from clearance.people.queries import client_count, policy_of, staff_of
from clearance.people.roles import Permission


@require_POST
def switch(request: SignedIn) -> HttpResponse:
    """Work in another studio of one's own from now on."""
    wanted = request.POST.get("studio", "")
    found = next((one for one in request.memberships if str(one.studio_id) == wanted), None)
    if found is None:
        raise Http404("No such studio of yours.")
    request.session["studio"] = found.studio_id
    target = request.POST.get("next", "")
    local = target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return redirect(target if local else "/")


@require_safe
@may(Permission.RUN_STUDIO)
def show(request: SignedIn) -> HttpResponse:
    """The studio, its policy and who works here."""
    studio = request.membership.studio
    context = {
        "studio": studio,
        "phone": phone_words(studio.phone) if studio.phone else "",
        "policy": policy_of(studio.pk),
        "policies": POLICIES,
        "evidence": EVIDENCE,
        "members": staff_of(studio.pk),
        "actions": [_step("Invite somebody", "staff_invite"), _step("Edit the studio", "studio_edit")],
        "zone": studio.time_zone,
    }
    return render(request, "studio/show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.RUN_STUDIO)
def edit(request: SignedIn) -> HttpResponse:
    """Change name, phone and time zone."""
    studio = request.membership.studio
    start = {"name": studio.name, "time_zone": studio.time_zone, "phone": phone_words(studio.phone)}
    form = StudioForm(posted(request), zone=studio.time_zone, initial=start)
    if form.carry_out(lambda data: staff.edit_studio(studio=studio, by=request.user, **data)):
        messages.success(request, "Saved.")
        return redirect("studio")
    return _form_page(request, "studio/edit.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.RUN_STUDIO)
def policy(request: SignedIn) -> HttpResponse:
    """Change who needs a clearance and which signatures count, from now on."""
    studio = request.membership.studio
    present = policy_of(studio.pk)
    start = {"needs": present.needs, "least_evidence": present.least_evidence}
    form = PolicyForm(posted(request), initial=start)
    if form.carry_out(lambda data: staff.change_policy(studio=studio, by=request.user, **data)):
        messages.success(request, "The policy is set. It holds from this moment on.")
        return redirect("studio")
    return _form_page(request, "studio/policy.html", form, clients=client_count(studio.pk))


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.RUN_STUDIO)
def invite(request: SignedIn) -> HttpResponse:
    """Give somebody a role here, and mail them the way in."""
    form = InviteForm(posted(request))
    if form.carry_out(lambda data: staff.invite(studio=request.membership.studio, by=request.user, **data)):
        _mail(request, form.result)
        return redirect("studio")
    return _form_page(request, "studio/invite.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.RUN_STUDIO)
def member(request: SignedIn, membership_id: int) -> HttpResponse:
    """Change somebody's role, end or renew their work here, or send the invitation again."""
    colleague = access.colleague_for(request.membership, membership_id)
    if "again" in request.POST and _invited(colleague):
        _mail(request, colleague)
        return redirect("member", colleague.pk)
    form = MemberForm(posted(request), initial={"role": colleague.role, "active": colleague.active})
    if form.carry_out(lambda data: staff.change_member(membership=colleague, by=request.user, **data)):
        messages.success(request, f"Saved. It holds from {colleague.user}’s next click on.")
        return redirect("today" if colleague.user_id == request.user.pk else "studio")
    return _form_page(request, "studio/member.html", form, colleague=colleague, invited=_invited(colleague))


def _invited(colleague: Membership) -> bool:
    return colleague.active and not colleague.user.has_usable_password()


def _mail(request: SignedIn, colleague: Membership) -> None:
    try:
        send_invitation(request, colleague.user, request.membership.studio, role=colleague.get_role_display().lower())
    except OSError:
        messages.warning(
            request,
            f"{colleague.user} may work here, but the mail to {colleague.user.email} could not be sent. "
            "Ask whoever runs this server to look at the mail settings, then send the invitation again.",
        )
    else:
        messages.success(request, f"The invitation to {colleague.user.email} is on its way.")


def _form_page(request: SignedIn, template: str, form: Any, **context: Any) -> HttpResponse:
    frame = {"form": form, "back": {"url": reverse("studio"), "label": "Studio"}, "studio_url": reverse("studio")}
    return render(request, template, frame | context, status=form.status)


def _step(label: str, name: str) -> dict[str, str]:
    return {"label": label, "url": reverse(name), "method": "get"}
