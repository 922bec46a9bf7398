from django.db import models
from django.db.models import F, Q

from clearance.checkins.models import Flag
from clearance.decisions.models import Decision, Request
from clearance.notices.routes import Kind
from clearance.people.models import ClientLink, Physician, Studio, User


class Cursor(models.Model):
    """How far a studio's trail has been read. Locked by whoever reads on; `looked_at` is the last look at the clock.

    What lies before `since` is history and is not mailed.
    """

    studio = models.OneToOneField(Studio, models.PROTECT, primary_key=True, related_name="+")
    read_up_to = models.PositiveBigIntegerField(default=0)
    since = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)


class Delivery(models.Model):
    """One message to one recipient, once per `key`. Its words are made while sending: no token is stored.

    `user` of the staff gets it, or else the client of `link`, or else `physician`; for the staff, `physician` is the
    contact it is about. `at` is the moment of what it tells, and `why` says why it failed or was not needed any more.
    """

    class State(models.TextChoices):
        PENDING = "PENDING", "Waiting"
        SENT = "SENT", "Sent"
        FAILED = "FAILED", "Failed"
        SKIPPED = "SKIPPED", "Not needed"

    studio = models.ForeignKey(Studio, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    key = models.CharField(max_length=80)
    address = models.CharField(max_length=254)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    physician = models.ForeignKey(Physician, models.PROTECT, null=True, related_name="+")
    # By id as in the trail: a foreign key would wait for the client's lock.
    client = models.BigIntegerField(null=True)
    request = models.ForeignKey(Request, models.PROTECT, null=True, related_name="+")
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="+")
    link = models.ForeignKey(ClientLink, models.PROTECT, null=True, related_name="+")
    flag = models.ForeignKey(Flag, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=7, choices=State, default=State.PENDING)
    sent_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "address"], name="told_once"),
            models.CheckConstraint(
                condition=Q(user__isnull=False) | Q(physician__isnull=False) | Q(link__isnull=False),
                name="has_a_reader",
            ),
            models.CheckConstraint(
                condition=Q(state="SENT", sent_at__isnull=False) | ~Q(state="SENT") & Q(sent_at=None),
                name="sent_with_its_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="PENDING"), name="delivery_due"),
            models.Index(F("studio"), F("state"), F("due_at").desc(), name="delivery_of_studio"),
            models.Index(fields=["request", "state"], name="delivery_of_request"),
        ]
