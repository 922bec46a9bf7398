"""The exception for a write that the domain refuses."""


class Refused(Exception):
    """A write was refused. `sentence` is for people; `field` names the input it stands beside, or is empty."""

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
