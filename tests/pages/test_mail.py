"""The studio's mail, as its managers see it."""

import pytest
from django.core import mail

from clearance.notices.actions import run
from clearance.notices.models import Delivery
from clearance.people import address_book

PAGE = "/studio/mail/"


def to_verify(cast, number=1, trainer=None, studio=None):
    """Make messages to the managers: contacts that nobody has verified."""
    trainer, studio = trainer or cast.tara, studio or cast.north
    for each in range(number):
        address_book.add_physician(
            studio=studio, by=trainer.user, name=f"Dr {each}", credential="MD", licence=str(each), licence_place="Maine"
        )


def fail(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9


def give_up():
    """Let every attempt come and go."""
    while waits := Delivery.objects.filter(state="PENDING").first():
        run(at=waits.due_at)


def test_before_any_mail_the_page_says_so(cast):
    assert "No mail yet" in cast.browser(cast.mona).get(PAGE).content.decode()


def test_what_waits_what_left_and_what_failed_is_shown_with_its_reason(cast, settings):
    to_verify(cast)
    run()
    to_verify(cast, 1, cast.theo)
    fail(settings)
    run()
    page = cast.browser(cast.mona).get(PAGE).content.decode()
    assert "Waiting" in page
    assert "Tried 1 time. The mail server could not be reached." in page
    assert "In the last two weeks" in page
    give_up()
    assert "Try again" in cast.browser(cast.mona).get(PAGE).content.decode()


def test_a_failed_message_is_tried_again_by_a_button_and_only_once(cast, settings):
    to_verify(cast)
    run()
    Delivery.objects.update(state="FAILED", sent_at=None, attempts=6)
    browser, url = cast.browser(cast.mona), f"{PAGE}{Delivery.objects.get().pk}/again/"
    assert url in browser.get(PAGE).content.decode()
    assert browser.post(url).status_code == 302
    assert Delivery.objects.get().state == "PENDING"
    assert "has not failed" in browser.post(url, follow=True).content.decode()
    run()
    assert len(mail.outbox) == 2


def test_the_test_mail_goes_to_the_managers_own_address(cast):
    page = cast.browser(cast.mona).post(f"{PAGE}test/", follow=True).content.decode()
    assert "took the test to mona@studio.test" in page
    (message,) = mail.outbox
    assert message.to == ["mona@studio.test"]


def test_a_test_mail_that_does_not_leave_says_why(cast, settings):
    fail(settings)
    page = cast.browser(cast.mona).post(f"{PAGE}test/", follow=True).content.decode()
    assert "did not leave. The mail server could not be reached." in page


def test_another_studios_messages_are_neither_seen_nor_tried_again(cast):
    to_verify(cast)
    run()
    Delivery.objects.update(state="FAILED", sent_at=None)
    olga = cast.browser(cast.olga)
    assert "No mail yet" in olga.get(PAGE).content.decode()
    assert olga.post(f"{PAGE}{Delivery.objects.get().pk}/again/").status_code == 404


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}test/", f"{PAGE}1/again/"])
def test_only_managers_may(cast, address):
    method = "get" if address == PAGE else "post"
    assert getattr(cast.browser(cast.tara), method)(address).status_code == 403


def test_the_buttons_take_a_post_and_the_page_only_shows(cast):
    mona = cast.browser(cast.mona)
    assert mona.get(f"{PAGE}test/").status_code == 405
    assert mona.get(f"{PAGE}1/again/").status_code == 405
    assert mona.post(PAGE).status_code == 405


def test_the_number_of_queries_does_not_grow(cast, django_assert_max_num_queries):
    to_verify(cast, 10)
    run()
    browser = cast.browser(cast.mona)
    browser.get(PAGE)
    with django_assert_max_num_queries(20) as few:
        browser.get(PAGE)
    to_verify(cast, 10, cast.theo)
    run()
    with django_assert_max_num_queries(len(few.captured_queries)):
        browser.get(PAGE)


def test_the_studio_leads_to_its_mail(cast):
    assert PAGE in cast.browser(cast.mona).get("/studio/").content.decode()
