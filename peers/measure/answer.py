"""What one program said to one question, and how long it took."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """
    tokens: what was written, without end-of-sequence token
    ended: whether an end-of-sequence token was chosen, rather than the budget used up
    first_seconds: from the request to the first token
    decode_seconds: from the first token to the end
    own_seconds: decode time as the program itself counts it, if it does
    steps: forwards of the model after the prompt's
    """

    tokens: tuple[int, ...]
    ended: bool
    first_seconds: float
    decode_seconds: float
    own_seconds: float | None
    steps: int

    @property
    def decoded(self) -> int:
        """Tokens chosen after the first, which the prompt's forward gives; the end-of-sequence token is one."""
        return max(0, len(self.tokens) + int(self.ended) - 1)


@dataclass(frozen=True)
class Row:
    """A way to answer: which program, on which weights, how, with how many threads."""

    program: str
    weights: str
    mode: str
    threads: int

    @property
    def plain(self) -> bool:
        return self.mode == "plain"

    @property
    def how(self) -> str:
        return f"{self.weights} {self.mode}, {self.threads} thread{'s' if self.threads > 1 else ''}"

    def __str__(self) -> str:
        return f"{self.program} {self.how}"


@dataclass(frozen=True)
class Question:
    """Token ids that every row is given."""

    part: str
    name: str
    ids: tuple[int, ...]
