"""Placeholder, to be overwritten."""

from typing import Any

from django.http import Http404, HttpResponse


def show(request: Any, **ids: Any) -> HttpResponse:
    raise Http404
