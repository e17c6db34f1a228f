"""Measures, prints the tables and writes the results, also of what was measured before it was interrupted."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import options as settings
from failure import Failure

TITLES = {"short": "Prompts of the file", "long": "Long prompts"}


def document(contest, results, described: dict, chosen) -> dict:
    from report import evaluate

    precision = contest.formats[chosen.precision[0]]
    reference = "fp32" if "fp32" in contest.formats.values() else precision
    return {
        "machine": described,
        "options": {name: value for name, value in vars(chosen).items() if name not in ("json", "markdown")},
        "cerberus": contest.loaded,
        "promptsCutAlike": contest.cut_alike,
        "prompts": len(contest.questions),
        "parts": evaluate(results, chosen.parts, precision, reference),
        "answers": [
            {
                "part": question.part,
                "question": question.name,
                "promptTokens": len(question.ids),
                "row": str(row),
                "tokens": answer.tokens,
                "ended": answer.ended,
                "firstTokenSeconds": answer.first_seconds,
                "decodeSeconds": answer.decode_seconds,
                "ownSeconds": answer.own_seconds,
                "steps": answer.steps,
            }
            for question, answers in results.answers
            for row, answer in answers.items()
        ],
    }


def pages(written: dict) -> str:
    from report import markdown

    machine = written["machine"]
    loaded = written["cerberus"]
    drafts = ("heads" if loaded["heads"] else "no heads") + (f", a memory of {loaded['memoryTokens']} tokens" if loaded["memoryTokens"] else "")
    head = (
        f"{Path(written['options']['model']).name} on {machine['processor']}, {machine['processors']} processors, {machine['time']}; at most "
        f"{written['options']['max_tokens']} tokens an answer, greedy. Cerberus: {drafts}; llama-cpp-python {machine['llamaCppPython']}: {machine['llamaCppBuild'].strip()}. "
        f"llama.cpp's tokenizer gives the same ids for {written['promptsCutAlike']} of {written['prompts']} prompts.\n\n"
    )
    return head + markdown(written["parts"], TITLES)


def measure(chosen, work: Path) -> int:
    from contest import Contest, tell
    from machine import describe
    from report import Results

    described = describe()
    contest = Contest(chosen, work)
    results = Results(contest.rows)
    ended: BaseException | None = None
    try:
        contest.run(results)
    except (KeyboardInterrupt, Failure) as ex:
        ended = ex
        how = "interrupted" if isinstance(ex, KeyboardInterrupt) else "failed"
        tell(f"{how}; {len(results.answers)} of {len(contest.questions)} prompts count")
    finally:
        contest.close()
    if results.answers:
        written = document(contest, results, described, chosen)
        text = pages(written)
        print(text, end="")
        if chosen.markdown:
            Path(chosen.markdown).write_text(text, encoding="utf-8")
        if chosen.json:
            Path(chosen.json).write_text(json.dumps(written, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if isinstance(ended, Failure):
        raise ended
    return 130 if ended else 0


def main() -> int:
    arguments = sys.argv[1:]
    only_check = arguments[:1] == ["--check"]  # before llama-cpp-python is there
    try:
        chosen = settings.read(arguments[1:] if only_check else arguments)
        if only_check:
            return 0
        work = Path(os.environ["PEERS_WORK"])
        work.mkdir(parents=True, exist_ok=True)
        return measure(chosen, work)
    except (Failure, OSError) as ex:
        print(f"peers/run: {ex}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
