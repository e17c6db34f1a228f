"""What a user can choose, checked before anything is loaded."""

from __future__ import annotations

import argparse
import json
import os
import re
from pathlib import Path

from failure import Failure

REPOSITORY = Path(__file__).resolve().parents[2]
GGUF_MAGIC = b"GGUF"


def numbers(text: str) -> list[int]:
    try:
        values = [int(part) for part in text.split(",") if part.strip()]
    except ValueError:
        values = []
    if not values or min(values) < 1:
        raise argparse.ArgumentTypeError(f"expected whole numbers of at least 1 with commas between, was '{text}'")
    return list(dict.fromkeys(values))


def words(*allowed: str):
    def parse(text: str) -> list[str]:
        chosen = [part.strip() for part in text.split(",") if part.strip()]
        wrong = [part for part in chosen if part not in allowed]
        if wrong or not chosen:
            raise argparse.ArgumentTypeError(f"expected some of {', '.join(allowed)} with commas between, was '{text}'")
        return list(dict.fromkeys(chosen))

    return parse


def at_least(least: int):
    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least:
            raise argparse.ArgumentTypeError(f"expected a whole number of at least {least}, was '{text}'")
        return value

    return parse


def parser() -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(
        prog="peers/run",
        description="Measures Cerberus and llama.cpp in turns, answer by answer, on one GGUF file.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = result.add_argument
    add("--model", required=True, metavar="FILE", help="GGUF file that both programs load")
    add("--prompts", required=True, metavar="FILE", help="prompts as JSON lines, as `cerberus bench` takes them")
    add("--heads", metavar="FILE", help="draft heads of Cerberus, or none; without it those beside the model")
    add("--memory", metavar="FILE", help="memory of Cerberus, or none; without it that beside the model")
    add("--jar", metavar="FILE", default=str(REPOSITORY / "cerberus-cli/target/cerberus.jar"), help="command line of Cerberus")
    add("--parts", type=words("short", "long"), default="short,long", metavar="LIST", help="short: the prompts; long: texts to summarise")
    add("--turns", choices=("both", "first"), default="both", help="turns of a question that are asked")
    add("--limit", type=at_least(1), default=80, metavar="N", help="questions of the file that count, from its begin")
    add("--max-tokens", type=at_least(2), default=64, metavar="N", help="most tokens of an answer")
    add("--threads", type=numbers, default="1,2", metavar="LIST", help="numbers of threads, each measured")
    add("--precision", type=words("auto", "fp32", "bf16", "fp16", "int8"), default="auto,fp32", metavar="LIST", help="number formats of Cerberus; the first one counts in the ratios")
    add("--weights", type=words("Q8_0", "file", "F16", "F32"), default="Q8_0,file", metavar="LIST", help="weights of llama.cpp: the file as it is, or made of it by llama.cpp")
    add("--lookup", type=numbers, default="2,10", metavar="LIST", help="numbers of draft tokens of llama-cpp-python's prompt lookup")
    add("--fused-attention", type=words("short", "long", "none"), default="short", metavar="LIST", help="parts in which llama.cpp takes its fused attention, or none")
    add("--long", nargs="+", metavar="FILE", help="texts to summarise; without it this project's pages on its design")
    add("--long-tokens", type=at_least(64), default=3000, metavar="N", help="tokens of a long prompt")
    add("--long-count", type=at_least(1), default=2, metavar="N", help="long prompts")
    add("--warm-up", type=at_least(0), default=1, metavar="N", help="prompts that every row answers before anything counts")
    add("--json", metavar="FILE", help="takes the results, with every single answer")
    add("--markdown", metavar="FILE", help="takes the tables, which are printed too")
    return result


def require_file(kind: str, option: str, name: str | None) -> None:
    if name is None or name == "none":
        return
    file = Path(name)
    if not file.is_file():
        what = "is a directory" if file.is_dir() else "is not there"
        raise Failure(f"the {kind} {name} {what}; correct {option}")


def text(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8-sig")  # some editors put a mark before the text, which is no part of it
    except UnicodeDecodeError as ex:
        raise Failure(f"{name} is not UTF-8; convert it") from ex


def check_destination(option: str, name: str) -> None:
    """What would otherwise be told when all is measured, and lost."""
    file = Path(name)
    if not file.exists():
        file = file.resolve()  # not what is there: behind /dev/stdout stands the name of a pipe, which is none of a file
    if not file.parent.is_dir():
        raise Failure(f"the folder of {name} is not there; make it, or correct {option}")
    if file.is_dir():
        raise Failure(f"{name} is a directory; name a file with {option}")
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise Failure(f"{name} can not be written; correct its permissions, or {option}")


def check_prompts(name: str) -> None:
    """Only what would otherwise be told after the models are loaded; Cerberus reads the file itself."""
    lines = [line for line in re.split(r"\r\n|\r|\n", text(name)) if line.strip()]  # a JSON string may hold other line ends
    if not lines:
        raise Failure(f"the prompt file {name} has no prompt; each line is {{\"turns\": […]}} or {{\"prompt\": …}}")
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
        except json.JSONDecodeError as ex:
            raise Failure(f"prompt {number} of {name} is not valid JSON: {ex}") from ex
        if not isinstance(entry, dict) or not (entry.get("turns") or isinstance(entry.get("prompt"), str)):
            raise Failure(f"prompt {number} of {name} has neither a prompt nor turns")


def check(options: argparse.Namespace) -> None:
    require_file("model", "--model", options.model)
    with open(options.model, "rb") as file:
        if file.read(4) != GGUF_MAGIC:
            raise Failure(f"{options.model} is no GGUF file, and llama.cpp reads nothing else; correct --model")
    require_file("prompt file", "--prompts", options.prompts)
    check_prompts(options.prompts)
    require_file("heads file", "--heads", options.heads)
    require_file("memory file", "--memory", options.memory)
    if not Path(options.jar).is_file():
        raise Failure(f"there is no {options.jar}; build it with 'mvn -pl cerberus-cli -am package -DskipTests', or correct --jar")
    for name in options.long or []:
        require_file("text", "--long", name)
        text(name)
    for option, name in (("--json", options.json), ("--markdown", options.markdown)):
        if name:
            check_destination(option, name)


def read(arguments: list[str]) -> argparse.Namespace:
    options = parser().parse_args(arguments)
    check(options)
    return options
