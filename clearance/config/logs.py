"""What must not stand in a log: the token of a link is half of a physician's or a client's key."""

import logging
import re

TOKEN = re.compile(r"(/(?:answer|my)/)[^/\s\"']+")


class HideTokens(logging.Filter):
    """Write `/answer/…` and `/my/…` in place of the address of a link, wherever it is logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = TOKEN.sub(r"\1…", record.getMessage()), ()
        return True
