"""Write templates of courses: how a physician usually plans one. The gate reads none of them."""

from django.db import transaction

from clearance.audit.actions import record
from clearance.injuries.models import CourseTemplate, TreatmentCourse
from clearance.people.lock import lock_studio, now
from clearance.people.models import Physician, User
from clearance.people.refused import Refused

KEPT = ("kind", "agent", "planned_sessions", "interval_days", "aftercare", "medicines")


@transaction.atomic
def keep_template(*, course: TreatmentCourse, physician: Physician | None, name: str, by: User) -> CourseTemplate:
    """Keep how a course is planned as a template of a physician. A template of the same name is replaced.

    Raises Refused for a physician of another studio, for none, and without a name.
    """
    if physician is None or course.injury.client.studio_id != physician.studio_id:
        raise Refused("Choose the physician of this studio whose template it is.", field="physician")
    if not name.strip():
        raise Refused("Name the template.", field="keep_as")
    lock_studio(physician.studio_id)
    at, kept = now(), {one: getattr(course, one) for one in KEPT}
    for earlier in CourseTemplate.objects.filter(physician=physician, name=name.strip(), until=None):
        earlier.until = at
        earlier.save(update_fields=["until"])
    template = CourseTemplate.objects.create(physician=physician, name=name.strip(), by=by, since=at, **kept)
    sentence = f"{by} kept a template of a course for {physician}: {template}."
    record("template.kept", sentence, at=at, by=by, studio=physician.studio_id, physician=physician.pk)
    return template


@transaction.atomic
def drop_template(*, template: CourseTemplate, by: User) -> None:
    """Offer a template no more. What was started from it stays as it is; dropped twice, it is dropped once."""
    studio = lock_studio(template.physician.studio_id)
    template = CourseTemplate.objects.select_related("physician").get(pk=template.pk)
    if template.until is None:
        template.until = now()
        template.save(update_fields=["until"])
        sentence = f"{by} dropped a template of a course of {template.physician}: {template}."
        record(
            "template.dropped", sentence, at=template.until, by=by, studio=studio.pk, physician=template.physician_id
        )
