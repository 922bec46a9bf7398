"""`manage.py found_studio`: the first studio of an installation, or one more."""

import zoneinfo
from argparse import ArgumentParser
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from clearance.people.models import Membership
from clearance.people.staff import found_studio, invite


class Command(BaseCommand):
    help = "Open a studio and invite its manager; prints the path under which the manager chooses a password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("studio")
        parser.add_argument("--time-zone", required=True, help="as Europe/London")
        parser.add_argument("--manager", required=True, metavar="E-MAIL")
        parser.add_argument("--name", required=True, help="the manager's name")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        _check(options)
        studio = found_studio(name=options["studio"], time_zone=options["time_zone"])
        role = Membership.Role.MANAGER
        member = invite(studio=studio, email=options["manager"], name=options["name"], role=role, by=None)
        self.stdout.write(f"The studio {studio} is open. {member.user} manages it.")
        if not member.user.has_usable_password():
            key = default_token_generator.make_token(member.user)
            kwargs = {"uidb36": user_pk_to_url_str(member.user), "key": key}
            path = reverse("account_reset_password_from_key", kwargs=kwargs)
            self.stdout.write(f"The password is chosen at this path of the site: {path}")


def _check(options: dict[str, Any]) -> None:
    if options["time_zone"] not in zoneinfo.available_timezones():
        raise CommandError(f"{options['time_zone']} is no time zone. Write it as Europe/London.")
    try:
        validate_email(options["manager"])
    except ValidationError:
        raise CommandError(f"{options['manager']} is no e-mail address.") from None
    if not options["studio"].strip() or len(options["studio"]) > 120:
        raise CommandError("The studio's name has 1 to 120 characters.")
