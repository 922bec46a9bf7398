"""Paper: the letter to print, the paper that comes back, typed by one person and compared by a second."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from clearance.decisions import access as door
from clearance.decisions import papers as actions
from clearance.decisions.kinds import Kind
from clearance.decisions.models import Decision, Paper, Request
from clearance.decisions.queries import asked_versions, known_when_asked, papers_of, transcription_of
from clearance.decisions.states import Kind as StageKind
from clearance.decisions.states import stage_of
from clearance.exchange.question import Wish, check_printable, letter_of, printed, short_code
from clearance.exchange.scans import cleaned
from clearance.exercises.queries import names
from clearance.pages.client_frame import client_page
from clearance.pages.forms.base import posted
from clearance.pages.forms.papers import CompareForm, PaperForm, RejectForm, TranscriptForm
from clearance.pages.forms.restrictions import EVERYWHERE, USUAL, usual_for
from clearance.pages.may import SignedIn, may
from clearance.people import access
from clearance.people.lock import now
from clearance.people.models import Client, User
from clearance.people.refused import Refused
from clearance.people.roles import Permission

# A file from outside is only ever saved, never shown as a page of ours.
SHUT_IN = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


@require_safe
@may(Permission.ASK_PHYSICIANS)
def letter(request: SignedIn, client_id: int, request_id: int) -> HttpResponse:
    """The question as one page to fax, post or hand over."""
    client = access.client_for(request.membership, client_id)
    asked = door.request_for(client, request_id)
    check_printable(asked, at=now())
    url = request.build_absolute_uri(reverse("letter_code", args=[asked.code]))
    content = printed(letter_of(asked, staff_url=url, usual=_usual(asked)))
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="letter-{asked.code}.pdf"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _usual(asked: Request) -> list[Wish]:
    """The restrictions that are asked for most often: for each place, and then for everywhere."""
    wishes = [(kind, area, side) for area, side in _places(asked) for kind in USUAL[area]]
    return [*((str(kind), area, side) for kind, area, side in wishes), *((str(kind), "", "") for kind in EVERYWHERE)]


def _places(asked: Request) -> list[tuple[str, str]]:
    known = asked_versions(asked) or known_when_asked(asked).injuries
    return list(dict.fromkeys((one.area, one.side) for one in known))


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.HANDLE_PAPERS)
def new(request: SignedIn, client_id: int, request_id: int) -> HttpResponse:
    """File what came back under its question."""
    client = access.client_for(request.membership, client_id)
    asked = door.request_for(client, request_id)
    if stage_of(asked, at=now()).kind == StageKind.WITHDRAWN:
        raise Refused("This question was withdrawn, so no paper is filed under it. Ask again.")
    form = PaperForm(posted(request), request.FILES or None)
    if form.carry_out(lambda said: _receive(request, asked, **said)):
        messages.success(request, "Filed. Now type what it says.")
        return redirect("paper_transcribe", client.pk, form.result.pk)
    return client_page(
        request, "papers/new.html", client, form=form, status=form.status, asked=asked, rule=actions.RULE,
        code=short_code(asked) if asked.code else "", filed=[_filed(one) for one in papers_of(asked)],
        request_url=reverse("request", args=[client.pk, asked.pk]),
    )  # fmt: skip


def _receive(request: SignedIn, asked: Request, *, how: str, file: Any) -> Paper:
    clean = cleaned(file.read(), name=file.name)
    return actions.receive_paper(
        request=asked, by=request.user, how=how, content=clean.content, media=clean.media, previews=clean.previews
    )


def _filed(paper: Paper) -> dict[str, Any]:
    """A paper of this question, and how far it has come."""
    typed = [one for one in paper.decisions.all() if not hasattr(one, "void")]
    compared = bool(typed) and hasattr(typed[0], "second_look")
    word = "compared" if compared else "typed, not yet compared" if typed else "not yet typed"
    return {"paper": paper, "typed": typed[0] if typed else None, "word": word}


@require_safe
@may(Permission.HANDLE_PAPERS)
def file(request: SignedIn, client_id: int, paper_id: int) -> HttpResponse:
    """The stored file, to save."""
    paper = door.paper_for(access.client_for(request.membership, client_id), paper_id)
    return _saved(paper, str(paper.file.name), paper.media, f"paper-{paper.pk}.{EXTENSIONS.get(paper.media, 'bin')}")


@require_safe
@may(Permission.HANDLE_PAPERS)
def page(request: SignedIn, client_id: int, paper_id: int, number: int) -> HttpResponse:
    """The picture of one page, the first is 1."""
    paper = door.paper_for(access.client_for(request.membership, client_id), paper_id)
    stored = actions.preview_name(paper, number)
    return _saved(paper, stored, "image/jpeg", f"paper-{paper.pk}-{number}.jpg")


def _saved(paper: Paper, stored: str, media: str, name: str) -> HttpResponse:
    try:
        with paper.file.storage.open(stored) as content:
            answer = HttpResponse(content.read(), content_type=media, headers=SHUT_IN)
    except OSError:
        raise Http404("The file is not in the store.") from None
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.HANDLE_PAPERS)
def transcribe(request: SignedIn, client_id: int, paper_id: int) -> HttpResponse:
    """Type what the paper says, beside it."""
    client = access.client_for(request.membership, client_id)
    paper = door.paper_for(client, paper_id)
    typed = transcription_of(paper)
    if typed:
        messages.info(request, "This paper is typed already.")
        return redirect("decision", client.pk, typed.pk)
    physician, injuries = paper.request.physician, _coverable(paper, client)
    form = TranscriptForm(posted(request), physician=physician, injuries=injuries, exercises=names())
    if not form.unjudged and form.carry_out(lambda said: _type(request, paper, form, said)):
        _say_typed(request, form.result)
        return redirect("decision", client.pk, form.result.pk)
    return client_page(
        request, "papers/transcribe.html", client, status=200 if form.unjudged else form.status, paper=paper,
        form=form, problems=form.problems, usual=usual_for(_places(paper.request)),
        kinds=Kind.choices, pages=range(1, paper.pages + 1), rule=actions.RULE,
    )  # fmt: skip


def _coverable(paper: Paper, client: Client) -> list[Any]:
    paper.request.client = client
    return asked_versions(paper.request)


def _type(request: SignedIn, paper: Paper, form: TranscriptForm, said: dict[str, Any]) -> Decision:
    return actions.transcribe(
        paper=paper, by=request.user, draft=form.draft, signed_on=said["signed_on"], name=said["signed_name"],
        credential=said["signed_credential"], licence=said["signed_licence"],
    )  # fmt: skip


def _say_typed(request: SignedIn, decision: Decision) -> None:
    if decision.opens:
        messages.warning(request, "Typed. It opens nothing before a second person has compared it with the paper.")
    else:
        messages.success(request, "Typed. It does not clear, so it counts at once. A second person compares it too.")


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.HANDLE_PAPERS)
def check(request: SignedIn, client_id: int, decision_id: int) -> HttpResponse:
    """The second look: the scan beside every line that was typed."""
    client = access.client_for(request.membership, client_id)
    decision = door.decision_for(client, decision_id)
    obstacle = obstacle_to_compare(decision, request.user)
    if obstacle:
        raise Refused(obstacle)
    rejecting = "reject" in request.POST
    compare = CompareForm(None if rejecting else posted(request), decision=decision)
    reject = RejectForm(request.POST if rejecting else None)
    if reject.carry_out(lambda said: actions.reject(decision=decision, by=request.user, reason=said["reason"])):
        messages.warning(request, "Rejected. Type the paper again, then somebody else compares it.")
        return redirect("decision", client.pk, decision.pk)
    if compare.carry_out(lambda said: _confirm(request, decision, said)):
        messages.success(request, f"Confirmed. The paper of {decision.physician} counts.")
        return redirect("client", client.pk)
    form = reject if rejecting else compare
    return client_page(
        request, "papers/check.html", client, status=form.status, decision=decision, paper=decision.paper,
        form=form, compare=compare, reject=reject, pages=range(1, (decision.paper.pages if decision.paper else 0) + 1),
    )  # fmt: skip


def obstacle_to_compare(decision: Decision, user: User) -> str:
    """Say why somebody cannot be the second person for a decision, or return an empty string."""
    if decision.route != Decision.Route.PAPER:
        return "Only an answer on paper is compared by a second person."
    if hasattr(decision, "second_look") or hasattr(decision, "void"):
        return "Somebody has looked at this already."
    if decision.entered_by_id == user.pk:
        return "You typed this yourself. A second person has to compare it with the paper."
    return ""


def _confirm(request: SignedIn, decision: Decision, said: dict[str, Any]) -> Any:
    return actions.confirm(decision=decision, by=request.user, called_back=said["called_back"])
