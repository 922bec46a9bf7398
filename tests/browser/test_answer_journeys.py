"""The physician answers: from the mail on a phone with the code, on paper, and never by a scanner's hand."""

import re
from io import BytesIO
from urllib.parse import urlsplit

import pypdfium2
from django.core import mail

from clearance.decisions import links
from clearance.decisions.models import CodeTry, Decision, Link, RequestStep
from clearance.decisions.questions import ask
from clearance.decisions.states import stage_of
from clearance.gate.guard import judge
from clearance.notices.actions import run
from clearance.people.lock import now
from tests.cast import PASSWORD

PRESSABLE = "main button, main a[href]:not([href^='tel:']), .brand"
PLAN = {"modes": "core", "days_a_week": 2, "minutes": 40, "top_phase": 1, "top_effort": 5}


def by_link(cast, client):
    request, _ = ask(client=client, physician=cast.okafor, by=cast.tara.user, on=cast.today(), channel="LINK", **PLAN)
    return request, f"/answer/{links.token_of(Link.objects.get(request=request))}/"


def test_the_trainer_asks_and_the_physician_answers_from_the_mail_on_a_phone(committed, person, settings):
    cast, ines = committed, committed.ines
    cast.knee
    tara, okafor = person(360), person(360)
    tara.signs_in("tara@studio.test", PASSWORD)
    tara.goes_to(f"/clients/{ines.pk}/")
    tara.clicks("Ask Dr Ada Okafor", role="link")
    tara.page.locator("details:has(input[name=channel]) summary").click()
    tara.page.locator("input[name=channel][value=LINK]").check(force=True)
    tara.page.get_by_role("button", name="Send the question").click()
    tara.page.wait_for_url("**/requests/*/")
    tara.looks_around()
    code = re.search(r"\b(\d{4}) (\d{4})\b", tara.page.locator("main").inner_text())
    assert code

    # One mail, to the physician alone, with a link and without the code.
    run()
    message = next(one for one in mail.outbox if one.to == ["okafor@clinic.test"])
    assert code[0].replace(" ", "") not in message.body.replace(" ", "")
    okafor.goes_to(urlsplit(re.search(r"https?://\S+/answer/\S+", message.body)[0]).path)
    okafor.page.locator("input[name=code]").fill(code[0])
    okafor.clicks("Open the question")
    okafor.sees("Ines Injured, born 1985")
    okafor.page.get_by_text("Cleared for what is planned").click()
    okafor.page.get_by_role("button", name="4 weeks").click()
    okafor.page.get_by_text("No, ask me again after the next session").click()
    okafor.page.get_by_role("button", name="Read back and sign").last.click()
    okafor.page.locator("input[name=signed_name]").fill("Ada Okafor")
    okafor.looks_around()
    okafor.page.get_by_role("button", name="Sign").last.click()
    okafor.page.wait_for_url("**/answer/*/")
    okafor.sees("Your answer is recorded")
    okafor.looks_around()

    assert judge(ines.pk).open
    tara.page.reload()
    tara.sees("Answered")
    tara.goes_to(f"/clients/{ines.pk}/programs/new/")
    tara.sees("A program can be built and used")


def test_a_scanner_that_opens_the_link_and_presses_everything_decides_nothing(committed, browser, live_server):
    request, path = by_link(committed, committed.uma)
    page = browser.new_context().new_page()
    page.set_default_timeout(8000)
    for _ in range(3):
        page.goto(live_server.url + path)
        for place in range(page.locator(PRESSABLE).count()):
            page.goto(live_server.url + path)
            page.locator(PRESSABLE).nth(place).click(force=True)
            page.wait_for_load_state("networkidle")
        for submit in ("requestSubmit", "submit"):
            page.goto(live_server.url + path)
            with page.expect_navigation():
                page.evaluate(f"document.querySelectorAll('main form').forEach((form) => form.{submit}())")
    assert not Decision.objects.exists()
    assert not CodeTry.objects.exists()
    assert not RequestStep.objects.exists()
    assert stage_of(request, at=now()).label == "Drafted"
    page.goto(live_server.url + path)
    page.locator("input[name=code]").fill(request.access_code)
    page.get_by_role("button", name="Open the question").click()
    page.get_by_text("Uma Uninjured").wait_for()
    page.context.close()


def test_a_physician_answers_under_the_link_without_javascript(committed, browser, live_server):
    request, path = by_link(committed, committed.uma)
    page = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740}).new_page()
    page.set_default_timeout(8000)
    page.goto(live_server.url + path)
    page.locator("input[name=code]").fill(request.access_code)
    page.get_by_role("button", name="Open the question").click()
    page.get_by_text("Cleared with restrictions").click()
    page.locator("input[name=valid_until]").fill(f"{committed.today().year + 1}-01-02")
    page.get_by_text("No, ask me again after the next session").click()
    page.locator("select[name=add_kind]").select_option("no_overhead")
    page.locator("button[name=add][value=chosen]").click()
    page.get_by_text("is allowed within the plan").click()
    page.get_by_role("button", name="Read back and sign").last.click()
    page.locator("input[name=signed_name]").fill("Ada Okafor")
    page.get_by_role("button", name="Sign").last.click()
    page.get_by_text("Your answer is recorded").wait_for()
    assert Decision.objects.get().restrictions.get().kind == "no_overhead"
    page.context.close()


def test_an_answer_on_paper_opens_the_gate_once_a_second_person_has_compared_it(committed, person, tmp_path):
    cast, ines = committed, committed.ines
    cast.knee
    request, _ = ask(client=ines, physician=cast.okafor, by=cast.tara.user, on=cast.today(), channel="PAPER", **PLAN)
    tara, mona = person(360), person(1280, 900)
    tara.signs_in("tara@studio.test", PASSWORD)
    tara.goes_to(f"/clients/{ines.pk}/requests/{request.pk}/")
    with tara.page.expect_download() as letter:
        tara.page.get_by_role("link", name=re.compile("Print the letter")).click()
    scan = tmp_path / "scan.jpg"
    image = pypdfium2.PdfDocument(BytesIO(letter.value.path().read_bytes()))[0].render(scale=2).to_pil()
    image.convert("L").save(scan)

    tara.clicks("File a paper answer", role="link")
    tara.page.locator("input[type=radio][name=how][value=SCAN]").check(force=True)
    tara.page.locator("input[type=file]").set_input_files(scan)
    tara.page.locator("main form button[type=submit]").last.click()
    tara.page.wait_for_url("**/transcribe/")
    tara.looks_around()
    type_what_the_paper_says(tara.page, cast)
    tara.page.get_by_role("button", name="Store what I typed").last.click()
    tara.page.wait_for_url(lambda url: "/transcribe/" not in url)
    tara.looks_around()
    assert [one.code.value for one in judge(ines.pk).reasons] == ["PAPER_UNVERIFIED"]

    mona.signs_in("mona@studio.test", PASSWORD)
    mona.goes_to(f"/clients/{ines.pk}/")
    mona.clicks("Compare the paper", role="link")
    for box in mona.page.locator("main form input[type=checkbox]").all():
        box.check(force=True)
    mona.page.get_by_role("button", name=re.compile("Confirm")).last.click()
    mona.page.wait_for_url(lambda url: "/check/" not in url)
    mona.looks_around()
    assert judge(ines.pk).open


def type_what_the_paper_says(page, cast):
    for name, value in {"outcome": "CLEARED", "ends": "DAY", "holds_through_course": "no", "signed": "yes"}.items():
        page.locator(f"main form input[name={name}][value={value}]").check(force=True)
    for name, value in {
        "valid_from": f"{cast.today()}", "valid_until": f"{cast.today().year + 1}-01-02", "signed_on": f"{cast.today()}",
        "signed_name": "Ada Okafor", "signed_credential": "MD", "signed_licence": "A12345",
    }.items():  # fmt: skip
        page.locator(f"main form [name={name}]").fill(value)
