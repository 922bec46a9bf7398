"""Who may see a page. Every view that is not public carries `@may`."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from clearance.people.models import Membership, User
from clearance.people.roles import PHYSICIAN, Permission

View = Callable[..., HttpResponse]


class SignedIn(HttpRequest):
    """A request after the middleware: somebody is signed in; `membership` is their place in the present studio."""

    user: User
    membership: Membership
    memberships: list[Membership]
    is_physician: bool
    htmx: Any


def may(permission: Permission) -> Callable[[View], View]:
    """Let only roles with this permission in; others get 403 with the permission's sentence."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: SignedIn, *args: Any, **kwargs: Any) -> HttpResponse:
            if not has(request, permission):
                raise PermissionDenied(permission.sentence)
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return guard


def has(request: SignedIn, permission: Permission) -> bool:
    """Say whether whoever asks has a permission in the present studio, or as a physician."""
    if request.membership is not None and request.membership.role in permission.roles:
        return True
    return PHYSICIAN in permission.roles and request.is_physician
