"""What physicians say: decisions with their coverage and restrictions, and what became of them."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from clearance.anatomy.areas import Area, Side
from clearance.audit.immutable import born_with, immutable, stamped
from clearance.decisions.kinds import Kind
from clearance.decisions.models.requests import Link, Paper, Request
from clearance.injuries.models import Injury
from clearance.people.models import Client, Evidence, Physician, User


class Outcome(models.TextChoices):
    CLEARED = "CLEARED", "Cleared for what is planned"
    CLEARED_WITH_RESTRICTIONS = "CLEARED_WITH_RESTRICTIONS", "Cleared with restrictions"
    DEFERRED = "DEFERRED", "I need to know or see more first"
    NOT_CLEARED_UNTIL_TREATMENT_CONCLUDES = "NOT_CLEARED_UNTIL_TREATMENT_CONCLUDES", "Not until treatment concludes"
    NOT_CLEARED = "NOT_CLEARED", "Not cleared"
    GUIDANCE_ONLY = "GUIDANCE_ONLY", "Guidance only, no clearance"
    NOT_MY_PATIENT = "NOT_MY_PATIENT", "Not my patient"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


OPENING = (Outcome.CLEARED, Outcome.CLEARED_WITH_RESTRICTIONS)


class Decision(models.Model):
    """One physician's signed word on one client. Never edited; `replaces` makes the chain of this physician's words.

    `signed_at` is the moment at which it was recorded here. A paper was signed on `signed_on`, and answers what its
    question said: the physician knew the record of the question's moment.
    """

    class Route(models.TextChoices):
        ACCOUNT = "ACCOUNT", "the physician's own account"
        LINK = "LINK", "a one-task link and an access code"
        PAPER = "PAPER", "paper"

    client = models.ForeignKey(Client, models.PROTECT, related_name="decisions")
    physician = models.ForeignKey(Physician, models.PROTECT, related_name="decisions")
    request = models.ForeignKey(Request, models.PROTECT, null=True, related_name="decisions")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    route = models.CharField(max_length=10, choices=Route)
    evidence = models.PositiveSmallIntegerField(choices=Evidence, default=Evidence.ACCOUNT)
    link = models.ForeignKey(Link, models.PROTECT, null=True, related_name="decisions")
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="decisions")
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    signed_on = models.DateField(null=True)
    outcome = models.CharField(max_length=40, choices=Outcome)
    signed_at = models.DateTimeField()
    time_zone = models.CharField(max_length=60)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    re_evaluate_on = models.DateField(null=True)
    holds_through_course = models.BooleanField(default=False)
    rest_days = models.PositiveSmallIntegerField(default=0)
    unlisted_allowed = models.BooleanField(default=True)
    conditions = models.TextField(blank=True)
    signer = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    signed_name = models.CharField(max_length=120)
    signed_credential = models.CharField(max_length=40)
    signed_licence = models.CharField(max_length=40)
    meaning = models.TextField()
    statement = models.TextField()
    statement_sha256 = models.CharField(max_length=64)
    txid = models.BigIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "physician"], condition=Q(replaces=None), name="one_first_decision"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=OPENING, valid_from__isnull=False, valid_until__gte=F("valid_from"))
                | ~Q(outcome__in=OPENING) & Q(valid_from=None, valid_until=None),
                name="opens_with_an_end_date",
            ),
            models.CheckConstraint(
                condition=Q(route="ACCOUNT", signer__isnull=False, link=None, paper=None, entered_by=None)
                | Q(route="LINK", signer=None, link__isnull=False, paper=None, entered_by=None)
                | Q(route="PAPER", signer=None, link=None, paper__isnull=False, entered_by__isnull=False)
                & Q(signed_on__isnull=False),
                name="signed_by_its_route",
            ),
        ]
        indexes = [models.Index(fields=["client", "-signed_at"], name="decision_of_client")]
        triggers = [
            *immutable(),
            stamped(),
            pgtrigger.Trigger(
                name="signed_by_the_physician",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=(
                    "IF NEW.route = 'ACCOUNT' AND NOT EXISTS (SELECT 1 FROM people_physician p "
                    "WHERE p.id = NEW.physician_id AND p.user_id = NEW.signer_id) THEN "
                    "RAISE EXCEPTION 'only the account of the physician signs a decision'; END IF; RETURN NEW;"
                ),
            ),
            pgtrigger.Trigger(
                name="answers_its_own_question",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=(
                    "IF NEW.request_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM decisions_request r "
                    "WHERE r.id = NEW.request_id AND r.client_id = NEW.client_id "
                    "AND r.physician_id = NEW.physician_id) THEN "
                    "RAISE EXCEPTION 'a decision answers a question to its physician about its client'; END IF; "
                    "IF NEW.route = 'LINK' AND NOT EXISTS (SELECT 1 FROM decisions_link l WHERE l.id = NEW.link_id "
                    "AND l.request_id = NEW.request_id AND l.until IS NULL AND l.expires_at > NEW.signed_at) THEN "
                    "RAISE EXCEPTION 'a link answers its own question, while it lives'; END IF; "
                    "IF NEW.route = 'PAPER' AND NOT EXISTS (SELECT 1 FROM decisions_paper p "
                    "WHERE p.id = NEW.paper_id AND p.request_id = NEW.request_id) THEN "
                    "RAISE EXCEPTION 'a paper answers the question that it was filed under'; END IF; RETURN NEW;"
                ),
            ),
            pgtrigger.Trigger(
                name="replaces_its_own",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=(
                    "IF NEW.replaces_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM decisions_decision d "
                    "WHERE d.id = NEW.replaces_id AND d.client_id = NEW.client_id "
                    "AND d.physician_id = NEW.physician_id AND d.signed_at < NEW.signed_at) THEN "
                    "RAISE EXCEPTION 'a decision replaces an earlier one of the same physician on the same client'; "
                    "END IF; RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} ({self.signed_name})"

    @property
    def opens(self) -> bool:
        return self.outcome in OPENING


class Coverage(models.Model):
    """A decision covers an injury as it was at one version; `resolves` says that the injury is over."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="coverage")
    injury = models.ForeignKey(Injury, models.PROTECT, related_name="coverage")
    number = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=200)
    resolves = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "injury"], name="covers_an_injury_once")]
        triggers = [*immutable(), born_with(table="decisions_decision", column="decision_id")]


class Restriction(models.Model):
    """One clause of a decision: its kind, where it applies, its values, and the words that were signed."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="restrictions")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=30, choices=Kind)
    area = models.CharField(max_length=20, choices=Area, blank=True)
    side = models.CharField(max_length=10, choices=Side, blank=True)
    terms = models.JSONField(default=dict)
    words = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "position"], name="restriction_position_once")]
        triggers = [*immutable(), born_with(table="decisions_decision", column="decision_id")]


class DecisionVoid(models.Model):
    """A manager's mark that a decision was entered by mistake. It stays readable and never opens."""

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="void")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = immutable()


class PaperCheck(models.Model):
    """A second person's word on a transcription beside the paper: confirmed, or rejected with a reason.

    `called_back` names who confirmed it on the clinic's phone, when the clinic was called.
    """

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="second_look")
    confirmed = models.BooleanField()
    called_back = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(confirmed=True) | ~Q(reason=""), name="rejected_for_a_reason")
        ]
        triggers = [
            *immutable(),
            pgtrigger.Trigger(
                name="second_person",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=(
                    "IF NOT EXISTS (SELECT 1 FROM decisions_decision d WHERE d.id = NEW.decision_id "
                    "AND d.route = 'PAPER' AND d.entered_by_id <> NEW.by_id) THEN "
                    "RAISE EXCEPTION 'a second person checks a transcription'; END IF; RETURN NEW;"
                ),
            ),
        ]
