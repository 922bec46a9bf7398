"""The case that everything is made for: pain goes after the first injection, and the weakness stays."""

from clearance.anatomy.areas import Area, Side
from clearance.gate.guard import judge
from clearance.injuries.models import TreatmentCourse
from clearance.programs.actions import build
from clearance.programs.models import ProgramVersion
from tests.browser.test_journeys import decide, sign
from tests.cast import PASSWORD
from tests.plans import plan


def codes(client):
    return [reason.code.value for reason in judge(client.pk).reasons]


def checks_in(tara, client, *, pain, strength):
    """As the trainer: three taps and save."""
    tara.goes_to(f"/clients/{client.pk}/check-ins/new/")
    tara.page.locator(f"input[name=pain_now][value='{pain}']").check(force=True)
    tara.page.get_by_text(strength, exact=True).click()
    tara.page.get_by_text("None of these").click()
    tara.page.get_by_role("button", name="Save the check-in").click()
    tara.page.wait_for_url("**/check-ins/*/")
    tara.looks_around()


def test_pain_goes_after_the_first_injection_while_weakness_stays_and_the_physician_decides(committed, person):
    cast, ines = committed, committed.ines
    cast.injury(ines, area=Area.LUMBAR_SPINE, side=Side.MIDLINE, severity=3, tissue="instability")
    tara, okafor = person(360), person(360)
    tara.signs_in("tara@studio.test", PASSWORD)
    okafor.signs_in("okafor@clinic.test", PASSWORD)

    # A course of six is recorded, and the physician clears through it. The plan is built.
    tara.goes_to(f"/clients/{ines.pk}/treatments/new/")
    tara.page.locator("input[name=injury]").first.check(force=True)
    tara.page.locator("select[name=kind]").select_option("prolotherapy")
    tara.page.locator("input[name=planned_sessions]").fill("6")
    tara.page.get_by_role("button", name="Record the treatment").click()
    tara.page.wait_for_url("**/treatments/**")
    tara.looks_around()
    course = TreatmentCourse.objects.get()
    cast.sign(ines, holds_through_course=True)
    program = build(client=ines, by=cast.tara.user, plan=plan()).program

    # Before treatment the pain is 7: beyond what was agreed, so a trainer reviews it.
    checks_in(tara, ines, pain=7, strength="Clearly weaker")
    tara.sees("Pain beyond what was agreed")
    tara.clicks("Review now", role="link")
    tara.page.locator("textarea[name=reason]").fill("Known: it is why the course begins.")
    tara.page.locator("main button[type=submit]").last.click()
    tara.page.wait_for_load_state("networkidle")
    tara.looks_around()

    # The first injection, and the pain is 1 while the back is as weak as before: flagged and held.
    tara.goes_to(f"/clients/{ines.pk}/treatments/{course.pk}/sessions/new/")
    tara.page.get_by_role("button", name="Record the session").click()
    tara.page.wait_for_url(lambda url: "sessions/new" not in url)
    tara.looks_around()
    assert codes(ines) == []
    checks_in(tara, ines, pain=1, strength="Clearly weaker")
    tara.sees("Do not train")
    tara.sees("Pain has gone and weakness remains")
    assert codes(ines) == ["ON_HOLD"]
    for page in ("", "print/", "edit/"):
        tara.goes_to(f"/clients/{ines.pk}/programs/{program.pk}/{page}")
        tara.sees("No program can be built or used")
        assert "Glute bridge" not in tara.page.content()

    # The note to the physician is prepared; the trainer sends it.
    tara.goes_to(f"/clients/{ines.pk}/check-ins/{ines.check_ins.latest('pk').pk}/")
    tara.page.locator("main a[href*='requests/new/?flag=']").first.click()
    tara.page.wait_for_load_state("networkidle")
    tara.looks_around()
    assert "session 1 of 6" in tara.page.locator("textarea[name=question]").input_value()
    tara.page.locator("main button[type=submit]").last.click()
    tara.page.wait_for_url("**/requests/*/")

    # The physician sees the trend, and answers: not until the treatment concludes.
    okafor.goes_to(f"/physician/clients/{ines.pk}/")
    okafor.sees("Pain 7 to 1 of 10")
    okafor.page.locator("svg[role=img]").first.wait_for()
    decide(okafor, ines, "Not until treatment concludes")
    sign(okafor)
    assert codes(ines) == ["NOT_CLEARED_UNTIL_TREATMENT_CONCLUDES"]
    tara.goes_to(f"/clients/{ines.pk}/")
    tara.sees("does not clear until treatment concludes")

    # The treatment concludes, which opens nothing by itself.
    tara.goes_to(f"/clients/{ines.pk}/treatments/{course.pk}/end/")
    tara.page.locator("input[name=kind][value=concluded]").check(force=True)
    tara.page.get_by_role("button", name="End the treatment").click()
    tara.page.wait_for_url("**/treatments/*/")
    tara.looks_around()
    assert codes(ines) == ["NOT_CLEARED_UNTIL_TREATMENT_CONCLUDES"]

    # Then the physician clears with a restriction, and the builder opens at the first phase.
    decide(okafor, ines, "Cleared with restrictions")
    okafor.page.get_by_role("button", name="4 weeks").click()
    okafor.page.get_by_text("No, ask me again after the next session").click()
    okafor.page.locator("select[name=add_kind]").select_option("no_overhead")
    okafor.page.locator("button[name=add][value=chosen]").click()
    okafor.page.locator("select[name$='-kind']").first.wait_for()
    okafor.page.get_by_text("is allowed within the plan").click()
    sign(okafor)
    assert codes(ines) == []
    tara.goes_to(f"/clients/{ines.pk}/programs/new/")
    tara.sees("Nothing overhead")
    assert tara.page.locator("input[name=phase]:checked").get_attribute("value") == "1"
    assert ProgramVersion.objects.count() == 1
