"""A session of a treatment on a phone: the picture ticks the list, and the preset counts from the session's day."""

from datetime import timedelta

from clearance.injuries.courses import start_course
from clearance.injuries.models import PlannedSession, TreatmentSession
from tests.cast import PASSWORD


def test_a_trainer_ticks_several_places_on_the_picture_and_plans_the_next_day_in_one_tap(committed, person):
    ines, day = committed.ines, committed.today() - timedelta(days=3)
    course = start_course(
        injury=committed.knee, by=committed.tara.user, kind="prolotherapy", interval_days=28, sites=["knee:left"]
    )
    tara = person()
    tara.signs_in("tara@studio.test", PASSWORD)
    tara.goes_to(f"/clients/{ines.pk}/treatments/{course.pk}/sessions/new/")
    tara.page.locator("summary", has_text="Where").click()
    tara.page.locator("figure[data-view=front] .region[data-area=thigh][data-side=left] .hit").click()
    tara.sees("Thigh, left; Knee, left")
    tara.page.locator("figure[data-view=front] .region[data-area=knee][data-side=left]").press("Enter")
    tara.looks_around()
    tara.page.locator("[name=performed_on]").fill(str(day))
    assert tara.page.locator("[name=next_on]").input_value() == ""
    tara.page.get_by_role("button", name="28 days later, as planned").click()
    tara.clicks("Record the session")
    session = TreatmentSession.objects.get()
    assert (session.performed_on, session.sites) == (day, ["thigh:left"])
    assert PlannedSession.objects.get().planned_on == day + timedelta(days=28)
