import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from clearance.anatomy.areas import Area, Side, place, sites
from clearance.anatomy.tissue import Onset, Severity, Tissue
from clearance.audit.immutable import closes_once, immutable, stays_with
from clearance.people.models import Client, Physician, User


@pghistory.track()
class Injury(models.Model):
    """An injury of a client. Where and how severe it is stands in its versions."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="injuries")
    tissue = models.CharField(max_length=20, choices=Tissue)
    onset = models.CharField(max_length=20, choices=Onset)
    onset_on = models.DateField(null=True)
    description = models.TextField(blank=True)
    icd10 = models.CharField(max_length=8, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)
    voided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(voided_at=None, voided_by=None, void_reason="")
                | Q(voided_at__isnull=False, voided_by__isnull=False) & ~Q(void_reason=""),
                name="injury_voided_by_somebody_for_a_reason",
            )
        ]
        indexes = [models.Index(fields=["client", "created_at"], name="injury_of_client")]
        triggers = [
            pgtrigger.Protect(
                name="void_is_final", operation=pgtrigger.Update, condition=pgtrigger.Q(old__voided_at__isnull=False)
            ),
            pgtrigger.Protect(name="rows_stay", operation=pgtrigger.Delete),
            stays_with("client", "created_at"),
        ]  # fmt: skip


class InjuryVersion(models.Model):
    """Where, how severe and under whose supervision an injury was in a period. A decision covers one by number."""

    injury = models.ForeignKey(Injury, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=20, choices=Area)
    side = models.CharField(max_length=10, choices=Side)
    severity = models.PositiveSmallIntegerField(choices=Severity)
    supervised_by = models.ForeignKey(Physician, models.PROTECT, null=True, related_name="supervised_injuries")
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["injury", "number"], name="injury_version_once"),
            models.UniqueConstraint(fields=["injury"], condition=Q(until=None), name="one_injury_version_at_a_time"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="injury_version_period"),
        ]
        indexes = [
            models.Index(fields=["supervised_by", "injury"], condition=Q(until=None), name="injury_supervised_by"),
            models.Index(fields=["area", "side"], condition=Q(until=None), name="injury_by_area"),
        ]
        triggers = closes_once()

    def __str__(self) -> str:
        return place(self.area, self.side)

    @property
    def severity_word(self) -> str:
        return str(Severity(self.severity).label).split(":")[0]


@pghistory.track()
class TreatmentCourse(models.Model):
    """A series of treatments of one injury. Null `planned_sessions` means open-ended; the interval is in days.

    `performed_by` names who performs it where that is no physician of the address book. `aftercare` and `medicines`
    are the physician's own words: the app adds none of its own.
    """

    class Kind(models.TextChoices):
        PROLOTHERAPY = "prolotherapy", "Prolotherapy"
        PRP = "prp", "PRP injection"
        CORTICOSTEROID = "corticosteroid", "Corticosteroid injection"
        EPIDURAL = "epidural", "Epidural injection"
        SURGERY = "surgery", "Surgery"
        MANIPULATION = "manipulation", "Manipulation under anaesthesia"
        PHYSIOTHERAPY = "physiotherapy", "Physiotherapy"
        OTHER = "other", "Other treatment"

    injury = models.ForeignKey(Injury, models.PROTECT, related_name="courses")
    kind = models.CharField(max_length=20, choices=Kind)
    agent = models.CharField(max_length=80, blank=True)
    physician = models.ForeignKey(Physician, models.PROTECT, null=True, related_name="courses")
    planned_sessions = models.PositiveSmallIntegerField(null=True)
    interval_days = models.PositiveSmallIntegerField(null=True)
    performed_by = models.CharField(max_length=120, blank=True)
    sites = ArrayField(models.CharField(max_length=40, choices=sites()), default=list)
    aftercare = models.TextField(blank=True)
    medicines = models.TextField(blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["injury", "created_at"], name="course_of_injury")]
        triggers = [stays_with("injury", "created_at"), pgtrigger.Protect(name="rows_stay", operation=pgtrigger.Delete)]

    @property
    def kind_word(self) -> str:
        """The kind within a sentence: an abbreviation stays as it is."""
        label = str(self.get_kind_display())
        return label if label[:2].isupper() else f"{label[0].lower()}{label[1:]}"


class TreatmentSession(models.Model):
    """A treatment session of a day; `recorded_at` is when the studio wrote it down.

    A row is never changed: `corrects` is the row that this one stands for, of the same course and number, and a
    correction with `took_place` false says that there was no such session.
    """

    course = models.ForeignKey(TreatmentCourse, models.PROTECT, related_name="sessions")
    number = models.PositiveSmallIntegerField()
    performed_on = models.DateField()
    sites = ArrayField(models.CharField(max_length=40, choices=sites()), default=list)
    notes = models.TextField(blank=True)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")
    took_place = models.BooleanField(default=True)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course", "number"], condition=Q(corrects=None), name="session_number_once"
            ),
            models.CheckConstraint(
                condition=Q(corrects=None, took_place=True) | Q(corrects__isnull=False) & ~Q(reason=""),
                name="session_corrected_for_a_reason",
            ),
        ]
        triggers = [
            *immutable(),
            pgtrigger.Trigger(
                name="corrects_its_own",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=(
                    "IF NEW.corrects_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM injuries_treatmentsession s "
                    "WHERE s.id = NEW.corrects_id AND s.course_id = NEW.course_id AND s.number = NEW.number "
                    "AND s.recorded_at < NEW.recorded_at) THEN "
                    "RAISE EXCEPTION 'a correction stands for an earlier row of the same session'; "
                    "END IF; RETURN NEW;"
                ),
            ),
        ]


class PlannedSession(models.Model):
    """A day for which a session of a course was planned, as a period: `until` is when it took place, was moved or was
    called off. The gate looks at every day that was planned, moved or not."""

    course = models.ForeignKey(TreatmentCourse, models.PROTECT, related_name="planned")
    planned_on = models.DateField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course"], condition=Q(until=None), name="one_planned_session_at_a_time"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="planned_session_period"),
        ]
        triggers = closes_once(also=("ended_because",))


class CourseEnd(models.Model):
    """The end of a course: concluded as planned, or stopped, with the reason. It opens nothing."""

    class Kind(models.TextChoices):
        CONCLUDED = "concluded", "Concluded"
        STOPPED = "stopped", "Stopped"

    course = models.OneToOneField(TreatmentCourse, models.PROTECT, related_name="end")
    kind = models.CharField(max_length=10, choices=Kind)
    ended_on = models.DateField()
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind="concluded") | ~Q(reason=""), name="stopped_for_a_reason")
        ]
        triggers = immutable()


class CourseTemplate(models.Model):
    """How a physician usually plans a course, to start the next one from."""

    physician = models.ForeignKey(Physician, models.PROTECT, related_name="course_templates")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=TreatmentCourse.Kind)
    agent = models.CharField(max_length=80, blank=True)
    planned_sessions = models.PositiveSmallIntegerField(null=True)
    interval_days = models.PositiveSmallIntegerField(null=True)
    aftercare = models.TextField(blank=True)
    medicines = models.TextField(blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["physician", "name"], condition=Q(until=None), name="course_template_name_once"
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="course_template_period"),
        ]
        triggers = closes_once()

    def __str__(self) -> str:
        return self.name


class Hold(models.Model):
    """Stop. Nobody lifts a hold; a physician's later decision answers it."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="holds")
    reason = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["client", "-at"], name="hold_of_client")]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="hold_has_a_reason")]
        triggers = immutable()
