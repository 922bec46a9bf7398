"""A client and the own page: from the mail on a phone, with the code told in person, to a stop that the trainer hears of."""

import re
from urllib.parse import urlsplit

from django.core import mail

from clearance.checkins.models import CheckIn, Screening
from clearance.gate.guard import judge
from clearance.notices.actions import run
from clearance.people import client_links
from clearance.people.models import ClientCodeTry, Consent
from clearance.programs.actions import build
from tests.browser.test_answer_journeys import PRESSABLE
from tests.cast import PASSWORD
from tests.plans import plan


def choose(page, **answers):
    for name, value in answers.items():
        page.locator(f"main form input[name={name}][value='{value}']").check(force=True)


def test_a_client_reads_checks_in_and_stops_on_a_phone(committed, person):
    cast, ines = committed, committed.ines
    cast.knee
    cast.sign(ines)
    build(client=ines, by=cast.tara.user, plan=plan())
    tara, phone = person(360), person(360)
    tara.signs_in("tara@studio.test", PASSWORD)
    tara.goes_to(f"/clients/{ines.pk}/")
    tara.clicks("Personal link", role="link")
    tara.clicks("Send the link")
    code = re.search(r"\b\d{4} \d{4}\b", tara.page.locator("main").inner_text())[0]

    # One mail, to the client alone, with a link and without the code.
    run()
    message = next(one for one in mail.outbox if one.to == ["ines@example.test"])
    assert code.replace(" ", "") not in message.body.replace(" ", "")
    home = urlsplit(re.search(r"https?://\S+/my/\S+", message.body)[0]).path
    phone.goes_to(home)
    phone.page.locator("input[name=code]").fill(code)
    phone.page.locator("input[name=remember]").check(force=True)
    phone.clicks("Open my page")
    phone.sees("You may train")
    phone.clicks("Back to base", role="link")
    phone.sees("Day A")
    phone.goes_to(f"{home}screening/")
    phone.goes_to(f"{home}consents/{Consent.objects.get(client=ines).pk}/withdraw/")

    phone.goes_to(f"{home}check-in/")
    phone.clicks("Send")
    phone.sees("This is not saved yet")
    choose(phone.page, pain_now=3, strength=4, any_new="some", symptoms="weakness:unsure")
    phone.clicks("Send")
    phone.sees("Call the physician who treats you today")
    assert not judge(ines.pk).open
    phone.goes_to(home)
    phone.sees("Do not train now")
    run()
    assert {"tara@studio.test", "mona@studio.test"} <= {one.to[0] for one in mail.outbox if "red flag" in one.subject}
    phone.clicks("Forget the code on this device")
    phone.sees("Access code")


def test_a_scanner_that_opens_the_link_and_presses_everything_tells_nothing(committed, browser, live_server):
    link = client_links.issue(client=committed.ines, by=committed.tara.user)
    url = f"{live_server.url}/my/{client_links.token_of(link)}/"
    page = browser.new_context().new_page()
    page.set_default_timeout(8000)
    page.goto(url)
    for place in range(page.locator(PRESSABLE).count()):
        page.goto(url)
        page.locator(PRESSABLE).nth(place).click(force=True)
        page.wait_for_load_state("networkidle")
    assert not ClientCodeTry.objects.exists()
    assert not CheckIn.objects.exists()
    assert not Screening.objects.exists()
    assert Consent.objects.get(client=committed.ines).until is None
    page.context.close()


def test_a_client_checks_in_without_javascript(committed, browser, live_server):
    committed.knee
    link = client_links.issue(client=committed.ines, by=committed.tara.user)
    page = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740}).new_page()
    page.set_default_timeout(8000)
    page.goto(f"{live_server.url}/my/{client_links.token_of(link)}/")
    page.locator("input[name=code]").fill(link.access_code)
    page.get_by_role("button", name="Open my page").click()
    page.get_by_role("link", name="Check in").click()
    choose(page, pain_now=2, strength=4, any_new="none")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Thank you, noted").wait_for()
    assert CheckIn.objects.get().link == link
    page.context.close()
