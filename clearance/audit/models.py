from django.db import models
from django.db.models import Q

from clearance.audit.immutable import immutable


class Event(models.Model):
    """One line of a studio's trail. `digest` chains it to the line before."""

    studio = models.BigIntegerField(null=True)
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    client = models.BigIntegerField(null=True)
    action = models.CharField(max_length=60)
    sentence = models.TextField()
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["studio", "number"], name="event_number_once", nulls_distinct=False)
        ]
        indexes = [
            models.Index(fields=["studio", "client", "-number"], name="event_of_client"),
            models.Index(fields=["studio", "actor", "-number"], name="event_of_actor"),
            models.Index(fields=["studio", "action", "-number"], name="event_of_action"),
            models.Index(fields=["client", "-number"], name="event_client", condition=Q(client__isnull=False)),
        ]
        triggers = immutable()

    def __str__(self) -> str:
        return self.sentence
