"""The trail: one immutable, hash-chained line per thing that happened in a studio, and the triggers that keep rows as
they were written.

The lowest floor: imports nothing of ours, so it names studios, clients and people by id. Never holds a diagnosis in
clear words beyond what the action's own sentence needs, and is never edited.
"""
