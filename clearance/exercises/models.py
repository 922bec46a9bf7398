from django.contrib.postgres.fields import ArrayField
from django.db import models

from clearance.anatomy.movements import Component, Pattern, Phase
from clearance.exercises.properties import Properties, parse


class Exercise(models.Model):
    """A library entry. `phase` is the lowest phase it belongs to; `default_rpe` is effort on a 0 to 10 scale."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    other_names = ArrayField(models.CharField(max_length=120), default=list)
    pattern = models.CharField(max_length=30, choices=Pattern)
    component = models.CharField(max_length=20, choices=Component)
    phase = models.PositiveSmallIntegerField(choices=Phase)
    equipment = ArrayField(models.CharField(max_length=60), default=list)
    cues = ArrayField(models.TextField(), default=list)
    errors = ArrayField(models.TextField(), default=list)
    regression = models.SlugField(max_length=80, null=True)
    progression = models.SlugField(max_length=80, null=True)
    default_rpe = models.PositiveSmallIntegerField()
    properties = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["pattern", "name"], name="exercise_by_pattern")]

    def __str__(self) -> str:
        return self.name

    @property
    def tags(self) -> Properties | None:
        """The typed properties, or None when any is missing or unknown."""
        return parse(self.properties)
