"""Programs that obey the clearance: versions, workouts, prescriptions, and the check of each exercise.

May import the gate and everything below. No version is stored without a pass of the same transaction; a stored version is
never changed, a change is a new version with a pass of its own.
"""
