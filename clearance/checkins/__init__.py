"""Check-ins, readiness and screening, and the red flags that they raise.

May import injuries and everything below. Knows nothing of decisions and never calls upstairs: a red flag of the tiers
one to three opens a hold, as a trainer would, and the gate looks at holds; a flag of tier four waits for a trainer's
review, and whoever builds programs looks at it. Nothing here can open a gate, and no row is ever changed.
`red_flags.py` is pure: the whole table of rules.
"""
