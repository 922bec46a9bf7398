import signal
from argparse import ArgumentParser
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand

from clearance.notices.actions import keep_running, run

EVERY = 5.0


class Command(BaseCommand):
    help = "Send the messages that are due. Any number may run at once. With --loop: until it is stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until SIGTERM or Ctrl+C")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = Event()
        for one in (signal.SIGTERM, signal.SIGINT):
            # The present message is finished first.
            signal.signal(one, lambda *_: stop.set())
        if options["loop"]:
            keep_running(stop, every=EVERY)
        else:
            self.stdout.write(", ".join(f"{state} {number}" for state, number in run(stop=stop).items()))
