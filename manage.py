#!/usr/bin/env python
"""Django's command line. `manage.py demo` brings its own settings."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    if sys.argv[1:2] == ["demo"]:
        os.environ["CLEARANCE_DEMO"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clearance.config.settings")
    execute_from_command_line(sys.argv)
