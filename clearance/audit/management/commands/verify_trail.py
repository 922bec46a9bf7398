from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clearance.audit.models import Event
from clearance.audit.queries import broken_lines


class Command(BaseCommand):
    help = "Check that no line of any trail is altered or missing. Ends with 1 if one is."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(broken_lines())
        for sentence in found:
            self.stderr.write(sentence)
        if found:
            raise CommandError(f"{len(found)} breaks in the trail.")
        self.stdout.write(f"{Event.objects.count()} lines verify.")
