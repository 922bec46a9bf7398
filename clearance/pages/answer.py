"""Placeholder, to be overwritten."""

from typing import Any

from django.http import Http404, HttpResponse


def show(request: Any, **ids: Any) -> HttpResponse:
    raise Http404


def draft(request: Any, **ids: Any) -> HttpResponse:
    raise Http404


def sign(request: Any, **ids: Any) -> HttpResponse:
    raise Http404


def restriction_row(request: Any, **ids: Any) -> HttpResponse:
    raise Http404


def copy(request: Any, **ids: Any) -> HttpResponse:
    raise Http404


def leave(request: Any, **ids: Any) -> HttpResponse:
    raise Http404
