"""Sign-in: allauth, with sign-up closed. Staff are invited; physicians get their account from a manager."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from clearance.people.models import Studio, User


class StaffAreInvited(DefaultAccountAdapter):
    """allauth's adapter: nobody signs up by themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def send_invitation(request: HttpRequest, user: User, studio: Studio, *, role: str) -> None:
    """Mail the link under which an invited person chooses a password. Nothing about any client is in it."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    link = request.build_absolute_uri(_key_url(key))
    sign_in = request.build_absolute_uri(reverse("account_login"))
    words: dict[str, Any] = {
        "name": user.name, "studio": studio.name, "role": role, "link": link, "sign_in": sign_in,
        "new": not user.has_usable_password(),
    }  # fmt: skip
    body = render_to_string("mail/invitation.txt", words)
    send_mail(f"Your account with {_one_line(studio.name)}", body, None, [user.email])


def _key_url(key: str) -> str:
    uid, _, token = key.partition("-")
    return reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})


def _one_line(text: str) -> str:
    return " ".join(text.split())
