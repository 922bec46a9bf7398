"""The exercise library: entries tagged with every property a restriction can test.

May import anatomy and audit. Never asks who a client is. A missing property makes an entry unavailable to anybody under
a restriction: unknown means refused.
"""
