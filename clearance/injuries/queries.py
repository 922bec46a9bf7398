"""Read injuries, courses and holds."""

from django.db.models import Count, Max, QuerySet

from clearance.injuries.models import Hold, Injury, InjuryVersion, TreatmentCourse, TreatmentSession


def current_versions(client: int) -> QuerySet[InjuryVersion]:
    """Return the present version of each of a client's injuries, voided ones too, newest injury first."""
    return (
        InjuryVersion.objects.filter(injury__client=client, until=None)
        .select_related("injury", "supervised_by")
        .order_by("-injury__created_at", "-injury_id")
    )


def current_version(injury: Injury) -> InjuryVersion:
    """Return an injury's present version."""
    return InjuryVersion.objects.select_related("injury", "supervised_by").get(injury=injury, until=None)


def amendments(injury: Injury) -> QuerySet[InjuryVersion]:
    """Return all versions of an injury, newest first."""
    return InjuryVersion.objects.select_related("supervised_by", "by").filter(injury=injury).order_by("-number")


def courses_of(client: int) -> QuerySet[TreatmentCourse]:
    """Return a client's courses, newest first, each with the number of sessions `done` and the `last` one's day."""
    return (
        TreatmentCourse.objects.filter(injury__client=client)
        .select_related("injury", "physician")
        .annotate(done=Count("sessions"), last=Max("sessions__performed_on"))
        .order_by("-created_at", "-id")
    )


def sessions_of(client: int) -> QuerySet[TreatmentSession]:
    """Return a client's treatment sessions, newest first."""
    return (
        TreatmentSession.objects.filter(course__injury__client=client)
        .select_related("course", "by")
        .order_by("-performed_on", "-id")
    )


def holds_of(client: int) -> QuerySet[Hold]:
    """Return a client's holds, newest first."""
    return Hold.objects.select_related("by").filter(client=client).order_by("-at", "-id")


def versions_of(client: int) -> QuerySet[InjuryVersion]:
    """Return every version of every injury of a client, oldest first, with who wrote and who voided it."""
    return (
        InjuryVersion.objects.filter(injury__client=client)
        .select_related("injury__voided_by", "supervised_by", "by")
        .order_by("injury_id", "number")
    )
