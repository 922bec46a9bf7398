"""The trainer hands the phone over: the client answers, tells more where it is asked for, and signs."""

from clearance.checkins.models import Screening
from tests.cast import PASSWORD


def test_a_client_signs_on_the_phone_and_is_asked_for_words_only_where_an_answer_is_no_plain_no(committed, person):
    tara = person()
    tara.signs_in("tara@studio.test", PASSWORD)
    tara.goes_to(f"/clients/{committed.uma.pk}/")
    tara.clicks("Hand the device to your client", role="link")
    page = tara.page
    assert not page.locator("textarea").locator("visible=true").count()
    for group in page.locator("[id^=div_id_topic_]").all():
        group.get_by_text("No", exact=True).click()
    page.locator("#div_id_topic_heart").get_by_text("Not sure", exact=True).click()
    page.get_by_label("Which, and since when?").fill("A murmur, as a child")
    page.locator("#div_id_topic_heart").get_by_text("No", exact=True).click()
    assert page.get_by_label("Which, and since when?").is_visible(), "what was written is never hidden"
    page.locator("#div_id_active").get_by_text("Yes").click()
    for name in ("diseases", "symptoms"):
        page.locator(f"#div_id_{name}").get_by_text("none of these").click()
    page.get_by_text("Moderate: talking").click()
    page.get_by_label("Your full name").fill("uma uninjured")
    tara.clicks("Sign")
    tara.sees("You wrote something about this.")
    page.locator("#div_id_topic_heart").get_by_text("Not sure", exact=True).click()
    tara.clicks("Sign")
    tara.sees("please hand the device back")
    tara.sees("A murmur, as a child")
    screening = Screening.objects.get()
    assert (screening.flagged, screening.answers["heart"]) == (True, "unsure")
