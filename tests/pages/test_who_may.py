"""Who may do what: every URL name x person x object x method gives the predicted status, and nothing of another studio.

The table is complete by construction: a URL without a row, or a row without a URL, fails.
"""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from clearance.checkins.actions import record_check_in
from clearance.checkins.scales import Strength
from clearance.decisions import links
from clearance.decisions.models import Link
from clearance.decisions.papers import receive_paper, transcribe
from clearance.decisions.questions import ask
from clearance.injuries.courses import record_session, start_course
from clearance.injuries.templates import keep_template
from clearance.notices.models import Delivery
from clearance.people import client_links
from clearance.people.lock import now
from clearance.people.models import Consent
from clearance.people.roles import PHYSICIAN, Permission
from clearance.programs.actions import build
from tests.cast import Cast
from tests.plans import plan
from tests.screenings import sign

PUBLIC, SIGNED_IN, HOLDER = "everybody", "whoever is signed in", "whoever holds a link and its code"
CLIENT_HOLDER = "the client who holds the personal link and its code"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SHOW, FORM, BUTTON = frozenset({"GET", "HEAD"}), frozenset({"GET", "HEAD", "POST"}), frozenset({"POST"})
CLIENT, STUDIO = "client_id", "studio"


@dataclass(frozen=True)
class Row:
    """Who may, which methods it knows, and the statuses of a GET and of an empty POST to one's own object."""

    who: Permission | str
    methods: frozenset[str] = SHOW
    get: int = 200
    post: int = 422


P = Permission
ROWS: dict[str, Row] = {
    "today": Row(SIGNED_IN),
    "switch_studio": Row(SIGNED_IN, BUTTON, post=404),
    "clients": Row(P.SEE_CLIENTS),
    "client_search": Row(P.SEE_CLIENTS),
    "client_new": Row(P.EDIT_CLIENTS, FORM),
    "client": Row(P.SEE_CLIENTS),
    "client_edit": Row(P.EDIT_CLIENTS, FORM),
    "client_archive": Row(P.EDIT_CLIENTS, BUTTON, post=302),
    "client_bring_back": Row(P.EDIT_CLIENTS, BUTTON, post=302),
    "client_link": Row(P.INVITE_CLIENTS),
    "client_link_send": Row(P.INVITE_CLIENTS, BUTTON, post=302),
    "client_link_end": Row(P.INVITE_CLIENTS, BUTTON, post=302),
    "care_team": Row(P.SEE_CLIENTS),
    "supervising": Row(P.EDIT_CLIENTS, FORM),
    "care_team_join": Row(P.EDIT_CLIENTS, FORM),
    "care_team_leave": Row(P.EDIT_CLIENTS, BUTTON, post=409),
    "consent_new": Row(P.EDIT_CLIENTS, FORM),
    "consent_withdraw": Row(P.EDIT_CLIENTS, FORM),
    "injury_new": Row(P.LOG_INJURIES, FORM),
    "injury": Row(P.SEE_CLIENTS),
    "injury_amend": Row(P.LOG_INJURIES, FORM),
    "injury_describe": Row(P.LOG_INJURIES, FORM),
    "injury_void": Row(P.VOID_ENTRIES, FORM),
    "treatment_new": Row(P.LOG_INJURIES, FORM),
    "treatment": Row(P.SEE_CLIENTS),
    "treatment_edit": Row(P.LOG_INJURIES, FORM),
    "treatment_end": Row(P.LOG_INJURIES, FORM),
    "session_new": Row(P.LOG_INJURIES, FORM),
    "session_correct": Row(P.LOG_INJURIES, FORM),
    "session_plan": Row(P.LOG_INJURIES, FORM),
    "session_call_off": Row(P.LOG_INJURIES, FORM),
    "course_template_drop": Row(P.EDIT_PHYSICIANS, BUTTON, post=302),
    "check_ins": Row(P.SEE_CLIENTS),
    "check_in_new": Row(P.CHECK_IN, FORM),
    "check_in": Row(P.SEE_CLIENTS),
    "schedule": Row(P.CHECK_IN, FORM),
    "schedule_stop": Row(P.CHECK_IN, BUTTON, post=302),
    "flag_review": Row(P.REVIEW_FLAGS, FORM),
    "hold_new": Row(P.OPEN_HOLDS, FORM),
    "readiness": Row(P.SEE_CLIENTS),
    "readiness_new": Row(P.CHECK_IN, FORM),
    "screenings": Row(P.SEE_CLIENTS),
    "screening_new": Row(P.CHECK_IN, FORM),
    "screening": Row(P.SEE_CLIENTS),
    "screening_void": Row(P.CHECK_IN, FORM),
    "trend": Row(P.SEE_CLIENTS),
    "report": Row(P.SEE_CLIENTS),
    "request_new": Row(P.ASK_PHYSICIANS, FORM),
    "request": Row(P.SEE_CLIENTS),
    "request_again": Row(P.ASK_PHYSICIANS, BUTTON, post=302),
    "request_withdraw": Row(P.ASK_PHYSICIANS, FORM),
    "request_tell": Row(P.ASK_PHYSICIANS, FORM, get=302),
    "request_contact": Row(P.ASK_PHYSICIANS, FORM),
    "letter": Row(P.ASK_PHYSICIANS),
    "letter_code": Row(P.SEE_CLIENTS, get=302),
    "paper_new": Row(P.HANDLE_PAPERS, FORM),
    "paper": Row(P.HANDLE_PAPERS),
    "paper_page": Row(P.HANDLE_PAPERS),
    "paper_transcribe": Row(P.HANDLE_PAPERS, FORM),
    "paper_check": Row(P.HANDLE_PAPERS, FORM),
    "evidence": Row(P.SEE_CLIENTS),
    "evidence_pdf": Row(P.SEE_CLIENTS),
    "evidence_json": Row(P.SEE_CLIENTS),
    "decision": Row(P.SEE_CLIENTS),
    "decision_void": Row(P.VOID_ENTRIES, FORM),
    "programs": Row(P.SEE_CLIENTS),
    "program_new": Row(P.BUILD_PROGRAMS, FORM),
    "program": Row(P.SEE_CLIENTS),
    "program_edit": Row(P.BUILD_PROGRAMS, FORM),
    "program_print": Row(P.SEE_CLIENTS),
    "physicians": Row(P.SEE_CLIENTS),
    "physician_new": Row(P.EDIT_PHYSICIANS, FORM),
    "physician_record": Row(P.SEE_CLIENTS),
    "physician_edit": Row(P.EDIT_PHYSICIANS, FORM),
    "physician_verify": Row(P.VERIFY_PHYSICIANS, FORM),
    "physician_invite": Row(P.VERIFY_PHYSICIANS, BUTTON, post=302),
    "physician": Row(P.DECIDE),
    "restriction_row": Row(P.DECIDE),
    "patient": Row(P.DECIDE),
    "decide": Row(P.DECIDE, FORM),
    "sign": Row(P.DECIDE, BUTTON),
    "patient_decision": Row(P.DECIDE),
    "caseload": Row(P.SEE_CASELOAD),
    "chase": Row(P.SEE_CASELOAD),
    "studio": Row(P.RUN_STUDIO),
    "studio_edit": Row(P.RUN_STUDIO, FORM),
    "studio_policy": Row(P.RUN_STUDIO, FORM),
    "staff_invite": Row(P.RUN_STUDIO, FORM),
    "member": Row(P.RUN_STUDIO, FORM),
    "studio_asking": Row(P.RUN_STUDIO, FORM),
    "studio_rules": Row(P.RUN_STUDIO, FORM),
    "studio_mail": Row(P.RUN_STUDIO),
    "mail_test": Row(P.RUN_STUDIO, BUTTON, post=302),
    "mail_again": Row(P.RUN_STUDIO, BUTTON, post=302),
    "trail": Row(P.SEE_TRAIL),
    "refusals": Row(P.SEE_TRAIL),
    "outbox": Row(SIGNED_IN, get=404),
    "outbox_mail": Row(SIGNED_IN, get=404),
    # To a link's holder; everybody else is sent back to the access code.
    "answer": Row(HOLDER, FORM, get=302, post=302),
    "answer_draft": Row(HOLDER, FORM),
    "answer_sign": Row(HOLDER, BUTTON),
    "answer_row": Row(HOLDER),
    "answer_copy": Row(HOLDER, get=404),
    "answer_leave": Row(HOLDER, BUTTON, post=302),
    "my": Row(CLIENT_HOLDER, FORM, post=200),
    "my_check_in": Row(CLIENT_HOLDER, FORM),
    "my_checked": Row(CLIENT_HOLDER),
    "my_screening": Row(CLIENT_HOLDER, FORM),
    "my_program": Row(CLIENT_HOLDER),
    "my_consent_withdraw": Row(CLIENT_HOLDER, FORM, post=302),
    "my_leave": Row(CLIENT_HOLDER, BUTTON, post=302),
    "healthz": Row(PUBLIC),
    "readyz": Row(PUBLIC),
}
# Sign-in is allauth's own and tested there; here only that an address never breaks and never shows a client.
ALLAUTH = ("account_", "mfa_")
# People without an account who hold the physician's link about Ines, or Ines's own: with the right code and a wrong one.
HOLDERS = {"holder": HOLDER, "guesser": HOLDER, "herself": CLIENT_HOLDER, "stranger": CLIENT_HOLDER}
KNOW_THE_CODE = ("holder", "herself")
OWN, OTHERS, ELSEWHERE, MISSING, MALFORMED = "own", "another client's", "another studio's", "missing", "malformed"
IN_STUDIO = {"tara", "theo", "mona"}


def patterns(resolver: URLResolver | None = None, prefix: str = "") -> dict[str, list[str]]:
    """Every URL name with the names of its parameters."""
    found: dict[str, list[str]] = {}
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            outer = list(entry.pattern.converters)
            found |= {name: outer + inner for name, inner in patterns(entry).items()}
        elif isinstance(entry, URLPattern) and entry.name:
            found[entry.name] = list(entry.pattern.converters)
    return found


URLS = {name: keys for name, keys in patterns().items() if not name.startswith(ALLAUTH)}


class World:
    """One object of each kind in Northside for Ines, and one in Southside for Otto."""

    def __init__(self) -> None:
        self.cast = cast = Cast()
        self.people = {
            "nobody": None, "tara": cast.tara, "theo": cast.theo, "mona": cast.mona, "olga": cast.olga,
            "okafor": cast.okafor.user, "lindt": cast.lindt.user, **dict.fromkeys(HOLDERS),
        }  # fmt: skip
        self.ids = {
            OWN: self._objects(cast.ines, cast.okafor, cast.tara),
            ELSEWHERE: self._objects(cast.otto, cast.ode, cast.olga),
        }
        self.ids[OTHERS] = self.ids[OWN] | {CLIENT: cast.uma.pk}
        self.ids[MISSING] = dict.fromkeys(self.ids[OWN], 987654321)
        self.compared = {
            OWN: self._typed(cast.tara, cast.okafor, cast.mona), ELSEWHERE: self._typed(cast.olga, cast.ode, cast.olga),
        }  # fmt: skip
        self.ids[OWN]["name"] = self.ids[ELSEWHERE]["name"] = self.ids[OTHERS]["name"] = "mail"

    def _objects(self, client, physician, member) -> dict[str, object]:
        injury = self.cast.injury(client)
        on = self.cast.today()
        envelope = {"modes": "core", "days_a_week": 2, "minutes": 40, "top_phase": 1, "top_effort": 5}
        request, _ = ask(client=client, physician=physician, by=member.user, on=on, **envelope)
        # What was recorded before the signature does not shut the gate, and tomorrow's plan not yet.
        course, session, template = self._treated(injury, physician, member)
        decision = self.cast.sign(client, physician)
        version = build(client=client, by=member.user, plan=plan())
        screening = sign(client, member.user)
        # The next question waits under a link, and a paper has been filed under it.
        request, _ = ask(client=client, physician=physician, by=member.user, on=on, channel="LINK", **envelope)
        link = Link.objects.get(request=request)
        # Pain beyond what was agreed: a flag that waits for a trainer.
        check_in = record_check_in(
            client=client, by=member.user, on=on, cap=None, injury=injury, pain_now=9, strength=4
        )
        filed = self._paper(request, member.user)
        own = client_links.issue(client=client, by=member.user)
        told = record_check_in(
            client=client, by=None, link=own, on=on, cap=None, injury=injury, pain_now=0, strength=Strength.SAME
        )
        failed = Delivery.objects.create(
            studio=client.studio, kind="ANSWERED", key=f"matrix:{client.pk}", address=member.user.email, user=member.user,
            at=now(), due_at=now(), state="FAILED",
        )  # fmt: skip
        return {
            "own_token": client_links.token_of(own), "own_code": own.access_code, "check_in_id": told.pk,
            "token": links.token_of(link), "access_code": request.access_code, "paper_id": filed.pk, "number": 1,
            "flag_id": check_in.flags.get().pk,
            "code": request.code, "delivery_id": failed.pk,
            CLIENT: client.pk, "injury_id": injury.pk, "request_id": request.pk, "decision_id": decision.pk,
            "consent_id": Consent.objects.get(client=client).pk, "program_id": version.program_id, "course_id": course.pk,
            "session_id": session.pk, "template_id": template.pk,
            "screening_id": screening.pk,
            "physician_id": physician.pk, "membership_id": member.pk, "name": "mail",
        }  # fmt: skip

    def _treated(self, injury, physician, member) -> tuple[object, object, object]:
        by, on = member.user, self.cast.today()
        course = start_course(injury=injury, by=by, kind="prp", on=on, next_on=on + timedelta(days=1))
        session = record_session(course=course, by=by, performed_on=on, on=on, keep_plan=True)
        return course, session, keep_template(course=course, physician=physician, name="Usual", by=by)

    @staticmethod
    def _paper(request, by):
        return receive_paper(
            request=request, by=by, how="SCAN", content=b"a paper", media="image/jpeg", previews=(b"page",)
        )

    def _typed(self, trainer, physician, typist) -> dict[str, object]:
        """A paper that one person has typed and nobody has compared."""
        client, on = self.cast.client(trainer, "Pat Paper", physician), self.cast.today()
        envelope = {"modes": "core", "days_a_week": 2, "minutes": 40, "top_phase": 1, "top_effort": 5}
        request, _ = ask(client=client, physician=physician, by=typist.user, on=on, channel="PAPER", **envelope)
        typed = transcribe(
            paper=self._paper(request, typist.user), by=typist.user, draft=self.cast.clearance(client, physician),
            signed_on=on, name=physician.name, credential="MD", licence="A1",
        )  # fmt: skip
        return {CLIENT: client.pk, "decision_id": typed.pk}

    def browser(self, who: str) -> Browser:
        """A browser in which somebody is signed in, or in which somebody without an account tried an access code."""
        if who not in HOLDERS:
            return Cast.browser(self.people[who])
        browser, own = Browser(), self.ids[OWN]
        theirs = HOLDERS[who] == CLIENT_HOLDER
        url = f"/my/{own['own_token']}/" if theirs else f"/answer/{own['token']}/"
        code = str(own["own_code" if theirs else "access_code"])
        browser.post(url, {"code": code if who in KNOW_THE_CODE else str(10**8 - 1 - int(code)).zfill(8)})
        return browser

    def url(self, name: str, which: str) -> str | None:
        keys = URLS[name]
        if which == MALFORMED:
            return reverse(name, args=[777777] * len(keys)).replace("777777", "7'7%00") if keys else None
        if not keys:
            return reverse(name) if which == OWN else None
        if which == OTHERS and len(keys) < 2:
            return None
        if ROWS[name].who == CLIENT_HOLDER:
            # The own link, with an id of somebody else behind it.
            ids = self.ids[ELSEWHERE if which == OTHERS else which]
            token = self.ids[OWN if which == OTHERS else which].get("own_token", "987654321")
            return reverse(name, kwargs={key: ids[key] if key != "token" else token for key in keys})
        ids = self.ids[which] | (self.compared.get(which, {}) if name == "paper_check" else {})
        return reverse(name, kwargs={key: ids.get(key, "mail") for key in keys})


def in_scope(who: str, name: str, which: str) -> bool:
    """May this person's door find this object?"""
    if not URLS[name]:
        return True
    if name == "care_team_leave" and which == OTHERS:
        return who in IN_STUDIO  # The physician belongs to the studio, not to one client.
    if which in (OTHERS, MISSING):
        return False
    if name in ("patient", "decide", "sign", "patient_decision"):
        return who == "okafor" and which == OWN
    return (who in IN_STUDIO) if which == OWN else who == "olga"


def holds(who: str, permission: Permission | str) -> bool:
    if permission in (PUBLIC, SIGNED_IN):
        return True
    role = {"tara": "TRAINER", "theo": "TRAINER", "mona": "MANAGER", "olga": "MANAGER"}.get(who, PHYSICIAN)
    return role in permission.roles


def predicted(who: str, name: str, which: str, method: str) -> set[int]:  # noqa: PLR0911
    row = ROWS[name]
    if row.who in (HOLDER, CLIENT_HOLDER):
        return held(who, name, which, method)
    if which == MALFORMED:
        return {400, 404}
    if (who == "nobody" or who in HOLDERS) and row.who != PUBLIC:
        return {302}
    if method not in row.methods:
        return {405}
    if not holds(who, row.who):
        return {403}
    if not in_scope(who, name, which):
        return {404}
    return SPECIAL.get((who, name, method), {row.post if method == "POST" else row.get})


def held(who: str, name: str, which: str, method: str) -> set[int]:  # noqa: PLR0911
    """What a link's pages answer: nothing to staff of its studio, and to others the access code first."""
    row = ROWS[name]
    if which == MALFORMED and len(URLS[name]) > 1:
        return {404}
    if method not in row.methods:
        return {405}
    if which in (MISSING, MALFORMED):
        return {404}
    if which in (OWN, OTHERS) and who in KNOW_THE_CODE and HOLDERS[who] == row.who:
        return {404} if which == OTHERS else {row.post if method == "POST" else row.get}
    if who in ({"olga"} if which == ELSEWHERE else IN_STUDIO):
        return {403}
    if name in ("answer", "my"):
        return {422 if method == "POST" else 200}
    return {302}


# A physician's first page is the inbox.
SPECIAL = {
    ("okafor", "today", "GET"): {302}, ("okafor", "today", "HEAD"): {302},
    ("lindt", "today", "GET"): {302}, ("lindt", "today", "HEAD"): {302},
    # Who typed a paper does not compare it, and a link cannot be sent again a minute after it was sent.
    ("mona", "paper_check", "GET"): {409}, ("mona", "paper_check", "HEAD"): {409}, ("mona", "paper_check", "POST"): {409},
    ("olga", "paper_check", "GET"): {409}, ("olga", "paper_check", "HEAD"): {409}, ("olga", "paper_check", "POST"): {409},
}  # fmt: skip
NORTH = (b"Ines", b"Uma Un", b"Northside", b"Okafor", b"Lindt", b"Tara Tr", b"Theo Tr", b"Mona Ma")
SOUTH = (b"Otto", b"Southside", b"Olu Ode", b"Olga Ot")


def leaks(who: str, name: str, body: bytes) -> list[bytes]:
    """Words of a studio that this person does not belong to. A link's first page says who asks, and about nobody. A
    client reads of nobody but the own trainer and physician."""
    if ROWS[name].who == CLIENT_HOLDER:
        never = {*NORTH, *SOUTH} - {b"Northside", b"Southside", b"Okafor", b"Tara Tr"}
        own = {b"Ines"} if who == "herself" else {b"Olga Ot"} if who == "olga" else set()
        return [word for word in never - own if word in body]
    if ROWS[name].who == HOLDER:
        return [word for word in (NORTH[:2] + SOUTH[:1]) if word in body and who != "holder"]
    if who in HOLDERS:
        who = "nobody"
    return [word for word in (NORTH if who == "olga" else SOUTH if who != "nobody" else NORTH + SOUTH) if word in body]


def test_every_address_has_a_row_and_every_row_an_address():
    assert set(ROWS) == set(URLS)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_each_person_gets_what_the_table_says(name, db, library):
    world, wrong = World(), []
    for who in world.people:
        browser = world.browser(who)
        browser.raise_request_exception = False
        for which in (OWN, OTHERS, ELSEWHERE, MISSING, MALFORMED):
            url = world.url(name, which)
            for method in METHODS if url else ():
                with transaction.atomic():
                    answer = browser.generic(method, url, content_type="application/x-www-form-urlencoded")
                    body = answer.content
                    transaction.set_rollback(True)
                expected = predicted(who, name, which, method)
                if answer.status_code not in expected or leaks(who, name, body):
                    wrong.append((who, which, method, answer.status_code, expected, leaks(who, name, body)))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("name", sorted(name for name in patterns() if name.startswith(ALLAUTH)))
def test_the_sign_in_pages_never_break_and_show_no_client(name, db):
    world, values = Cast(), {"uidb36": "1", "key": "x-y", "pk": 1}
    keys = patterns()[name] or (["uidb36", "key"] if name.endswith("from_key") else [])
    url = reverse(name, kwargs={key: values[key] for key in keys})
    for person in (None, world.tara, world.okafor.user):
        browser = Cast.browser(person)
        for method in METHODS:
            answer = browser.generic(method, url)
            assert answer.status_code < 500, (name, method)
            assert b"Ines" not in answer.content
