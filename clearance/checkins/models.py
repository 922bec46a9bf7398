import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from clearance.audit.immutable import closes_once, immutable, of_one_client
from clearance.checkins.scales import Load, Strength, readiness_words
from clearance.checkins.tiers import Tier
from clearance.checkins.topics import Intensity
from clearance.injuries.models import Hold, Injury
from clearance.people.models import Client, ClientLink, Studio, User

OF_TEN = ("pain_now", "pain_worst", "pain_session", "pain_morning", "effort")


class CheckIn(models.Model):
    """How a client is on a day, about one injury where there is one: told to staff (`by`) or under the personal link.

    Pain 0 to 10 (NPRS): now, the worst since the last check-in, during the last session, the morning after it.
    `effort` of the last session 0 to 10 (CR10), and its `load` against the session before. `symptoms` holds "yes" or
    "unsure" by slug, of those `asked`. `cap` is the least pain that a physician's restriction allowed then, and
    `threshold` the client's own from the newest readiness.
    """

    client = models.ForeignKey(Client, models.PROTECT, related_name="check_ins")
    injury = models.ForeignKey(Injury, models.PROTECT, null=True, related_name="check_ins")
    on = models.DateField()
    pain_now = models.PositiveSmallIntegerField()
    pain_worst = models.PositiveSmallIntegerField(null=True)
    pain_session = models.PositiveSmallIntegerField(null=True)
    pain_morning = models.PositiveSmallIntegerField(null=True)
    strength = models.PositiveSmallIntegerField(choices=Strength)
    effort = models.PositiveSmallIntegerField(null=True)
    load = models.CharField(max_length=10, choices=Load, blank=True)
    asked = ArrayField(models.CharField(max_length=30), default=list)
    symptoms = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    cap = models.PositiveSmallIntegerField(null=True)
    threshold = models.PositiveSmallIntegerField(null=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    link = models.ForeignKey(ClientLink, models.PROTECT, null=True, related_name="check_ins")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["client", "-on", "-id"], name="check_in_of_client")]
        constraints = [
            models.CheckConstraint(
                condition=Q(by=None, link__isnull=False) | Q(by__isnull=False, link=None), name="check_in_by_somebody"
            ),
            models.CheckConstraint(
                condition=Q(strength__in=Strength.values, load__in=["", *Load.values]), name="check_in_on_its_scales"
            ),
            *(
                models.CheckConstraint(condition=Q(**{name: None}) | Q(**{f"{name}__lte": 10}), name=f"check_in_{name}")
                for name in OF_TEN
            ),
        ]
        triggers = [*immutable(), of_one_client(injury_id="injuries_injury", link_id="people_clientlink")]


class Readiness(models.Model):
    """What a trainer has to take into account, on a day: level of health and dedication 1 to 5, usual perceived
    exertion 0 to 10 (CR10), and the pain (0 to 10) up to which the client can train well."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="readiness")
    on = models.DateField()
    health = models.PositiveSmallIntegerField()
    dedication = models.PositiveSmallIntegerField()
    exertion = models.PositiveSmallIntegerField()
    pain_threshold = models.PositiveSmallIntegerField()
    note = models.TextField(blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return readiness_words(
            health=self.health, dedication=self.dedication, exertion=self.exertion, pain_threshold=self.pain_threshold
        )

    class Meta:
        indexes = [models.Index(fields=["client", "-on", "-id"], name="readiness_of_client")]
        constraints = [
            models.CheckConstraint(
                condition=Q(health__range=(1, 5), dedication__range=(1, 5), exertion__lte=10, pain_threshold__lte=10),
                name="readiness_on_its_scales",
            )
        ]
        triggers = immutable()


class Screening(models.Model):
    """The client's answers before training, signed, with the questions as they were asked.

    `flagged`: one of them was yes or not sure, or a disease or a symptom was named; the gate's policy looks at it. Good
    for twelve months, and void when an answer changes.
    """

    class How(models.TextChoices):
        DEVICE = "DEVICE", "on the trainer's device"
        LINK = "LINK", "through the personal link"

    client = models.ForeignKey(Client, models.PROTECT, related_name="screenings")
    asked = models.JSONField()
    answers = models.JSONField()
    followups = models.JSONField(default=dict)
    active = models.BooleanField()
    diseases = ArrayField(models.CharField(max_length=30), default=list)
    symptoms = ArrayField(models.CharField(max_length=30), default=list)
    intensity = models.CharField(max_length=10)
    flagged = models.BooleanField()
    signed_name = models.CharField(max_length=120)
    how = models.CharField(max_length=6, choices=How)
    first_day = models.DateField()
    last_day = models.DateField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    link = models.ForeignKey(ClientLink, models.PROTECT, null=True, related_name="screenings")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["client", "-at"], name="screening_of_client")]
        constraints = [
            models.CheckConstraint(
                condition=Q(how="DEVICE", by__isnull=False, link=None) | Q(how="LINK", by=None, link__isnull=False),
                name="screening_by_its_way",
            ),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="screening_days"),
            models.CheckConstraint(condition=Q(intensity__in=Intensity.values), name="screening_on_its_scale"),
        ]
        triggers = [*immutable(), of_one_client(link_id="people_clientlink")]


class ScreeningVoid(models.Model):
    """An answer of a screening has changed: it is void, and stays readable."""

    screening = models.OneToOneField(Screening, models.PROTECT, related_name="void")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = immutable()


class Flag(models.Model):
    """A red flag: which rule fired, because of what, once per `cause`. Tiers one to three opened `hold`, or found one
    that was open because of the same."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="flags")
    rule = models.CharField(max_length=40)
    tier = models.PositiveSmallIntegerField(choices=Tier)
    sentence = models.TextField()
    cause = models.CharField(max_length=60)
    check_in = models.ForeignKey(CheckIn, models.PROTECT, null=True, related_name="flags")
    hold = models.ForeignKey(Hold, models.PROTECT, null=True, related_name="flags")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["client", "-at"], name="flag_of_client")]
        constraints = [
            models.UniqueConstraint(fields=["client", "rule", "cause"], name="flagged_once"),
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="flag_of_a_tier"),
            models.CheckConstraint(
                condition=Q(tier=Tier.REVIEW, hold=None) | ~Q(tier=Tier.REVIEW) & Q(hold__isnull=False),
                name="flag_holds_or_waits_for_review",
            ),
        ]
        triggers = [*immutable(), of_one_client(check_in_id="checkins_checkin", hold_id="injuries_hold")]


class FlagReview(models.Model):
    """A trainer's review of a flag of tier four, with the reason. The other tiers are a physician's to answer."""

    flag = models.OneToOneField(Flag, models.PROTECT, related_name="review")
    reason = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="reviewed_for_a_reason")]
        triggers = [
            *immutable(),
            pgtrigger.Trigger(
                name="only_tier_four",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=(
                    "IF NOT EXISTS (SELECT 1 FROM checkins_flag f WHERE f.id = NEW.flag_id AND f.tier = 4) THEN "
                    "RAISE EXCEPTION 'a trainer reviews flags of tier four only'; END IF; RETURN NEW;"
                ),
            ),
        ]


@pghistory.track()
class Schedule(models.Model):
    """How often a client checks in, in days, and the day by which the next check-in is due."""

    client = models.OneToOneField(Client, models.PROTECT, primary_key=True, related_name="schedule")
    every_days = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["due_on"], name="check_in_due")]
        constraints = [models.CheckConstraint(condition=Q(every_days__range=(1, 90)), name="schedule_every_so_often")]


class RuleSettings(models.Model):
    """A studio's settings of the red-flag rules, as a period: `off` are slugs of rules, `thresholds` numbers by slug.
    What is not named has the table's default."""

    studio = models.ForeignKey(Studio, models.PROTECT, related_name="rule_settings")
    off = ArrayField(models.CharField(max_length=40), default=list)
    thresholds = models.JSONField(default=dict)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["studio"], condition=Q(until=None), name="one_rule_settings_at_a_time"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="rule_settings_period"),
        ]
        triggers = closes_once()
