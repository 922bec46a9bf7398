"""Questions to physicians, and their signed words: decisions, coverage, restrictions.

May import injuries and everything below. Never judges whether the gate is open; never edits what is signed. A
physician's newest decision on a client replaces the earlier ones completely.
"""
