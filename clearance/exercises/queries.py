"""Read the library."""

from django.db.models import QuerySet

from clearance.exercises.models import Exercise


def library() -> QuerySet[Exercise]:
    """Return all exercises by movement pattern and name."""
    return Exercise.objects.order_by("pattern", "name")


def names() -> dict[str, str]:
    """Return the names of all exercises by slug."""
    return dict(Exercise.objects.order_by("name").values_list("slug", "name"))
