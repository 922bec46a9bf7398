"""Questions to physicians: the links under which they are answered, the papers that come back, the contact log."""

import secrets

from django.contrib.postgres.fields import ArrayField
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import F, Q

from clearance.anatomy.movements import Pattern
from clearance.audit.immutable import born_with, closes_once, immutable, stamped
from clearance.injuries.models import Injury
from clearance.people.models import Channel, Client, Physician, User


class Request(models.Model):
    """A trainer's question to one physician, with the program envelope. Answered by that physician's next decision.

    `code` on a letter leads staff to the question; `access_code` (8 digits) is told to the physician beside the link.
    What happens to a question stands in its steps.
    """

    client = models.ForeignKey(Client, models.PROTECT, related_name="requests")
    physician = models.ForeignKey(Physician, models.PROTECT, related_name="requests")
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.ACCOUNT)
    question = models.TextField(blank=True)
    modes = models.CharField(max_length=200)
    movements = ArrayField(models.CharField(max_length=30, choices=Pattern), default=list)
    days_a_week = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField()
    top_phase = models.PositiveSmallIntegerField()
    top_effort = models.PositiveSmallIntegerField()
    reply_by = models.DateField(null=True)
    code = models.CharField(max_length=8, blank=True)
    access_code = models.CharField(max_length=8, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    txid = models.BigIntegerField(default=0, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="letter_code_once")]
        indexes = [
            models.Index(fields=["client", "-at"], name="request_of_client"),
            models.Index(fields=["physician", "-at"], name="request_to_physician"),
        ]
        triggers = [*immutable(), stamped()]


class RequestedInjury(models.Model):
    """An injury that a question is about, as it was when it was asked."""

    request = models.ForeignKey(Request, models.PROTECT, related_name="asked_about")
    injury = models.ForeignKey(Injury, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "injury"], name="asks_about_an_injury_once")]
        triggers = [*immutable(), born_with(table="decisions_request", column="request_id")]


class RequestStep(models.Model):
    """Something that happened to a question. Answers are decisions, and the end of a link is its own: see states.py."""

    class Kind(models.TextChoices):
        SENT = "SENT", "Sent"
        OPENED = "OPENED", "Opened"
        AGAIN = "AGAIN", "Asked again"
        TOLD = "TOLD", "Told more"
        DECLINED = "DECLINED", "Declined"
        BOUNCED = "BOUNCED", "Bounced"
        LOCKED = "LOCKED", "Locked"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"
        REPLACED = "REPLACED", "Replaced"

    request = models.ForeignKey(Request, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind)
    note = models.TextField(blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["request", "kind", "-at"], name="step_of_request")]
        triggers = immutable()


class Link(models.Model):
    """A one-task link: for one question, one mailbox and the facts as sent. Ended by the next one, or by hand.

    The token itself is stored nowhere: see links.py.
    """

    request = models.ForeignKey(Request, models.PROTECT, related_name="links")
    token_sha256 = models.CharField(max_length=64, unique=True)
    nonce = models.CharField(max_length=32)
    mailbox = models.CharField(max_length=254)
    facts = models.JSONField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    expires_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request"], condition=Q(until=None), name="one_link_at_a_time"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="link_period"),
        ]
        triggers = closes_once(also=("ended_because",))


class CodeTry(models.Model):
    """One entry of an access code on a link."""

    link = models.ForeignKey(Link, models.PROTECT, related_name="tries")
    right = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        triggers = immutable()


class Contact(models.Model):
    """A line of the contact log: who spoke with whom, by which way, and what fee was named."""

    class Kind(models.TextChoices):
        CALL = "CALL", "Call"
        FAX = "FAX", "Fax"
        LETTER = "LETTER", "Letter"
        MAIL = "MAIL", "E-mail"
        VISIT = "VISIT", "Visit"

    physician = models.ForeignKey(Physician, models.PROTECT, related_name="contacts")
    request = models.ForeignKey(Request, models.PROTECT, null=True, related_name="contacts")
    kind = models.CharField(max_length=10, choices=Kind)
    spoke_with = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=500, blank=True)
    fee = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["physician", "-at"], name="contact_with_physician"),
            models.Index(fields=["request", "-at"], name="contact_of_request"),
        ]
        triggers = immutable()


def paper_storage() -> Storage:
    """Return the storage of what physicians sent on paper: outside everything that is served as a file."""
    return storages["papers"]


def random_name(paper: "Paper", name: str) -> str:
    """Return a name that says nothing; what the sender called the file is never used."""
    return secrets.token_hex(16)


class Paper(models.Model):
    """A physician's answer on paper as it came in, cleaned. Previews, one JPEG a page, lie beside it."""

    class How(models.TextChoices):
        SCAN = "SCAN", "Scan"
        PHOTO = "PHOTO", "Photo"
        FAX = "FAX", "Fax"

    request = models.ForeignKey(Request, models.PROTECT, related_name="papers")
    how = models.CharField(max_length=5, choices=How)
    file = models.FileField(storage=paper_storage, upload_to=random_name)
    media = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    pages = models.PositiveSmallIntegerField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["request", "-at"], name="paper_of_request")]
        triggers = immutable()
