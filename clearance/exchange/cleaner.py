"""The process that opens what strangers sent: one file from stdin, its clean remake to stdout, then the end.

It starts without Django and, before it reads the first byte, gives up for good: memory, time, opening files or
connections, starting programs. A decoder that runs wild or is taken over can harm nothing but this process.
"""

import codecs
import json
import logging
import os
import resource
import signal
import sys

from pypdf.errors import LimitReachedError

from clearance.exchange import papers, pictures
from clearance.exchange.bounds import CPU_SECONDS, MOST_ANSWER, MOST_BYTES, MOST_MEMORY, Cause, Spoiled

FAILED = 70
# Python loads these when it first meets them, which is too late once no file can be opened.
CODECS = "ascii latin-1 cp1252 utf-8 utf-16 utf-16-be utf-16-le unicode_escape charmap"


def main() -> None:
    """Answer for the file on stdin: a line of JSON, then the content and its previews."""
    try:
        confine()
        answer = _answer(sys.stdin.buffer.read(MOST_BYTES + 1))
        sys.stdout.buffer.write(answer)
        sys.stdout.buffer.flush()
    except BaseException:
        os._exit(FAILED)
    os._exit(0)


def confine() -> None:
    """Give up everything that cleaning does not need. Nothing of it can be taken back."""
    for codec in CODECS.split():
        codecs.lookup(codec)
    logging.disable(logging.CRITICAL)
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, MOST_ANSWER),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 3),
    ):
        hard = resource.getrlimit(kind)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, least))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGPROF, signal.SIGXCPU})


def _answer(content: bytes) -> bytes:
    try:
        made, previews = papers.rebuilt(content) if content.startswith(b"%PDF-") else pictures.redrawn(content)
    except Spoiled as spoiled:
        return _told(spoiled.cause)
    except (MemoryError, RecursionError, LimitReachedError):
        return _told(Cause.TOO_COMPLEX)
    except Exception:
        return _told(Cause.BROKEN)
    head = json.dumps({"lengths": [len(made), *map(len, previews)]}).encode()
    return b"".join([head, b"\n", made, *previews])


def _told(cause: Cause) -> bytes:
    return json.dumps({"cause": cause.name}).encode() + b"\n"
