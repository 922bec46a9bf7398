"""Areas, sides, movements and loads: the enumerations everything above speaks in.

Values only: no tables, no database, no clock. May import nothing of ours.
The slugs are our own keys; OSIICS and SMDCS letters (Bahr et al., BJSM 2020;54:372-389) are attributes, because they
are not unique.
"""
