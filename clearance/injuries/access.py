"""The door to injuries."""

from django.http import Http404

from clearance.injuries.models import Injury, TreatmentCourse
from clearance.people.models import Client


def injury_for(client: Client, injury_id: int) -> Injury:
    """Return an injury of this client, or raise 404."""
    try:
        return Injury.objects.select_related("client", "by", "voided_by").get(pk=injury_id, client=client)
    except Injury.DoesNotExist:
        raise Http404("No such injury.") from None


def course_for(client: Client, course_id: int) -> TreatmentCourse:
    """Return a treatment course of this client, or raise 404."""
    try:
        return TreatmentCourse.objects.select_related("injury", "physician").get(pk=course_id, injury__client=client)
    except TreatmentCourse.DoesNotExist:
        raise Http404("No such course.") from None
