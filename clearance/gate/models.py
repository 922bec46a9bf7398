from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clearance.audit.immutable import immutable, stamped
from clearance.people.models import Client, User


class Pass(models.Model):
    """Proof that the gate was open when one program version was saved: the facts as they were judged, and the decisions
    behind it.

    Good only for the transaction that wrote it (`txid`).
    """

    client = models.ForeignKey(Client, models.PROTECT, related_name="passes")
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    until = models.DateTimeField(null=True)
    decisions = ArrayField(models.BigIntegerField())
    facts = models.JSONField()
    txid = models.BigIntegerField(default=0, editable=False)

    class Meta:
        indexes = [models.Index(fields=["client", "-at"], name="pass_of_client")]
        triggers = [*immutable(), stamped()]


class Standing(models.Model):
    """What the rule said of a client when last asked, for lists and counts. Never lets anybody through.

    `changes_at` is when time alone changes it; an open gate is open until `until`.
    """

    client = models.OneToOneField(Client, models.CASCADE, primary_key=True, related_name="standing")
    studio = models.BigIntegerField()
    state = models.CharField(max_length=20)
    codes = ArrayField(models.CharField(max_length=40))
    sentence = models.TextField(blank=True)
    turn = models.CharField(max_length=120, blank=True)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    last_day = models.DateField(null=True)
    judged_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["studio", "state"], name="standing_by_state"),
            models.Index(fields=["studio", "until"], condition=Q(until__isnull=False), name="standing_by_end"),
        ]
