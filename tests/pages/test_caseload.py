import string
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clearance.decisions.models import Outcome
from clearance.decisions.questions import ask
from clearance.gate.guard import GateShut, passing
from clearance.injuries.actions import hand_over, open_hold
from clearance.people.actions import add_client, archive_client, give_consent, withdraw_consent
from clearance.people.lock import now
from clearance.people.queries import consents_of

ENVELOPE = {"modes": "strength", "days_a_week": 2, "minutes": 45, "top_phase": 1, "top_effort": 5}


def caseload(cast, who=None):
    return cast.browser(who or cast.mona).get("/caseload/")


def numbers(page, name):
    """The numbers above zero in one row, by column."""
    rows = [*page.context["rows"], page.context["totals"]]
    row = next(one for one in rows if one["name"] == name)
    return {cell["label"]: cell["number"] for cell in row["cells"] if cell["number"]}


def test_clients_are_counted_per_trainer_and_by_reason(cast):
    cast.sign(cast.uma)
    cast.client(cast.theo, "Nora New")
    page = caseload(cast)
    assert numbers(page, "Tara Trainer") == {
        "Active": 2, "Open": 1, "Shut": 1, "To be asked": 1, "Ending within 30 days": 1,
    }  # fmt: skip
    assert numbers(page, "Theo Trainer") == {"Active": 1, "Shut": 1, "No physician": 1}
    assert numbers(page, "All trainers") == {
        "Active": 3, "Open": 1, "Shut": 2, "No physician": 1, "To be asked": 1, "Ending within 30 days": 1,
    }  # fmt: skip


def nothing(cast):
    pass


def no_consent(cast):
    withdraw_consent(consent=consents_of(cast.ines.pk).first(), by=cast.tara.user, reason="asked")


def unverified(cast):
    cast.client(cast.theo, "Nora", cast.physician(cast.north, "Dr Nia New", cast.mona.user, verified=False))


def waiting(cast):
    ask(client=cast.ines, physician=cast.okafor, by=cast.tara.user, on=cast.today(), **ENVELOPE)


def on_hold(cast):
    open_hold(client=cast.ines, by=cast.tara.user, reason="Dizzy.")


def not_cleared(cast):
    cast.refuse(cast.ines)


def withdrawn(cast):
    cast.sign(cast.ines)
    cast.refuse(cast.ines, Outcome.WITHDRAWN)


def not_yet(cast):
    cast.sign(cast.ines, valid_from=cast.today() + timedelta(days=3))


def expired(cast):
    then, by = now() - timedelta(days=9), cast.tara.user
    old = add_client(studio=cast.north, by=by, name="Old", born=date(1980, 1, 1), trainer=cast.tara, at=then)
    hand_over(client=old, physician=cast.okafor, by=by, at=then)
    day = then.date()
    give_consent(
        client=old, physician=cast.okafor, how="PAPER", first_day=day, last_day=cast.today(), by=by, on=day, at=then
    )
    cast.sign(old, at=then, valid_from=day, valid_until=day + timedelta(days=3))


@pytest.mark.parametrize(
    ("story", "column"),
    [
        (nothing, "To be asked"), (no_consent, "No consent"), (unverified, "Physician unverified"),
        (waiting, "Waiting"), (on_hold, "On hold"), (not_cleared, "Not cleared"), (withdrawn, "Withdrawn"),
        (not_yet, "Not yet"), (expired, "Expired"),
    ],
)  # fmt: skip
def test_every_shut_client_is_counted_under_one_reason(cast, story, column):
    story(cast)
    found = numbers(caseload(cast), "All trainers")
    reasons = {label: number for label, number in found.items() if label not in ("Active", "Shut")}
    assert reasons[column] >= 1
    assert sum(reasons.values()) == found["Shut"] == found["Active"]


def test_every_number_leads_to_its_list(cast):
    page = caseload(cast)
    urls = {cell["label"]: cell["url"] for cell in page.context["rows"][0]["cells"]}
    assert urls["Active"] == f"/clients/?trainer={cast.tara.pk}"
    assert urls["On hold"] == f"/clients/?trainer={cast.tara.pk}&state=on_hold"
    totals = {cell["label"]: cell["url"] for cell in page.context["totals"]["cells"]}
    assert totals["Active"] == "/clients/"
    assert totals["To be asked"] == "/clients/?state=to_ask"
    assert f'href="/clients/?trainer={cast.tara.pk}&amp;state=shut"' in page.content.decode()


def test_each_list_holds_as_many_clients_as_its_number_says(cast):
    cast.sign(cast.uma)
    cast.client(cast.theo, "Nora New")
    browser = cast.browser(cast.mona)
    rows = [*caseload(cast).context["rows"], caseload(cast).context["totals"]]
    for cell in (cell for row in rows for cell in row["cells"]):
        listed = browser.get(cell["url"])
        assert listed.status_code == 200, cell
        assert len(listed.context["rows"]) == cell["number"], cell


def test_archived_clients_and_other_studios_are_not_counted(cast):
    archive_client(client=cast.ines, by=cast.mona.user)
    page = caseload(cast)
    assert numbers(page, "All trainers")["Active"] == 1
    assert b"Olga" not in page.content
    assert numbers(caseload(cast, cast.olga), "All trainers")["Active"] == 1


def test_unverified_physicians_lead_to_their_verification(cast):
    new = cast.physician(cast.north, "Dr Nia New", cast.mona.user, verified=False)
    page = caseload(cast).content.decode()
    assert f'href="/physicians/{new.pk}/verify/"' in page
    assert "Dr Ada Okafor" not in page


def test_the_latest_refusals_are_shown(cast):
    with pytest.raises(GateShut), passing(cast.ines.pk, by=cast.tara.user, to="build a program"):
        pass
    page = caseload(cast).content.decode()
    assert "wanted to build a program" in page
    assert 'href="/studio/refusals/"' in page


def test_an_empty_studio_says_what_will_be_there(cast):
    archive_client(client=cast.otto, by=cast.olga.user)
    assert b"No clients yet" in caseload(cast, cast.olga).content


def test_only_a_manager_sees_the_caseload(cast):
    assert caseload(cast, cast.tara).status_code == 403
    assert caseload(cast, cast.okafor.user).status_code == 403
    assert cast.browser(cast.mona).post("/caseload/").status_code == 405


def test_as_many_queries_for_20_clients_as_for_10(cast):
    browser, names = cast.browser(cast.mona), iter(string.ascii_letters)

    def fill_and_count():
        for _ in range(5):
            client = cast.client(cast.member(cast.north, f"{next(names)} Coach", "TRAINER"), "New")
            with pytest.raises(GateShut), passing(client.pk, by=cast.tara.user, to="build a program"):
                pass
        browser.get("/caseload/")
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/caseload/").status_code == 200
        return len(queries)

    assert fill_and_count() == fill_and_count()
