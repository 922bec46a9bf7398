"""The people of the tests, made through the same actions as in the app.

Northside: Tara and Theo train, Mona manages, Dr Okafor supervises Ines (injured) and Uma (uninjured), Dr Lindt does not.
Southside: Olga manages, Dr Ode supervises Otto.
"""

from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.test import Client as Browser

from clearance.anatomy.areas import Area, Side
from clearance.decisions import actions as decisions
from clearance.decisions.models import Decision, Outcome
from clearance.decisions.queries import current_decision, injuries_supervised
from clearance.decisions.statement import Clause, Draft, digest
from clearance.injuries.actions import hand_over, log_injury
from clearance.injuries.models import Injury
from clearance.people import actions as people
from clearance.people import address_book, staff
from clearance.people.lock import now
from clearance.people.models import Client, Membership, Physician, Studio, User

PASSWORD = "correct horse battery staple"


class Cast:
    def __init__(self) -> None:
        self.north = staff.found_studio(name="Northside", time_zone="UTC")
        self.south = staff.found_studio(name="Southside", time_zone="UTC")
        self.tara = self.member(self.north, "Tara Trainer", Membership.Role.TRAINER)
        self.theo = self.member(self.north, "Theo Trainer", Membership.Role.TRAINER)
        self.mona = self.member(self.north, "Mona Manager", Membership.Role.MANAGER)
        self.olga = self.member(self.south, "Olga Other", Membership.Role.MANAGER)
        self.okafor = self.physician(self.north, "Dr Ada Okafor", self.mona.user)
        self.lindt = self.physician(self.north, "Dr Leo Lindt", self.mona.user)
        self.ode = self.physician(self.south, "Dr Olu Ode", self.olga.user)
        self.ines = self.client(self.tara, "Ines Injured", self.okafor)
        self.uma = self.client(self.tara, "Uma Uninjured", self.okafor)
        self.otto = self.client(self.olga, "Otto Other", self.ode)

    @cached_property
    def knee(self) -> Injury:
        """Ines's injury, supervised by Dr Okafor."""
        return self.injury(self.ines)

    @staticmethod
    def today() -> date:
        return now().date()

    def member(self, studio: Studio, name: str, role: str) -> Membership:
        email = f"{name.split(maxsplit=1)[0].lower()}@studio.test"
        membership = staff.invite(studio=studio, email=email, name=name, role=role, by=None)
        membership.user.set_password(PASSWORD)
        membership.user.save(update_fields=["password"])
        return membership

    def physician(self, studio: Studio, name: str, by: User, *, verified: bool = True) -> Physician:
        email = f"{name.rsplit(maxsplit=1)[-1].lower()}@clinic.test"
        physician = address_book.add_physician(
            studio=studio, by=by, name=name, credential="MD", email=email, phone="+12025550143", licence="A12345",
            licence_place="Maine",
        )  # fmt: skip
        if verified:
            address_book.verify_physician(physician=physician, by=by, how="called", source="state register")
            user = address_book.link_account(physician=physician, by=by)
            user.set_password(PASSWORD)
            user.save(update_fields=["password"])
            physician.refresh_from_db()
        return physician

    def client(self, trainer: Membership, name: str, physician: Physician | None = None, **fields: Any) -> Client:
        email = f"{name.split(maxsplit=1)[0].lower()}@example.test"
        client = people.add_client(
            studio=trainer.studio, by=trainer.user, name=name, born=date(1985, 3, 14), email=email, trainer=trainer,
            **fields,
        )  # fmt: skip
        if physician:
            hand_over(client=client, physician=physician, by=trainer.user)
            self.consent(client, physician)
        return client

    def consent(self, client: Client, physician: Physician) -> None:
        people.give_consent(
            client=client, physician=physician, how="PAPER", first_day=self.today(), on=self.today(),
            last_day=self.today() + timedelta(days=365), by=client.trainer.user,
        )  # fmt: skip

    def injury(self, client: Client, *, area: str = Area.KNEE, side: str = Side.LEFT, **fields: Any) -> Injury:
        values = {"severity": 2, "tissue": "sprain", "onset": "acute_sudden"} | fields
        supervised_by = values.pop("supervised_by", self.ode if client.studio_id == self.south.pk else self.okafor)
        return log_injury(
            client=client, by=client.trainer.user, area=area, side=side, supervised_by=supervised_by, **values
        )

    def clearance(self, client: Client, physician: Physician | None = None, **fields: Any) -> Draft:
        """A draft that clears for four weeks and covers all of the physician's open injuries."""
        mine = injuries_supervised(physician or self.okafor, client)
        values = {
            "outcome": Outcome.CLEARED, "covers": frozenset(one.injury_id for one in mine),
            "valid_from": self.today(), "valid_until": self.today() + timedelta(days=28),
        } | fields  # fmt: skip
        return Draft(**values)

    def sign(
        self, client: Client, physician: Physician | None = None, *, draft: Draft | None = None,
        at: datetime | None = None, **fields: Any,
    ) -> Decision:  # fmt: skip
        """Sign what the physician was shown."""
        physician = physician or self.okafor
        draft = draft or self.clearance(client, physician, **fields)
        on = (at or now()).date()
        replaces = current_decision(client.pk, physician.pk)
        shown = decisions.read_back(client=client, physician=physician, draft=draft, on=on)
        return decisions.sign(
            client=client, physician=physician, by=physician.user, draft=draft, name=physician.name, credential="MD",
            licence="A12345", shown_sha256=digest(shown), at=at, replaces=replaces.pk if replaces else None,
        )  # fmt: skip

    def restrict(self, client: Client, *clauses: Clause, **fields: Any) -> Decision:
        """Clear with restrictions."""
        return self.sign(client, outcome=Outcome.CLEARED_WITH_RESTRICTIONS, restrictions=clauses, **fields)

    def refuse(self, client: Client, outcome: str = Outcome.NOT_CLEARED) -> Decision:
        return self.sign(client, draft=Draft(outcome=outcome, conditions="Rest first."))

    @staticmethod
    def browser(who: Membership | User | None) -> Browser:
        """A browser in which somebody is signed in."""
        browser = Browser()
        user = who.user if isinstance(who, Membership) else who
        if user:
            browser.force_login(user)
        return browser
