"""Placeholder, to be overwritten."""

from typing import Any

from django.http import Http404, HttpResponse


def letter(request: Any, **ids: Any) -> HttpResponse:
    raise Http404


def new(request: Any, **ids: Any) -> HttpResponse:
    raise Http404


def file(request: Any, **ids: Any) -> HttpResponse:
    raise Http404


def page(request: Any, **ids: Any) -> HttpResponse:
    raise Http404


def transcribe(request: Any, **ids: Any) -> HttpResponse:
    raise Http404


def check(request: Any, **ids: Any) -> HttpResponse:
    raise Http404
