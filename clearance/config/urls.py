"""The root of the addresses. All of them are in `pages/urls.py`."""

from django.urls import include, path

urlpatterns = [path("", include("clearance.pages.urls"))]
