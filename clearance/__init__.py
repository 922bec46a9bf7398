"""Clearance: no exercise program without the supervising physician's word.

The rule that decides is `clearance/gate/rule.py`; the lock that enforces it is `clearance/gate/guard.py`.
"""
