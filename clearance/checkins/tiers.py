"""How urgent a red flag is. Pure."""

from django.db.models import IntegerChoices


class Tier(IntegerChoices):
    """Most urgent first. One to three stop the training at once; four freezes progression until a trainer's review."""

    EMERGENCY = 1, "Emergency"
    SAME_DAY = 2, "Physician today"
    REFER = 3, "Stop and ask the physician"
    REVIEW = 4, "Trainer's review"


STOPS = (Tier.EMERGENCY, Tier.SAME_DAY, Tier.REFER)
