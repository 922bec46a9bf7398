"""A question as a letter: what its physician reads and fills in on paper."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from clearance.anatomy.areas import place
from clearance.anatomy.movements import MEASURED
from clearance.checkins.queries import readiness_when
from clearance.decisions.kinds import SHAPES, Kind
from clearance.decisions.models import Request, RequestStep
from clearance.decisions.queries import known_about, known_when_asked
from clearance.decisions.statement import MEANING, Known, recorded
from clearance.decisions.states import OPEN, stage_of
from clearance.exchange.letter import Letter, letter_pdf
from clearance.people.identity import phone_words
from clearance.people.queries import consent_in_force, renamed_since
from clearance.people.refused import Refused

# How a restriction reads beside its box, with blanks to fill in by hand.
BOXES: dict[str, str] = {
    Kind.AVOID_MOVEMENT_PATTERN: "Not these movements: ________",
    Kind.ROM_LIMIT: "At most ____° of ________",
    Kind.NO_END_RANGE: "Not to the end of the range",
    Kind.NO_LOADED_MOTION: "No bending or twisting under load",
    Kind.LOAD_ABS_MAX: "Lift at most ____ kg",
    Kind.NO_AXIAL_LOADING: "No load along the spine",
    Kind.NO_OVERHEAD: "Nothing overhead",
    Kind.IMPACT_LIMIT: "Impact: none / low / moderate at most",
    Kind.WEIGHT_BEARING: "Weight bearing: ________",
    Kind.POSITION_AVOID: "Not in these positions: ________",
    Kind.NO_UNILATERAL_STANCE: "No standing on one leg",
    Kind.GRIP_LIMIT: "Grip force: none / low / moderate at most",
    Kind.WRIST_EXTENSION_LOADED: "No load on the bent-back wrist",
    Kind.VALSALVA_AVOID: "No effort with held breath",
    Kind.INTENSITY_CAP: "Effort at most ____ of 10",
    Kind.SUPERVISION_REQUIRED: "Supervised by ________",
    Kind.PAIN_CAP: "Stop at pain above ____ of 10",
}
# A letter that is too long for one page gives up boxes first: everything fits into "Other".
MOST_BOXES = (10, 6, 2, 0)

Wish = tuple[str, str, str]


def check_printable(request: Request, *, at: datetime) -> None:
    """Raise Refused when a letter of this question would ask in vain, ask about another record, or share without
    consent; `at` is the moment of printing."""
    client = request.client
    if not request.code:
        raise Refused("This question has no letter code: it was asked before letters were. Ask again, then print.")
    stage = stage_of(request, at=at)
    if stage.kind not in OPEN:
        raise Refused(f"This question waits for no answer: {stage.label.lower()}. There is no letter to print.")
    on = at.astimezone(ZoneInfo(client.studio.time_zone)).date()
    if consent_in_force(client.pk, request.physician_id, on=on) is None:
        raise Refused(f"{client}'s consent to share with {request.physician} is not in force, so nothing is printed.")
    if _changed(request):
        raise Refused("The record has changed since you asked. Ask again, then print.")


def _changed(request: Request) -> bool:
    """The order in which injuries are listed is no change."""
    then, now = known_when_asked(request), known_about(request.client_id, request.physician_id, asked=request)
    renamed = renamed_since(request.client_id, request.at)
    return renamed or sorted(recorded(then)) != sorted(recorded(now))


def letter_of(request: Request, *, staff_url: str, usual: Iterable[Wish]) -> Letter:
    """Return the letter of a question, as the record was when it was asked. `staff_url` is the absolute address under
    which staff file the answer, `usual` the restrictions to offer as (kind, area, side), the likeliest first."""
    client, physician, known = request.client, request.physician, known_when_asked(request)
    studio = client.studio
    return Letter(
        studio=studio.name, studio_phone=phone_words(studio.phone), studio_fax="", trainer=request.by.name,
        physician=physician.name, credential=physician.credential, clinic=physician.clinic,
        physician_fax=phone_words(physician.fax),
        asked_on=request.at.astimezone(ZoneInfo(studio.time_zone)).date(), reply_by=request.reply_by,
        client_name=client.name, born=client.born, injuries=_injuries(request, known),
        treatment=_treatment(known), stops=_said(known, "Recorded holds"),
        planned=_line(known, "Planned"), movements="", question=_question(request), restrictions=_boxes(usual),
        meaning=MEANING, short_code=short_code(request), staff_url=staff_url,
        access_code=request.access_code if request.links.exists() else "", readiness=_readiness(request),
    )  # fmt: skip


def printed(letter: Letter) -> bytes:
    """Return the letter as a PDF of one page with as many restrictions to tick as fit; the readiness makes way first.
    Raises Refused when not even that fits."""
    ways = [(most, said) for most in MOST_BOXES for said in dict.fromkeys((letter.readiness, ""))]
    for most, readiness in ways[:-1]:
        try:
            return letter_pdf(replace(letter, restrictions=letter.restrictions[:most], readiness=readiness))
        except Refused:
            continue
    return letter_pdf(replace(letter, restrictions=(), readiness=""))


def short_code(request: Request) -> str:
    """Return the code of a letter as people read it aloud: in two halves."""
    return f"{request.code[:4]}-{request.code[4:]}"


def _injuries(request: Request, known: Known) -> tuple[str, ...]:
    """The words that the statement will hold; an injury that the question leaves out is marked as such."""
    asked = set(request.asked_about.values_list("injury", flat=True))
    lines = [line for line in recorded(known) if line.startswith("Recorded injury: ")]
    words = [line.removeprefix("Recorded injury: ").rstrip(".") for line in lines]
    left_out = [bool(asked) and one.injury_id not in asked for one in known.injuries]
    return tuple(f"{said} (not asked about)" if out else said for said, out in zip(words, left_out, strict=True))


def _readiness(request: Request) -> str:
    """The readiness that was the newest when the question was asked."""
    known = readiness_when(request.client_id, at=request.at)
    if known is None:
        return ""
    return f"On {known.on.day} {known.on:%B %Y}: {known}."


def _treatment(known: Known) -> tuple[str, ...]:
    starts = (
        "Recorded treatment sessions",
        "Recorded plan for a treatment session",
        "Recorded end of a treatment course",
        "Recorded screening",
    )
    return tuple(line for start in starts for line in _said(known, start))


def _said(known: Known, start: str) -> tuple[str, ...]:
    """The recorded line that begins like this, without the word that all of them begin with."""
    said = [line.removeprefix("Recorded ") for line in recorded(known) if line.startswith(f"{start}: ")]
    return tuple(f"{one[:1].upper()}{one[1:]}" for one in said)


def _line(known: Known, start: str) -> str:
    said = [line.removeprefix(f"{start}: ") for line in recorded(known) if line.startswith(f"{start}: ")]
    return said[-1].rstrip(".") if said else ""


def _question(request: Request) -> str:
    told = request.steps.filter(kind=RequestStep.Kind.TOLD).exclude(note="").order_by("at", "id")
    return " ".join([request.question, *(f"Told since: {one.note}" for one in told)]).strip()


def _boxes(usual: Iterable[Wish]) -> tuple[str, ...]:
    wishes = [one for one in usual if one[0] in BOXES]
    placed = {kind for kind, area, _ in wishes if area}
    return tuple(dict.fromkeys(_box(*one) for one in wishes if one[1] or one[0] not in placed))


def _box(kind: str, area: str, side: str) -> str:
    placed = area and (SHAPES[kind].placed or (kind == Kind.ROM_LIMIT and area in MEASURED))
    said = BOXES[kind]
    return f"{place(area, side)}: {said[:1].lower()}{said[1:]}" if placed else said
