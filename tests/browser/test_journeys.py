"""What each of the three came for, in a real browser, on the screen they have: every page accessible, no console error."""

from urllib.parse import urlsplit

from clearance.injuries.actions import log_injury
from clearance.programs.models import ProgramVersion
from tests.cast import PASSWORD


def decide(person, client, outcome):
    """As a physician: answer on the phone, read back, sign."""
    person.goes_to(f"/physician/clients/{client.pk}/")
    person.clicks("Decide", role="link")
    person.page.get_by_text(outcome).click()


def sign(person):
    person.page.get_by_role("button", name="Read back and sign").last.click()
    person.page.locator("input[name=signed_name]").fill("Ada Okafor")
    person.page.locator("input[name=password]").fill(PASSWORD)
    person.looks_around()
    person.page.get_by_role("button", name="Sign").last.click()
    person.page.wait_for_url("**/decisions/*/")
    person.looks_around()


def test_an_injury_shuts_the_builder_and_a_physicians_clearance_opens_it(committed, person):
    cast, ines = committed, committed.ines
    tara, okafor = person(360), person(360)
    tara.signs_in("tara@studio.test", PASSWORD)

    # The trainer logs an injury on the body map and is stopped.
    tara.goes_to(f"/clients/{ines.pk}/injuries/new/")
    tara.page.get_by_role("button", name="Knee, left").click()
    tara.page.locator("input[name=severity][value='2']").check(force=True)
    tara.page.locator("input[name=onset][value=repetitive_gradual]").check(force=True)
    tara.page.locator("select[name=tissue]").select_option("sprain")
    tara.clicks("Log the injury")
    tara.sees("No program can be built or used")
    tara.goes_to(f"/clients/{ines.pk}/programs/new/")
    tara.sees("The gate is shut")
    tara.goes_to(f"/clients/{ines.pk}/")
    tara.clicks("Ask Dr Ada Okafor", role="link")
    tara.page.locator("main button[type=submit]").last.click()
    tara.page.wait_for_url("**/requests/*/")
    tara.looks_around()

    # The physician clears with a restriction, in taps.
    okafor.signs_in("okafor@clinic.test", PASSWORD)
    okafor.sees("Ines Injured")
    decide(okafor, ines, "Cleared with restrictions")
    okafor.page.get_by_role("button", name="4 weeks").click()
    okafor.page.get_by_text("No, ask me again after the next session").click()
    okafor.page.locator("select[name=add_kind]").select_option("no_overhead")
    okafor.page.locator("button[name=add][value=chosen]").click()
    okafor.page.locator("select[name$='-kind']").first.wait_for()
    okafor.page.get_by_text("is allowed within the plan").click()
    okafor.looks_around()
    sign(okafor)
    okafor.sees("Nothing overhead")

    # The trainer builds, meets the restriction, and saves what obeys it.
    tara.goes_to(f"/clients/{ines.pk}/programs/new/")
    tara.sees("Nothing overhead")
    assert tara.page.locator("select option[value='overhead-press']").first.is_disabled()
    tara.page.get_by_label("Title").fill("Back to base")
    tara.page.locator("input[name=phase][value='1']").check(force=True)
    tara.page.locator("select[name='w0-0-exercise']").select_option("glute-bridge")
    for select in tara.page.locator("select[name$='-exercise']").all()[1:]:
        select.select_option("abdominal-brace")
    for effort in tara.page.locator("input[name$='-effort']").all():
        effort.fill("4")
    tara.page.get_by_role("button", name="Save the program").last.click()
    tara.page.wait_for_url(lambda url: urlsplit(url).path.split("/")[-2].isdigit())
    tara.looks_around()
    tara.sees("Back to base")
    program = urlsplit(tara.page.url).path
    tara.goes_to(f"{program}print/")

    # Another injury shuts it again, the stored program too.
    log_injury(
        client=ines, by=cast.tara.user, area="elbow", side="right", severity=1, tissue="tendinopathy",
        onset="repetitive_gradual", supervised_by=cast.okafor,
    )  # fmt: skip
    for path in (program, f"{program}print/", f"{program}edit/", f"/clients/{ines.pk}/programs/new/"):
        tara.goes_to(path)
        tara.sees("No program can be built or used")
    assert ProgramVersion.objects.count() == 1


def test_a_physician_without_javascript_clears_and_withdraws(committed, browser, live_server):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.set_default_timeout(8000)
    page.goto(f"{live_server.url}/accounts/login/")
    page.locator("input[name=login]").fill("okafor@clinic.test")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    for outcome in ("Cleared for what is planned", None):
        page.goto(
            f"{live_server.url}/physician/clients/{committed.uma.pk}/decide/"
            + ("" if outcome else "?outcome=WITHDRAWN")
        )
        if outcome:
            page.get_by_text(outcome).click()
            page.locator("input[name=valid_until]").fill(f"{committed.today().year + 1}-01-02")
            page.get_by_text("No, ask me again after the next session").click()
        page.get_by_role("button", name="Read back and sign").last.click()
        page.locator("input[name=signed_name]").fill("Ada Okafor")
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Sign").last.click()
        page.wait_for_url("**/decisions/*/")
    assert [one.outcome for one in committed.uma.decisions.order_by("id")] == ["CLEARED", "WITHDRAWN"]
    context.close()


def test_a_manager_verifies_a_physician_and_sees_who_is_blocked_and_every_refusal(committed, person):
    cast = committed
    stranger = cast.physician(cast.north, "Dr Nia Newcomer", cast.mona.user, verified=False)
    cast.browser(cast.tara).get(f"/clients/{cast.ines.pk}/programs/new/")
    mona = person(1280, 900)
    mona.signs_in("mona@studio.test", PASSWORD)
    mona.goes_to("/caseload/")
    mona.sees("Dr Nia Newcomer")
    mona.goes_to(f"/physicians/{stranger.pk}/verify/")
    mona.page.locator("input[name=how]").first.check(force=True)
    mona.page.locator("[name=source]").fill("the state medical register")
    mona.page.locator("main form button[type=submit]").last.click()
    mona.page.wait_for_url(f"**/physicians/{stranger.pk}/")
    mona.looks_around()
    mona.sees("Verified")
    for path in ("/studio/", "/studio/staff/invite/", "/studio/policy/", "/studio/trail/", "/clients/", "/"):
        mona.goes_to(path)
    mona.goes_to("/studio/refusals/")
    mona.sees("Tara Trainer")


def test_a_trainer_finds_a_client_from_every_page_by_typing(committed, person):
    tara = person(768, 1000)
    tara.signs_in("tara@studio.test", PASSWORD)
    tara.goes_to("/physicians/")
    tara.page.keyboard.press("/")
    tara.page.keyboard.type("uni", delay=40)
    tara.page.get_by_role("link", name="Uma Uninjured").first.click()
    tara.page.wait_for_url(f"**/clients/{committed.uma.pk}/")
    tara.looks_around()


def test_no_page_answers_without_a_content_security_policy_that_forbids_inline_code(committed, live_server):
    for path in ("/", "/clients/", f"/clients/{committed.ines.pk}/", "/physicians/"):
        policy = committed.browser(committed.tara).get(path).headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'self'" in policy


def test_what_was_typed_and_not_saved_waits_on_today_and_goes_once_it_is_saved(committed, person):
    tara, ines = person(360), committed.ines
    tara.signs_in("tara@studio.test", PASSWORD)
    path = f"/clients/{ines.pk}/holds/new/"
    tara.goes_to(path)
    tara.page.locator("[name=reason]").press_sequentially("Dizzy on the bike")
    tara.goes_to("/")
    tara.sees("Not saved yet")
    tara.page.locator("#drafts a").click()
    tara.page.wait_for_url(f"**{path}")
    assert tara.page.locator("[name=reason]").input_value() == "Dizzy on the bike"
    tara.page.locator("main form button[type=submit]").last.click()
    tara.page.wait_for_url(f"**/clients/{ines.pk}/")
    tara.goes_to("/")
    assert tara.page.locator("#drafts").is_hidden()
    tara.goes_to(path)
    assert tara.page.locator("[name=reason]").input_value() == ""
