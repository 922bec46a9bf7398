"""The top floor: settings, URLs, the embedded PostgreSQL and the demo. May import everything; nothing imports it.

The environment is read in `settings.py` and nowhere else.
"""
