from typing import Any

from django.core.management.base import BaseCommand

from clearance.exercises.actions import load_library


class Command(BaseCommand):
    help = "Load the exercise library from its data file. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_library()} exercises are in the library.")
