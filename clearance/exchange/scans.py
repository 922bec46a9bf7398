"""Answers that physicians send on paper: a scan, a photo or a fax, made safe to keep and to show.

The file is judged by its content alone. It is opened only by `cleaner`, in a process of its own with little memory,
little time, no files and no network; the web process sees nothing but what that process made anew.
"""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

from clearance.exchange.bounds import MOST_ANSWER, MOST_BYTES, MOST_PAGES, WALL_SECONDS, Cause, Spoiled
from clearance.people.refused import Refused

__all__ = ["MOST_BYTES", "MOST_PAGES", "CleanScan", "cleaned"]

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
EXTENSIONS = {PDF: "pdf", JPEG: "jpg", PNG: "png"}
OPENINGS = {PDF: b"%PDF-", JPEG: b"\xff\xd8\xff", PNG: b"\x89PNG\r\n\x1a\n"}
START = "import sys; sys.path += sys.argv[1:]; from clearance.exchange.cleaner import main; main()"
# The cleaner ends with this when it could not even say why; Python itself ends with 1 when it did not start.
FAILED = 70


@dataclass(frozen=True)
class CleanScan:
    """A file made anew from what was sent. `previews` holds one JPEG per page, its longest side at most 1600 pixels."""

    media: str
    extension: str
    content: bytes
    previews: tuple[bytes, ...]

    @property
    def pages(self) -> int:
        """How many pages the paper has."""
        return len(self.previews)


def cleaned(content: bytes, *, name: str = "") -> CleanScan:
    """Make a sent PDF, JPEG or PNG safe to keep. The name is believed in nothing. Raises Refused beside `file`."""
    try:
        media = _recognised(content)
        return _read(_made_anew(content), media)
    except Spoiled as spoiled:
        raise Refused(spoiled.cause.value, field="file") from None


def _recognised(content: bytes) -> str:
    if not content:
        raise Spoiled(Cause.EMPTY)
    if len(content) > MOST_BYTES:
        raise Spoiled(Cause.TOO_LARGE)
    for media, opening in OPENINGS.items():
        if content.startswith(opening):
            return media
    raise Spoiled(Cause.NOT_ACCEPTED)


def _made_anew(content: bytes) -> bytes:
    """What the cleaner answers. All three channels are files in memory, so that health data never touch a disk."""
    with _channel() as given, _channel() as answer, _channel() as errors:
        given.write(content)
        given.seek(0)
        code = _run(given, answer, errors)
        if code < 0 or code == FAILED:
            raise Spoiled(Cause.TOO_COMPLEX)
        if code:
            errors.seek(0)
            raise RuntimeError(f"The cleaner of scans did not start: {errors.read(4000).decode(errors='replace')}")
        answer.seek(0)
        return answer.read(MOST_ANSWER)


def _channel() -> IO[bytes]:
    return os.fdopen(os.memfd_create("scan"), "w+b")


def _run(given: IO[bytes], answer: IO[bytes], errors: IO[bytes]) -> int:
    # -I and -S: no Django, no environment, no start-up files; the process is told where its few packages are.
    command = [sys.executable, "-I", "-S", "-B", "-c", START, *_places()]
    try:
        finished = subprocess.run(  # noqa: S603
            command, stdin=given, stdout=answer, stderr=errors, env={}, cwd="/", timeout=WALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise Spoiled(Cause.TOO_COMPLEX) from None
    return finished.returncode


@cache
def _places() -> Sequence[str]:
    """The folders of our own package and of the three that the cleaner needs."""
    found = [str(Path(__file__).resolve().parents[2])]
    for package in ("pypdf", "PIL", "pypdfium2"):
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.origin is not None:
            found.append(str(Path(spec.origin).parents[1]))
    return tuple(dict.fromkeys(found))


def _read(answer: bytes, media: str) -> CleanScan:
    """Take the cleaner's answer apart. It is believed no further than it proves to be well-formed."""
    head, _, body = answer.partition(b"\n")
    try:
        told = json.loads(head)
        if "cause" in told:
            raise Spoiled(Cause[told["cause"]])
        lengths = [int(length) for length in told["lengths"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Spoiled(Cause.TOO_COMPLEX) from None
    content, *previews = _pieces(body, lengths)
    if not content.startswith(OPENINGS[media]) or not all(view.startswith(OPENINGS[JPEG]) for view in previews):
        raise Spoiled(Cause.TOO_COMPLEX)
    return CleanScan(media, EXTENSIONS[media], content, tuple(previews))


def _pieces(body: bytes, lengths: Sequence[int]) -> list[bytes]:
    if not 2 <= len(lengths) <= MOST_PAGES + 1 or min(lengths) <= 0 or sum(lengths) != len(body):
        raise Spoiled(Cause.TOO_COMPLEX)
    ends = [sum(lengths[: number + 1]) for number in range(len(lengths))]
    return [body[end - length : end] for end, length in zip(ends, lengths, strict=True)]
