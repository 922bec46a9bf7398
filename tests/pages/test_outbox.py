from pathlib import Path

import pytest
from django.core.mail import get_connection, send_mail


@pytest.fixture
def outbox(settings, tmp_path: Path) -> Path:
    """The demo's outbox, in a folder of this test."""
    settings.DEMO = True
    settings.OUTBOX = settings.EMAIL_FILE_PATH = tmp_path
    return tmp_path


def keep(subject="Hello", text="Text", to="ann@example.test", **more):
    backend = get_connection("django.core.mail.backends.filebased.EmailBackend")
    send_mail(subject, text, "studio@example.test", [to], connection=backend, **more)


def test_kept_mails_are_listed_and_opened(cast, outbox):
    keep(
        "Your account with Café Fit", "Choose a password:\nhttp://testserver/accounts/key/?a=1&b=2\n", "bo@example.test"
    )
    browser = cast.browser(cast.tara)
    page = browser.get("/outbox/").content.decode()
    assert "Your account with Café Fit" in page
    assert "bo@example.test" in page
    name = next(outbox.iterdir()).name
    mail = browser.get(f"/outbox/{name}/").content.decode()
    assert 'href="http://testserver/accounts/key/?a=1&amp;b=2"' in mail
    assert "studio@example.test" in mail


def test_markup_in_a_mail_stays_text(cast, outbox):
    keep("<script>a()</script>", "<img src=x onerror=b()>")
    browser = cast.browser(cast.tara)
    name = next(outbox.iterdir()).name
    pages = browser.get("/outbox/").content + browser.get(f"/outbox/{name}/").content
    assert b"<script>a()" not in pages
    assert b"<img src=x" not in pages


def test_mails_that_one_connection_sent_are_all_shown(cast, outbox):
    backend = get_connection("django.core.mail.backends.filebased.EmailBackend")
    backend.open()
    for subject in ("First", "Second"):
        send_mail(subject, "Text", "studio@example.test", ["ann@example.test"], connection=backend)
    backend.close()
    browser = cast.browser(cast.mona)
    page = browser.get("/outbox/").content.decode()
    assert page.index("Second") < page.index("First")
    assert browser.get(f"/outbox/{next(outbox.iterdir()).name}/").content.decode().count("ann@example.test") == 2


@pytest.mark.parametrize("name", ["nothing.log", "..%2Fsecret.log", "%2Fetc%2Fpasswd", "..", "link.log", "a.txt"])
def test_only_a_name_from_the_list_is_opened(cast, outbox, name):
    keep()
    (outbox.parent / "secret.log").write_text("Subject: secret\n\nsecret")
    (outbox / "a.txt").write_text("Subject: secret\n\nsecret")
    (outbox / "link.log").symlink_to(outbox.parent / "secret.log")
    answer = cast.browser(cast.tara).get(f"/outbox/{name}/")
    assert answer.status_code == 404 or answer.url == "/"


def test_an_empty_outbox_says_what_will_be_there(cast, outbox):
    assert b"No mail yet" in cast.browser(cast.tara).get("/outbox/").content


def test_a_mail_that_is_broken_does_not_break_the_list(cast, outbox):
    (outbox / "broken.log").write_bytes(b"Content-Type: text/plain; charset=nonsense\nDate: never\n\n\xff\xfe\x00")
    browser = cast.browser(cast.tara)
    assert browser.get("/outbox/").status_code == 200
    assert browser.get("/outbox/broken.log/").status_code == 200


def test_without_the_demo_there_is_no_outbox(cast, settings):
    settings.DEMO = False
    assert cast.browser(cast.mona).get("/outbox/").status_code == 404
    assert cast.browser(cast.mona).get("/outbox/a.log/").status_code == 404


def test_the_outbox_is_for_staff(cast, outbox):
    assert cast.browser(cast.okafor.user).get("/outbox/").status_code == 403
    assert cast.browser(None).get("/outbox/").status_code == 302
    assert cast.browser(cast.tara).post("/outbox/").status_code == 405
