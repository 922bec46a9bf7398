"""Injuries, treatment courses and holds.

May import people, exercises, anatomy and audit. Knows nothing of decisions: it never says that an injury is resolved,
and it never tells the gate; the gate looks. An injury's place, side, severity and supervising physician are periods
(`InjuryVersion`), so that a change is an amendment and every past moment stays known.
"""
