"""How physicians are asked: how long a link lives, how soon a question goes again, how many mails one gets in a day."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from clearance.pages.forms.asking import AskingForm
from clearance.pages.forms.base import posted
from clearance.pages.may import SignedIn, may
from clearance.people import staff
from clearance.people.roles import Permission


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.RUN_STUDIO)
def show(request: SignedIn) -> HttpResponse:
    """Read and change the studio's settings for asking; they hold from the next question on."""
    studio = request.membership.studio
    form = AskingForm(posted(request), initial={name: getattr(studio, name) for name in AskingForm.base_fields})
    if form.carry_out(lambda data: staff.change_asking(studio=studio, by=request.user, **data)):
        messages.success(request, "Saved. It holds from the next question on.")
        return redirect("studio")
    context = {"form": form, "back": {"url": reverse("studio"), "label": "Studio"}, "studio_url": reverse("studio")}
    return render(request, "studio/asking.html", context, status=form.status)
