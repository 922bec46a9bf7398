"""Treatment pages: a course on an injury, and sessions that shut the gate unless the decision holds through."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clearance.gate.guard import judge
from clearance.injuries.models import TreatmentCourse, TreatmentSession


@pytest.fixture
def tara(cast):
    return cast.browser(cast.tara)


def url(cast):
    return reverse("treatment_new", args=[cast.ines.pk])


def start(cast, tara, **more):
    data = {"injury": cast.knee.pk, "kind": "prolotherapy", "planned_sessions": "6", "interval_days": "28"} | more
    return tara.post(url(cast), data)


def codes(cast):
    return [reason.code.value for reason in judge(cast.ines.pk).reasons]


def test_a_course_is_recorded_and_leads_to_its_first_session(cast, tara):
    answer = start(cast, tara, physician=cast.okafor.pk)
    course = TreatmentCourse.objects.get()
    assert answer.url == reverse("session_new", args=[cast.ines.pk, course.pk])
    assert (course.planned_sessions, course.interval_days, course.physician) == (6, 28, cast.okafor)


@pytest.mark.parametrize(("through", "shut"), [(False, ["TREATED_SINCE"]), (True, [])])
def test_a_session_shuts_the_gate_unless_the_decision_holds_through_the_course(cast, tara, through, shut):
    page = start(cast, tara).url
    cast.sign(cast.ines, holds_through_course=through)
    assert tara.post(page, {"performed_on": cast.today().isoformat(), "notes": ""}).status_code == 302
    assert codes(cast) == shut


def test_rest_days_that_the_physician_asked_for_follow_a_session(cast, tara):
    page = start(cast, tara).url
    cast.sign(cast.ines, holds_through_course=True, rest_days=3)
    tara.post(page, {"performed_on": cast.today().isoformat()})
    assert codes(cast) == ["RESTING"]


def test_the_same_thing_sent_twice_is_recorded_once(cast, tara):
    page, _ = (start(cast, tara).url for _ in range(2))
    for _ in range(3):
        tara.post(page, {"performed_on": cast.today().isoformat()})
    assert (TreatmentCourse.objects.count(), TreatmentSession.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "wrong",
    [{"injury": ""}, {"injury": "987654"}, {"kind": "magic"}, {"planned_sessions": "0"}, {"interval_days": "9999"},
     {"agent": "x" * 81}, {"agent": "a\x00b"}, {"physician": "987654"}],
)  # fmt: skip
def test_bad_input_stands_beside_its_field_and_nothing_is_lost(cast, tara, wrong):
    answer = start(cast, tara, **({"agent": "dextrose 15 %"} | wrong))
    assert answer.status_code == 422
    assert set(wrong) == set(answer.context["form"].errors)
    assert not TreatmentCourse.objects.exists()


def test_a_session_in_the_future_is_refused(cast, tara):
    page = start(cast, tara).url
    answer = tara.post(page, {"performed_on": (cast.today() + timedelta(days=1)).isoformat(), "notes": "Soon."})
    assert answer.status_code == 422
    assert "Soon." in answer.content.decode()


def test_an_injury_of_another_client_cannot_be_treated_here(cast, tara):
    answer = tara.post(reverse("treatment_new", args=[cast.uma.pk]), {"injury": cast.knee.pk, "kind": "prp"})
    assert answer.status_code == 422


def test_without_an_open_injury_the_page_says_so(cast, tara):
    assert "Log the injury first" in tara.get(reverse("treatment_new", args=[cast.uma.pk])).content.decode()
