"""The settings of the test run: those of the app, told that this is a test run before they are read."""

import os

os.environ["CLEARANCE_TESTING"] = "1"
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs an event loop beside the live server.

from clearance.config.settings import *  # noqa: F403

# What tests file as papers goes with their process; tests of the store itself bring a folder of their own.
STORAGES["papers"] = {"BACKEND": "django.core.files.storage.InMemoryStorage"}  # noqa: F405
