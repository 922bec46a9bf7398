from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clearance.gate import standings
from clearance.gate.models import Standing


class Command(BaseCommand):
    help = "Compare every stored standing that is not due with the rule. Ends with 1 if any differs."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(standings.differences())
        for sentence in found:
            self.stderr.write(sentence)
        if found:
            raise CommandError(f"{len(found)} of {Standing.objects.count()} standings differ from the rule.")
        self.stdout.write(f"{Standing.objects.count()} standings agree with the rule.")
