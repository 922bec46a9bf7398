"""`manage.py demo`: a studio of made-up people to play with, on a database of its own."""

import secrets
import shutil
import socket
from argparse import ArgumentParser
from threading import Event, Thread
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.wsgi import get_wsgi_application
from django.db import connection
from gunicorn.app.base import BaseApplication

from clearance.config.demo import SIGN_INS, make_demo
from clearance.exercises.actions import load_library
from clearance.notices.actions import keep_running
from clearance.people.models import Studio, User

# Of Bootstrap only one file is used.
UNUSED = ["*.rtl*", "bootstrap-*", "bootstrap.css*", "bootstrap*.js*", "htmax*", "htmx-4*", "hx-*"]


# Seconds between two looks for mail.
OFTEN = 2.0


def send_meanwhile(worker: Any) -> None:
    """Send what is due beside the web server, in its own process: it lives and ends with it."""
    Thread(target=keep_running, args=(Event(),), kwargs={"every": OFTEN}, name="notices", daemon=True).start()


class Server(BaseApplication):
    """gunicorn, one process with threads, on this machine only."""

    def __init__(self, port: int) -> None:
        self.port = port
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": f"127.0.0.1:{self.port}",
            "worker_class": "gthread",
            "threads": 8,
            "control_socket_disable": True,
            "post_worker_init": send_meanwhile,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        # Made here and not on import: WhiteNoise looks once at which files have been collected.
        return get_wsgi_application()


class Command(BaseCommand):
    help = "Start the demo: made-up people on an own database, and the web server."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--fresh", action="store_true", help="throw the demo's data away and start over")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Start it as `python manage.py demo`: it brings its own settings.")
        _check_port(options["port"])
        self.say("The database is ready.")
        _check_ours()
        if options["fresh"]:
            _empty()
            self.say("The old demo data are gone.")
        call_command("migrate", verbosity=0)
        self.say("The tables are up to date.")
        self.say(f"{load_library()} exercises are in the library.")
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNUSED)
        self.say("The pages' files are collected.")
        if not Studio.objects.exists():
            make_demo()
            self.say("The demo's people are made.")
        password = _set_password()
        self.say(f"\nOpen http://127.0.0.1:{options['port']}/ and sign in with the password  {password}\n")
        for email, who in SIGN_INS.items():
            self.say(f"  {email:22} {who}")
        self.say("\nPress Ctrl+C to stop. Your changes stay until `demo --fresh`.")
        connection.close()
        settings.SITE_URL = f"http://127.0.0.1:{options['port']}"
        Server(options["port"]).run()

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _check_port(port: int) -> None:
    if not 1 <= port <= 65535:
        raise CommandError("Choose a port from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            other = port + 1 if port < 65535 else 8000
            raise CommandError(f"Port {port} is taken. Choose another: python manage.py demo --port {other}") from None


def _check_ours() -> None:
    tables = set(connection.introspection.table_names())
    foreign = tables and "people_studio" not in tables
    if foreign or (tables and Studio.objects.filter(demo=False).exists()):
        raise CommandError(
            "This database holds something that the demo did not make, so the demo does not touch it. "
            "Unset DATABASE_URL, or name an empty database."
        )


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    # Mail and papers of people who are gone: their links and numbers would lead to others.
    for kept in (settings.OUTBOX, settings.FILES):
        shutil.rmtree(kept, ignore_errors=True)


def _set_password() -> str:
    password = settings.DEMO_PASSWORD or secrets.token_urlsafe(9)
    for user in User.objects.filter(email__endswith="demo.test"):
        if not user.check_password(password):
            user.set_password(password)
            user.save(update_fields=["password"])
    return password
