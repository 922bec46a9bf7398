"""The SMTP server of the tests, for every test of this folder."""

from tests.postbox import inbox

__all__ = ["inbox"]
