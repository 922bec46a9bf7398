"""Who may do what: one table, role by permission, with the sentence that people see when they may not."""

from enum import Enum

from clearance.people.models import Membership

TRAINER, MANAGER, PHYSICIAN = Membership.Role.TRAINER, Membership.Role.MANAGER, "PHYSICIAN"
STAFF = frozenset({TRAINER, MANAGER})


class Permission(Enum):
    """Each permission: who has it, and what to say to others."""

    SEE_CLIENTS = (STAFF, "Only a studio's trainers and managers see its clients.")
    EDIT_CLIENTS = (STAFF, "Only a studio's trainers and managers change its clients.")
    LOG_INJURIES = (STAFF, "Only a studio's trainers and managers log injuries.")
    OPEN_HOLDS = (STAFF, "Only a studio's trainers and managers open a hold.")
    CHECK_IN = (STAFF, "Only a studio's trainers and managers record check-ins, readiness and screenings.")
    REVIEW_FLAGS = (STAFF, "Only a studio's trainers and managers review a red flag.")
    INVITE_CLIENTS = (STAFF, "Only a studio's trainers and managers send a client's personal link.")
    ASK_PHYSICIANS = (STAFF, "Only a studio's trainers and managers ask a physician.")
    HANDLE_PAPERS = (STAFF, "Only a studio's trainers and managers file papers and compare them.")
    BUILD_PROGRAMS = (STAFF, "Only a studio's trainers and managers build programs.")
    EDIT_PHYSICIANS = (STAFF, "Only a studio's trainers and managers keep its address book.")
    VERIFY_PHYSICIANS = (frozenset({MANAGER}), "Only a manager verifies a physician's contact.")
    VOID_ENTRIES = (frozenset({MANAGER}), "Only a manager voids an entry made by mistake.")
    SEE_CASELOAD = (frozenset({MANAGER}), "Only a manager sees the whole caseload.")
    RUN_STUDIO = (frozenset({MANAGER}), "Only a manager changes the studio, its staff and its policy.")
    SEE_TRAIL = (frozenset({MANAGER}), "Only a manager reads the studio's trail.")
    DECIDE = (
        frozenset({PHYSICIAN}),
        "Only a physician whose contact a studio has linked to this account decides here.",
    )

    def __init__(self, roles: frozenset[str], sentence: str) -> None:
        self.roles = roles
        self.sentence = sentence
