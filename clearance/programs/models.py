import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clearance.anatomy.movements import Phase
from clearance.audit.immutable import born_with, immutable, stamped
from clearance.exercises.models import Exercise
from clearance.gate.models import Pass
from clearance.people.models import Client, User


class Program(models.Model):
    """A plan for one client. What it says stands in its versions."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="programs")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["client", "-created_at"], name="program_of_client")]
        triggers = immutable()


class ProgramVersion(models.Model):
    """One save of a program. Cannot be stored without a pass of this client from the same transaction."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    gate_pass = models.OneToOneField(Pass, models.PROTECT, related_name="version")
    title = models.CharField(max_length=120)
    phase = models.PositiveSmallIntegerField(choices=Phase)
    notes = models.TextField(blank=True)
    acknowledged = ArrayField(models.BigIntegerField(), default=list)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    txid = models.BigIntegerField(default=0, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "number"], name="program_version_once")]
        triggers = [
            *immutable(),
            stamped(),
            pgtrigger.Trigger(
                name="passed_the_gate",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=(
                    "IF NOT EXISTS (SELECT 1 FROM gate_pass p JOIN programs_program g ON g.client_id = p.client_id "
                    "WHERE p.id = NEW.gate_pass_id AND g.id = NEW.program_id AND p.txid = txid_current()) THEN "
                    "RAISE EXCEPTION 'a program version needs a pass of its client from the same transaction'; "
                    "END IF; RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Workout(models.Model):
    """One training day of a program version."""

    version = models.ForeignKey(ProgramVersion, models.PROTECT, related_name="workouts")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    txid = models.BigIntegerField(default=0, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "position"], name="workout_position_once")]
        triggers = [*immutable(), stamped(), born_with(table="programs_programversion", column="version_id")]


class Prescription(models.Model):
    """One exercise of a workout. Load in kilograms or percent of maximum, effort 0 to 10, rest in seconds."""

    workout = models.ForeignKey(Workout, models.PROTECT, related_name="prescriptions")
    position = models.PositiveSmallIntegerField()
    exercise = models.ForeignKey(Exercise, models.PROTECT, related_name="+")
    sets = models.PositiveSmallIntegerField()
    reps = models.PositiveSmallIntegerField()
    tempo = models.CharField(max_length=12)
    kilograms = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    percent = models.PositiveSmallIntegerField(null=True)
    effort = models.PositiveSmallIntegerField(null=True)
    rest = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workout", "position"], name="prescription_position_once"),
            models.CheckConstraint(condition=Q(sets__gte=1, reps__gte=1), name="prescribes_something"),
            models.CheckConstraint(condition=Q(effort=None) | Q(effort__lte=10), name="effort_of_ten"),
        ]
        triggers = [*immutable(), born_with(table="programs_workout", column="workout_id")]
