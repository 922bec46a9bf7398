"""What is stored: the questions, and the decisions that answer them."""

from clearance.decisions.models.decisions import (
    OPENING,
    Coverage,
    Decision,
    DecisionVoid,
    Outcome,
    PaperCheck,
    Restriction,
)
from clearance.decisions.models.requests import (
    CodeTry,
    Contact,
    Link,
    Paper,
    Request,
    RequestedInjury,
    RequestStep,
)

__all__ = [
    "OPENING",
    "CodeTry",
    "Contact",
    "Coverage",
    "Decision",
    "DecisionVoid",
    "Link",
    "Outcome",
    "Paper",
    "PaperCheck",
    "Request",
    "RequestStep",
    "RequestedInjury",
    "Restriction",
]
