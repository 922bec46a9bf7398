"""What waits, and on whom: the board's SQL says of every question what its history says."""

from datetime import date, timedelta

import pytest

from clearance.decisions import board, links, questions
from clearance.decisions.actions import void_decision
from clearance.decisions.models import Link, Outcome, Request, RequestStep
from clearance.decisions.statement import Draft
from clearance.decisions.states import OPEN, Kind, stage_of
from clearance.injuries.actions import hand_over
from clearance.people import actions as people
from clearance.people.lock import now
from clearance.people.models import Channel, Studio

ENVELOPE = {"modes": "core", "days_a_week": 2, "minutes": 40, "top_phase": 1, "top_effort": 5}
DEFERRED, CLEARED = Outcome.DEFERRED, Outcome.CLEARED
Step = RequestStep.Kind


@pytest.fixture
def ask(cast, monkeypatch):
    monkeypatch.setattr(questions, "AT_ONCE", timedelta(0))

    def ask(channel=Channel.LINK, **other):
        by = {"client": cast.ines, "physician": cast.okafor, "by": cast.tara.user, "on": cast.today()}
        return questions.ask(**by, channel=channel, **ENVELOPE | other)[0]

    return ask


@pytest.fixture
def lapsed(ask):
    """A question whose link has ended by itself."""
    Studio.objects.update(link_days=0, ask_again_hours=0)
    return ask()


def log(cast, request, effect):
    questions.log_contact(request=request, by=cast.tara.user, effect=effect, kind="CALL")


def wrong(request):
    for _ in range(5):
        links.enter_code(link=Link.objects.get(request=request, until=None), code="x")


def void(cast, decision):
    void_decision(decision=decision, by=cast.mona.user, reason="Wrong client")


def tell(cast, request):
    cast.refuse(cast.ines, DEFERRED)
    questions.tell_more(request=request, by=cast.tara.user, words="It is the left knee.")


STORIES = {
    "a link that has not left": (Channel.LINK, lambda cast, one: None, Kind.DRAFTED, False),
    "a link that has left": (Channel.LINK, lambda cast, one: questions.note_sent(request=one), Kind.SENT, False),
    "a link that came back": (Channel.LINK, lambda cast, one: questions.note_bounced(request=one, why="x"), Kind.BOUNCED, True),
    "a locked link": (Channel.LINK, lambda cast, one: wrong(one), Kind.LOCKED, True),
    "a letter that has not left": (Channel.PAPER, lambda cast, one: None, Kind.DRAFTED, True),
    "a letter that was handed over": (Channel.PAPER, lambda cast, one: log(cast, one, Step.SENT), Kind.SENT, False),
    "a letter that came back": (Channel.PAPER, lambda cast, one: log(cast, one, Step.BOUNCED), Kind.BOUNCED, True),
    "an account": (Channel.ACCOUNT, lambda cast, one: None, Kind.DRAFTED, False),
    "needs more by account": (Channel.ACCOUNT, lambda cast, one: cast.refuse(cast.ines, DEFERRED), Kind.NEEDS_MORE, True),
    "told more by account": (Channel.ACCOUNT, tell, Kind.TOLD, False),
    "told more by link": (Channel.LINK, tell, Kind.DRAFTED, False),
    "told more by letter": (Channel.PAPER, tell, Kind.TOLD, True),
    "a void answer": (Channel.ACCOUNT, lambda cast, one: void(cast, cast.sign(cast.ines)), Kind.DRAFTED, False),
}  # fmt: skip


def found(cast, request, at=None):
    at = at or now()
    on_board = board.on_board(cast.north.pk, at=at).filter(pk=request.pk).values_list("state", flat=True)
    return list(on_board), board.awaited(at).filter(pk=request.pk).exists()


def read(request, at=None):
    one = board.with_history(Request.objects.filter(pk=request.pk))[0]
    stage = stage_of(one, at=at or now())
    return stage.kind, board.needs_studio(one, stage)


@pytest.mark.parametrize("story", STORIES)
def test_the_board_and_the_history_say_the_same(cast, ask, story):
    cast.knee
    channel, happens, kind, ours = STORIES[story]
    request = ask(channel)
    happens(cast, request)
    request.refresh_from_db()
    assert read(request) == (kind, ours)
    assert found(cast, request) == ([kind], not ours)


def test_a_link_lapses_by_itself_and_a_new_one_waits_again(cast, lapsed):
    assert read(lapsed) == (Kind.EXPIRED, True)
    assert found(cast, lapsed) == ([Kind.EXPIRED], False)
    Studio.objects.update(link_days=7)
    questions.send_again(request=lapsed, by=cast.tara.user)
    assert read(lapsed) == (Kind.DRAFTED, False)
    assert found(cast, lapsed) == ([Kind.DRAFTED], True)
    later = now() + timedelta(days=8)
    assert read(lapsed, later) == (Kind.EXPIRED, True)
    assert found(cast, lapsed, later) == ([Kind.EXPIRED], False)


def test_a_locked_link_stays_locked_when_its_days_are_over(cast, ask):
    request = ask()
    wrong(request)
    later = now() + timedelta(days=8)
    assert read(request, later) == (Kind.LOCKED, True)
    assert found(cast, request, later) == ([Kind.LOCKED], False)


def test_a_call_after_the_link_has_lapsed_says_that_it_was_handed_over(cast, lapsed):
    log(cast, lapsed, Step.SENT)
    assert read(lapsed) == (Kind.SENT, False)
    assert found(cast, lapsed) == ([Kind.SENT], True)


def test_a_letter_sent_again_by_link_is_on_its_way(cast, ask):
    request = ask(Channel.PAPER)
    Studio.objects.update(ask_again_hours=0)
    questions.send_again(request=request, by=cast.tara.user)
    assert read(request) == (Kind.DRAFTED, False)
    assert found(cast, request) == ([Kind.DRAFTED], True)


@pytest.mark.parametrize(
    "settles",
    [
        lambda cast, one: cast.sign(cast.ines),
        lambda cast, one: cast.refuse(cast.ines, Outcome.NOT_MY_PATIENT),
        lambda cast, one: questions.withdraw_request(request=one, by=cast.tara.user, reason="x"),
        lambda cast, one: log(cast, one, Step.DECLINED),
    ],
)
def test_what_is_settled_waits_for_nobody(cast, ask, settles):
    request = ask()
    settles(cast, request)
    kind, ours = read(request)
    assert kind not in (*OPEN, Kind.NEEDS_MORE)
    assert not ours
    assert found(cast, request) == ([], False)


def test_a_replaced_question_waits_for_nobody_and_its_successor_does(cast, ask):
    first, second = ask(), ask(minutes=50)
    assert found(cast, first) == ([], False)
    assert found(cast, second) == ([Kind.DRAFTED], True)
    assert [one.pk for one in board.newest_questions([cast.ines.pk])] == [second.pk]


def test_other_studios_and_archived_clients_are_not_on_the_board(cast, ask):
    request = ask()
    assert not board.on_board(cast.south.pk, at=now()).exists()
    people.archive_client(client=cast.ines, by=cast.mona.user)
    assert found(cast, request)[0] == []


def test_the_median_is_over_what_was_answered(cast):
    then = now() - timedelta(days=20)
    by, day = cast.tara.user, then.date()
    old = people.add_client(studio=cast.north, by=by, name="Old", born=date(1980, 1, 1), trainer=cast.tara, at=then)
    hand_over(client=old, physician=cast.okafor, by=by, at=then)
    consent = {"client": old, "physician": cast.okafor, "how": "PAPER", "first_day": day, "last_day": cast.today()}
    people.give_consent(**consent, by=by, on=day, at=then)

    def asks(ago):
        at = now() - timedelta(days=ago)
        questions.ask(client=old, physician=cast.okafor, by=by, on=at.date(), at=at, **ENVELOPE)

    for asked, answered in ((15, 13), (10, 4)):
        asks(asked)
        at = now() - timedelta(days=answered)
        cast.sign(old, draft=Draft(outcome=DEFERRED, conditions="More."), at=at)
    since = now() - timedelta(days=365)
    (row,) = board.answer_times(cast.north.pk, "physician", since=since)
    assert (row["asked"], row["answered"]) == (2, 2)
    assert timedelta(days=3.9) < row["median"] < timedelta(days=4.1)
    asks(2)
    (row,) = board.answer_times(cast.north.pk, "physician", since=since)
    assert (row["asked"], row["answered"]) == (3, 2)
    assert list(board.answer_times(cast.north.pk, "physician", since=now())) == []
