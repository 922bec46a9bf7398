"""Programs that obey the clearance: versions, workouts, prescriptions, and the check of each exercise.

May import the gate and everything below. No version is stored without a pass of the same transaction; a stored version
is never changed, a change is a new version with a pass of its own. What a stored version says is used only while the
gate is open and only as far as it obeys the restrictions of the day: a tighter decision puts it on hold.
"""
