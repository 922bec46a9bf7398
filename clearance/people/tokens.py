"""Tokens of links: 256 bits made from the installation's SECRET_KEY and a link's nonce, so that the sender can make one
again for a retry; stored is only the SHA-256. Whoever reads the database learns no token. Each kind of link has a salt
of its own: a token of one kind is none of the other.
"""

import base64
import hashlib
import secrets

from django.utils.crypto import constant_time_compare, salted_hmac

MOST_WRONG_CODES = 5
TOKEN_LENGTH = 43


def nonce() -> str:
    """Return what a new link's token is made from."""
    return secrets.token_hex(16)


def access_code() -> str:
    """Return a new access code of eight digits."""
    return f"{secrets.randbelow(10**8):08}"


def make(nonce: str, *, salt: str) -> str:
    """Return the token of a nonce, for links of the kind of a salt."""
    made = salted_hmac(salt, nonce, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def sha256(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def could_be(token: str) -> bool:
    """Say whether a text has the form of a token, exactly as it was mailed."""
    return len(token) == TOKEN_LENGTH and token.isascii()


def same_code(said: str, code: str) -> bool:
    """Compare an access code. An empty one is never right."""
    return bool(code) and constant_time_compare(said, code)
