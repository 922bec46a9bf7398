from typing import ClassVar

import pghistory
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from clearance.audit.immutable import closes_once, immutable, stays_with
from clearance.people.identity import phone_words, same_mailbox


class Users(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: str) -> "User":
        user = self.model(email=self.normalize_email(email), mailbox=same_mailbox(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractUser):
    """Somebody who signs in with an e-mail address."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=120)
    email = models.EmailField(unique=True)
    mailbox = models.CharField(max_length=254, db_index=True)
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = Users()  # type: ignore[assignment,misc]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name


class Channel(models.TextChoices):
    """How a question travels to a physician."""

    LINK = "LINK", "a link by e-mail, without an account"
    PAPER = "PAPER", "a letter on paper or by fax"
    ACCOUNT = "ACCOUNT", "the physician's own account"


class Evidence(models.IntegerChoices):
    """What stands behind a signature, weakest first; a studio sets the least that it accepts."""

    PAPER = 10, "paper, confirmed by a second person"
    LINK = 20, "a link and an access code"
    PAPER_CALLED_BACK = 30, "paper, confirmed by calling the clinic back"
    ACCOUNT = 40, "the physician's own account"
    SECOND_FACTOR = 50, "the physician's own account with a second factor"


class Studio(models.Model):
    """The tenant. Its settings for asking: days that a link lives, hours before a question may be sent again, and how
    many messages one physician gets in a day."""

    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=60, default="UTC")
    phone = models.CharField(max_length=40, blank=True)
    demo = models.BooleanField(default=False)
    link_days = models.PositiveSmallIntegerField(default=7)
    ask_again_hours = models.PositiveSmallIntegerField(default=24)
    asks_a_day = models.PositiveSmallIntegerField(default=10)

    def __str__(self) -> str:
        return self.name

    @property
    def phone_words(self) -> str:
        return phone_words(self.phone)


class Policy(models.Model):
    """Who needs a clearance in a studio, and the least evidence that it accepts, as a period: the policy of any past
    moment stays known."""

    class Needs(models.TextChoices):
        EVERY_CLIENT = "EVERY_CLIENT", "Every client"
        INJURED_OR_FLAGGED = "INJURED_OR_FLAGGED", "From the first injury, treatment, hold or screening answer on"

    studio = models.ForeignKey(Studio, models.PROTECT, related_name="policies")
    needs = models.CharField(max_length=30, choices=Needs)
    least_evidence = models.PositiveSmallIntegerField(choices=Evidence, default=Evidence.PAPER)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["studio"], condition=Q(until=None), name="one_policy_at_a_time"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="policy_period"),
        ]
        triggers = closes_once()


class Membership(models.Model):
    """One user's role in one studio."""

    class Role(models.TextChoices):
        TRAINER = "TRAINER", "Trainer"
        MANAGER = "MANAGER", "Manager"

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    studio = models.ForeignKey(Studio, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "studio"], name="one_membership_per_studio")]

    def __str__(self) -> str:
        return f"{self.user.name}, {self.get_role_display()}"

    @property
    def manages(self) -> bool:
        return self.role == self.Role.MANAGER


@pghistory.track(exclude=["search", "changed_at", "judge_by"])
class Client(models.Model):
    """Somebody who trains. `changed_at` is the moment of the last write under this row's lock.

    `judge_by` is when the stored standing must next be judged again; null means that time alone changes nothing.
    """

    studio = models.ForeignKey(Studio, models.PROTECT, related_name="clients")
    trainer = models.ForeignKey(Membership, models.PROTECT, related_name="clients")
    name = models.CharField(max_length=120)
    born = models.DateField()
    email = models.EmailField(blank=True)
    mailbox = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    emergency_name = models.CharField(max_length=120, blank=True)
    emergency_phone = models.CharField(max_length=40, blank=True)
    goals = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    judge_by = models.DateTimeField(null=True)
    search = SearchVectorField(null=True, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["studio", "name", "id"], name="client_by_name"),
            models.Index(fields=["studio", "trainer", "name", "id"], name="client_by_trainer"),
            models.Index(fields=["studio", "judge_by"], name="client_to_judge"),
            models.Index(fields=["studio", "mailbox"], name="client_by_mailbox"),
            GinIndex(fields=["search"], name="client_search"),
        ]
        triggers = [stays_with("studio", "created_at")]

    def __str__(self) -> str:
        return self.name


class Identity(models.Model):
    """Who a client was in a period. A decision is signed for this name and date of birth, and for nobody else."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="identities")
    name = models.CharField(max_length=120)
    born = models.DateField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client"], condition=Q(until=None), name="one_identity_at_a_time"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="identity_period"),
        ]
        triggers = closes_once()


@pghistory.track()
class Physician(models.Model):
    """A studio's contact record of a physician. `user` is set once the physician has an account here.

    `channel` and the quiet hours (of the studio's clock) are wishes of the physician; `habits` notes fees and fax
    habits.
    """

    studio = models.ForeignKey(Studio, models.PROTECT, related_name="physicians")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="physician_records")
    name = models.CharField(max_length=120)
    credential = models.CharField(max_length=40)
    specialty = models.CharField(max_length=80, blank=True)
    clinic = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    fax = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    mailbox = models.CharField(max_length=254, blank=True)
    licence = models.CharField(max_length=40)
    licence_place = models.CharField(max_length=60)
    npi = models.CharField(max_length=10, blank=True)
    channel = models.CharField(max_length=10, choices=Channel, blank=True)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    habits = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["studio", "user"], condition=Q(user__isnull=False), name="one_record_per_physician_user"
            )
        ]
        indexes = [
            models.Index(fields=["studio", "name", "id"], name="physician_by_name"),
            models.Index(fields=["studio", "mailbox"], name="physician_by_mailbox"),
        ]
        triggers = [stays_with("studio")]

    def __str__(self) -> str:
        return self.name


class Verification(models.Model):
    """A period in which a manager vouches that a physician's contact was found in an independent source."""

    physician = models.ForeignKey(Physician, models.PROTECT, related_name="verifications")
    how = models.CharField(max_length=200)
    source = models.CharField(max_length=300)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    dropped_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["physician"], condition=Q(until=None), name="one_verification_at_a_time"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="verification_period"),
        ]
        triggers = closes_once(also=("dropped_because",))


class CareTeamMember(models.Model):
    """A period in which a physician belongs to a client's care team."""

    class Kind(models.TextChoices):
        SUPERVISING = "SUPERVISING", "Supervising"
        OTHER = "OTHER", "Other"

    client = models.ForeignKey(Client, models.PROTECT, related_name="care_team")
    physician = models.ForeignKey(Physician, models.PROTECT, related_name="care_of")
    kind = models.CharField(max_length=12, choices=Kind)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=Q(until=None, kind="SUPERVISING"), name="one_supervising_physician"
            ),
            models.UniqueConstraint(
                fields=["client", "physician"], condition=Q(until=None), name="once_on_the_care_team"
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="care_period"),
        ]
        indexes = [models.Index(fields=["physician", "client"], condition=Q(until=None), name="care_of_physician")]
        triggers = closes_once()


class Consent(models.Model):
    """The client's permission to share with one physician, for at most a year. `until` is set when it is withdrawn."""

    class How(models.TextChoices):
        PAPER = "PAPER", "Signed on paper"
        SCREEN = "SCREEN", "Signed on the studio's device"
        EMAIL = "EMAIL", "By e-mail from the client"

    client = models.ForeignKey(Client, models.PROTECT, related_name="consents")
    physician = models.ForeignKey(Physician, models.PROTECT, related_name="consents")
    how = models.CharField(max_length=10, choices=How)
    first_day = models.DateField()
    last_day = models.DateField()
    time_zone = models.CharField(max_length=60)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="consent_days"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="consent_period"),
            models.UniqueConstraint(
                fields=["client", "physician"], condition=Q(until=None), name="one_consent_at_a_time"
            ),
        ]
        triggers = closes_once(also=("withdrawn_because",))


class ClientLink(models.Model):
    """A client's personal link: for one client and one mailbox, until it is ended, replaced or expires.

    The token itself is stored nowhere (client_links.py); `access_code` (8 digits) is told to the client in person.
    """

    client = models.ForeignKey(Client, models.PROTECT, related_name="links")
    token_sha256 = models.CharField(max_length=64, unique=True)
    nonce = models.CharField(max_length=32)
    mailbox = models.CharField(max_length=254)
    access_code = models.CharField(max_length=8)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    expires_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client"], condition=Q(until=None), name="one_client_link_at_a_time"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="client_link_period"),
        ]
        triggers = closes_once(also=("ended_because",))


class ClientCodeTry(models.Model):
    """One entry of an access code on a client's link."""

    link = models.ForeignKey(ClientLink, models.PROTECT, related_name="tries")
    right = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        triggers = immutable()
