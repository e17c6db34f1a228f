"""Long prompts: consecutive pieces of texts, each to be summarised."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Callable

from failure import Failure
from options import REPOSITORY

TASK = "Summarise the following text in a few sentences.\n\n"


def own() -> list[Path]:
    """Pages that everybody who has this tool has."""
    return sorted((REPOSITORY / "docs/design").glob("*.md"))


def prompts(files: list[Path], tokens: int, count: int, length: Callable[[str], int]) -> list[str]:
    """
    Returns prompts that are at most, and as near as whole words allow, a number of tokens long.

    length: tells how many tokens a prompt has, chat template and all
    """
    pieces = re.findall(r"\S+\s*", "\n\n".join(file.read_text(encoding="utf-8") for file in files))
    made = []
    for number in range(count):
        low, high = 0, len(pieces)
        while low < high:  # the most words that fit
            middle = (low + high + 1) // 2
            if length(TASK + "".join(pieces[:middle])) <= tokens:
                low = middle
            else:
                high = middle - 1
        if low == len(pieces):
            raise Failure(f"the texts are too short for {count} prompts of {tokens} tokens (there is enough for {number}); give more with --long, or correct --long-count or --long-tokens")
        if low == 0:
            raise Failure(f"no word of the texts fits into {tokens} tokens; raise --long-tokens")
        made.append(TASK + "".join(pieces[:low]))
        pieces = pieces[low:]
    return made
