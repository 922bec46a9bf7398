"""The demo: made-up clients of two studios, each in one state of the gate, written through the app's own actions."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from clearance.anatomy.areas import Area, Side
from clearance.config.demo_paper import answer_on_paper
from clearance.config.demo_treatment import begin_treatment, feel_better, go_on, watch
from clearance.decisions.actions import read_back, sign
from clearance.decisions.kinds import Kind
from clearance.decisions.models import Outcome
from clearance.decisions.queries import injuries_supervised
from clearance.decisions.questions import ask, log_contact
from clearance.decisions.statement import Clause, Draft, digest
from clearance.injuries.actions import hand_over, log_injury, open_hold
from clearance.injuries.models import Injury
from clearance.people import actions as people
from clearance.people import address_book, client_links, staff
from clearance.people.lock import now
from clearance.people.models import Channel, Client, Membership, Physician, Policy, Studio, User
from clearance.programs.actions import Day, Line, Plan, build

SIGN_INS = {
    "trainer@demo.test": "Tara, a trainer of Northside",
    "trainer2@demo.test": "Theo, another trainer of Northside",
    "manager@demo.test": "Mona, manager of Northside",
    "physician@demo.test": "Dr Ada Okafor, a physician",
    "other@demo.test": "Olga, manager of Southside",
}
BASE = Plan(
    title="Back to base, weeks 1 to 4",
    phase=1,
    days=(
        Day("Day A", (
            Line("abdominal-brace", 2, 12, "4/2/1", 60, effort=3),
            Line("glute-bridge", 2, 15, "4/2/1", 60, effort=4),
            Line("single-leg-balance", 2, 12, "4/2/1", 30, effort=3),
        )),
        Day("Day B", (
            Line("bird-dog", 2, 12, "4/2/1", 60, effort=3),
            Line("wall-push-up", 2, 15, "4/2/1", 60, effort=4),
        )),
    ),
)  # fmt: skip


@transaction.atomic
def make_demo() -> None:
    """Write both studios. Moments lie in the last months, so that every state is seen on the first day."""
    _northside(now())
    _southside(now())


def _northside(at: datetime) -> None:
    start = at - timedelta(days=90)
    studio = staff.found_studio(
        name="Northside Studio", time_zone="Europe/London", phone="+442079460100", demo=True, at=start
    )
    tara = _member(studio, "trainer@demo.test", "Tara Trainer", Membership.Role.TRAINER, start)
    theo = _member(studio, "trainer2@demo.test", "Theo Trainer", Membership.Role.TRAINER, start)
    mona = _member(studio, "manager@demo.test", "Mona Manager", Membership.Role.MANAGER, start)
    okafor = _physician(studio, mona.user, "Dr Ada Okafor", "physician@demo.test", "Sports medicine", start)
    lindt = _physician(studio, mona.user, "Dr Leo Lindt", "lindt@clinic.demo.test", "Orthopaedics", start)
    address_book.add_physician(
        studio=studio, by=tara.user, name="Dr Nia Newcomer", credential="MD", licence="MD-55120", licence_place="Maine",
        clinic="Harbour Clinic", email="newcomer@clinic.demo.test", phone="+12025550188",
    )  # fmt: skip
    _blocked(tara, theo, okafor, lindt, at)
    _cleared(tara, theo, okafor, at)
    _stopped(tara, theo, okafor, lindt, at)


def _blocked(tara: Membership, theo: Membership, okafor: Physician, lindt: Physician, at: datetime) -> None:
    ines = _client(tara, "Ines Injured", date(1985, 4, 2), okafor, at - timedelta(days=25))
    _injury(
        ines,
        okafor,
        Area.LUMBAR_SPINE,
        Side.MIDLINE,
        2,
        at - timedelta(days=24),
        "Gradual since spring, worse on sitting.",
    )
    _client(tara, "Uma Uninjured", date(1993, 9, 20), okafor, at - timedelta(days=12))
    nora = _client(theo, "Nora Newcomer", date(1978, 1, 30), None, at - timedelta(days=3))
    log_injury(
        client=nora, by=theo.user, area=Area.ANKLE, side=Side.RIGHT, severity=1, tissue="sprain", onset="acute_sudden",
        at=at - timedelta(days=2),
    )  # fmt: skip
    wendy = _client(tara, "Wendy Waiting", date(1969, 11, 5), lindt, at - timedelta(days=15))
    _injury(
        wendy, lindt, Area.SHOULDER, Side.RIGHT, 2, at - timedelta(days=14), "Cannot lift the arm above the shoulder."
    )
    ask(
        client=wendy, physician=lindt, by=tara.user, on=(at - timedelta(days=2)).date(), at=at - timedelta(days=2),
        modes="mobility, light resistance below the shoulder", days_a_week=2, minutes=40, top_phase=1, top_effort=4,
        question="Is rowing with a band allowed?", reply_by=at.date() + timedelta(days=5), channel=Channel.LINK,
    )  # fmt: skip
    _on_paper(tara, theo, lindt, at)


def _on_paper(tara: Membership, theo: Membership, lindt: Physician, at: datetime) -> None:
    paula = _client(tara, "Paula Paper", date(1972, 6, 21), lindt, at - timedelta(days=20))
    _injury(paula, lindt, Area.HIP_GROIN, Side.LEFT, 2, at - timedelta(days=19), "Aches after walking downhill.")
    day = at - timedelta(days=8)
    asked, _ = ask(
        client=paula, physician=lindt, by=tara.user, on=day.date(), at=day, modes="balance, core, light resistance",
        days_a_week=2, minutes=40, top_phase=1, top_effort=5, channel=Channel.PAPER,
    )  # fmt: skip
    log_contact(request=asked, by=tara.user, kind="FAX", effect="SENT", spoke_with="the front desk", fee="25 $")
    signed_on = _day(paula, at - timedelta(days=1))
    draft = Draft(
        Outcome.CLEARED, covers=frozenset(one.injury_id for one in injuries_supervised(lindt, paula)),
        valid_from=signed_on, valid_until=signed_on + timedelta(days=60),
    )  # fmt: skip
    answer_on_paper(asked, draft=draft, signed_on=signed_on, typist=theo)


def _cleared(tara: Membership, theo: Membership, okafor: Physician, at: datetime) -> None:
    clara = _client(tara, "Clara Cleared", date(1990, 6, 11), okafor, at - timedelta(days=40))
    knee = _injury(clara, okafor, Area.KNEE, Side.LEFT, 1, at - timedelta(days=39), "Front of the knee, on stairs.")
    _sign(clara, okafor, at - timedelta(days=30), days=120)
    elsa = _client(tara, "Elsa Ending", date(1987, 3, 9), okafor, at - timedelta(days=35))
    _sign(elsa, okafor, at - timedelta(days=21), days=28)
    watch(clara, knee, elsa, at)
    build(client=clara, by=tara.user, plan=BASE)
    client_links.issue(client=clara, by=tara.user)
    rita = _client(theo, "Rita Restricted", date(1982, 12, 24), okafor, at - timedelta(days=35))
    _injury(rita, okafor, Area.SACROILIAC, Side.BOTH, 2, at - timedelta(days=34), "Both sides, since the second child.")
    _sign(rita, okafor, at - timedelta(days=20), days=90, restrictions=(
        Clause(Kind.NO_LOADED_MOTION, {"motions": ["flexion", "rotation"]}),
        Clause(Kind.LOAD_ABS_MAX, {"kilograms": "10", "zone": "any"}),
        Clause(Kind.IMPACT_LIMIT, {"at_most": "low"}),
        Clause(Kind.INTENSITY_CAP, {"rpe": 5}),
    ))  # fmt: skip
    build(client=rita, by=theo.user, plan=BASE)


def _stopped(tara: Membership, theo: Membership, okafor: Physician, lindt: Physician, at: datetime) -> None:
    edgar = _client(tara, "Edgar Expired", date(1975, 2, 17), okafor, at - timedelta(days=60))
    _injury(edgar, okafor, Area.ELBOW, Side.RIGHT, 1, at - timedelta(days=59), "Outer elbow, from tennis.")
    _sign(edgar, okafor, at - timedelta(days=40), days=39)
    harald = _client(theo, "Harald Held", date(1988, 8, 8), okafor, at - timedelta(days=50))
    _injury(harald, okafor, Area.NECK, Side.MIDLINE, 2, at - timedelta(days=49), "Stiff after a car accident.")
    _sign(harald, okafor, at - timedelta(days=30), days=90)
    build(client=harald, by=theo.user, plan=BASE)
    open_hold(client=harald, by=theo.user, reason="New tingling in both hands since this morning.")
    pia = _client(tara, "Pia Prolotherapy", date(1985, 10, 1), okafor, at - timedelta(days=45))
    fall = "Loose since a fall in March."
    back = _injury(pia, okafor, Area.LUMBAR_SPINE, Side.MIDLINE, 3, at - timedelta(days=44), fall)
    course = begin_treatment(pia, back, okafor, at)
    _sign(pia, okafor, at - timedelta(days=21), days=120, holds_through_course=True, rest_days=4, restrictions=(
        Clause(Kind.NO_LOADED_MOTION, {"motions": ["flexion", "rotation"]}),
        Clause(Kind.INTENSITY_CAP, {"rpe": 5}),
    ))  # fmt: skip
    go_on(pia, back, course, at)
    build(client=pia, by=tara.user, plan=BASE)
    feel_better(pia, back, at)
    nils = _client(theo, "Nils Not-Cleared", date(1999, 5, 19), lindt, at - timedelta(days=30))
    _injury(nils, lindt, Area.SHOULDER, Side.LEFT, 3, at - timedelta(days=29), "Dislocated twice this year.")
    answer = Draft(Outcome.NOT_CLEARED, conditions="The shoulder needs surgery first. Ask me again after it.")
    _sign_draft(nils, lindt, answer, at - timedelta(days=20))


def _southside(at: datetime) -> None:
    start = at - timedelta(days=60)
    studio = staff.found_studio(name="Southside Gym", time_zone="America/New_York", demo=True, at=start)
    olga = _member(studio, "other@demo.test", "Olga Other", Membership.Role.MANAGER, start)
    staff.change_policy(studio=studio, needs=Policy.Needs.INJURED_OR_FLAGGED, by=olga.user)
    ode = _physician(studio, olga.user, "Dr Olu Ode", "ode@clinic.demo.test", "Physiatry", at)
    otto = _client(olga, "Otto Outside", date(1980, 7, 7), ode, at)
    _injury(otto, ode, Area.FOOT, Side.RIGHT, 1, at, "Heel pain in the morning.")
    _client(olga, "Oda Outside", date(1996, 3, 3), None, at)


def _member(studio: Studio, email: str, name: str, role: str, at: datetime) -> Membership:
    return staff.invite(studio=studio, email=email, name=name, role=role, by=None, at=at)


def _physician(studio: Studio, manager: User, name: str, email: str, specialty: str, at: datetime) -> Physician:
    physician = address_book.add_physician(
        studio=studio, by=manager, at=at, name=name, credential="MD", specialty=specialty, email=email,
        clinic="Riverside Medical", phone="+12025550143", fax="+12025550144", licence="MD-20419", licence_place="Maine",
    )  # fmt: skip
    address_book.verify_physician(
        physician=physician,
        by=manager,
        how="called the clinic's front desk",
        source="the state medical register",
        at=at,
    )
    address_book.link_account(physician=physician, by=manager, at=at)
    physician.refresh_from_db()
    return physician


def _client(trainer: Membership, name: str, born: date, physician: Physician | None, at: datetime) -> Client:
    client = people.add_client(
        studio=trainer.studio, by=trainer.user, at=at, name=name, born=born, trainer=trainer, phone="+12025550171",
        email=f"{name.split(maxsplit=1)[0].lower()}@client.demo.test", emergency_name="Next of kin",
        emergency_phone="+12025550172",
        goals="Move without fear and get strong again.",
    )  # fmt: skip
    if physician:
        hand_over(client=client, physician=physician, by=trainer.user, at=at)
        day = _day(client, at)
        people.give_consent(
            client=client, physician=physician, how="PAPER", first_day=day, on=day, by=trainer.user, at=at,
            last_day=day + timedelta(days=364),
        )  # fmt: skip
    return client


def _injury(
    client: Client, physician: Physician, area: str, side: str, severity: int, at: datetime, description: str
) -> Injury:
    return log_injury(
        client=client, by=client.trainer.user, area=area, side=side, severity=severity, tissue="instability",
        onset="repetitive_gradual", description=description, supervised_by=physician, at=at,
    )  # fmt: skip


def _sign(client: Client, physician: Physician, at: datetime, *, days: int, **fields: Any) -> None:
    draft = Draft(
        outcome=Outcome.CLEARED_WITH_RESTRICTIONS if fields.get("restrictions") else Outcome.CLEARED,
        covers=frozenset(one.injury_id for one in injuries_supervised(physician, client)),
        valid_from=_day(client, at),
        valid_until=_day(client, at) + timedelta(days=days),
        **fields,
    )
    _sign_draft(client, physician, draft, at)


def _sign_draft(client: Client, physician: Physician, draft: Draft, at: datetime) -> None:
    assert physician.user
    shown = digest(read_back(client=client, physician=physician, draft=draft, on=_day(client, at)))
    sign(
        client=client, physician=physician, by=physician.user, draft=draft, name=physician.name, shown_sha256=shown,
        credential=physician.credential, licence=physician.licence, at=at, replaces=None,
    )  # fmt: skip


def _day(client: Client, at: datetime) -> date:
    return at.astimezone(ZoneInfo(client.studio.time_zone)).date()
