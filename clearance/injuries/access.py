"""The door to injuries."""

from django.http import Http404

from clearance.injuries.models import CourseTemplate, Injury, TreatmentCourse, TreatmentSession
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
        return TreatmentCourse.objects.select_related("injury__client", "physician", "end").get(
            pk=course_id, injury__client=client
        )
    except TreatmentCourse.DoesNotExist:
        raise Http404("No such course.") from None


def session_for(course: TreatmentCourse, session_id: int) -> TreatmentSession:
    """Return a row about a session of this course, or raise 404. One that was corrected is history: the action says so
    to whoever corrects it again."""
    try:
        return TreatmentSession.objects.select_related("course__injury", "by").get(pk=session_id, course=course)
    except TreatmentSession.DoesNotExist:
        raise Http404("No such session.") from None


def template_for(studio: int, template_id: int) -> CourseTemplate:
    """Return a template of a physician of this studio, offered or dropped, or raise 404."""
    try:
        return CourseTemplate.objects.select_related("physician").get(pk=template_id, physician__studio=studio)
    except CourseTemplate.DoesNotExist:
        raise Http404("No such template here.") from None
