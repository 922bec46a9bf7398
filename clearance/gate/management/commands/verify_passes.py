from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clearance.gate import replay
from clearance.gate.models import Pass


class Command(BaseCommand):
    help = "Judge every pass again as of its moment, and check every signature. Ends with 1 if any does not hold."

    def handle(self, *args: Any, **options: Any) -> None:
        found = [*replay.differences(), *replay.unsigned()]
        for sentence in found:
            self.stderr.write(sentence)
        if found:
            raise CommandError(f"{len(found)} of {Pass.objects.count()} passes or their decisions do not hold.")
        self.stdout.write(f"{Pass.objects.count()} passes hold.")
