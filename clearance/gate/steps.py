"""The one next step for each reason of the gate. Pure."""

from enum import StrEnum

from clearance.gate.rule import Code


class Step(StrEnum):
    """The one thing that moves a shut gate on."""

    NAME_PHYSICIAN = "NAME_PHYSICIAN"
    VERIFY_PHYSICIAN = "VERIFY_PHYSICIAN"
    RECORD_CONSENT = "RECORD_CONSENT"
    ASK_PHYSICIAN = "ASK_PHYSICIAN"
    CHANGE_PHYSICIAN = "CHANGE_PHYSICIAN"
    CONFIRM_PAPER = "CONFIRM_PAPER"
    WAIT = "WAIT"


STEPS = {
    Code.NO_PHYSICIAN: Step.NAME_PHYSICIAN,
    Code.PHYSICIAN_UNVERIFIED: Step.VERIFY_PHYSICIAN,
    Code.NO_CONSENT: Step.RECORD_CONSENT,
    Code.NOT_MY_PATIENT: Step.CHANGE_PHYSICIAN,
    Code.PAPER_UNVERIFIED: Step.CONFIRM_PAPER,
    Code.NOT_YET: Step.WAIT,
    Code.RESTING: Step.WAIT,
}


def step_of(code: Code) -> Step:
    """Return what moves a gate on that is shut for this reason: as a rule, to ask the physician."""
    return STEPS.get(code, Step.ASK_PHYSICIAN)
