"""What the answers come to: rows, ratios and agreement, as data and as Markdown."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median, quantiles

from answer import Answer, Question, Row


@dataclass
class Results:
    """Answers by question and row; a question counts in all rows or in none."""

    rows: list[Row]
    answers: list[tuple[Question, dict[Row, Answer]]] = field(default_factory=list)

    def part(self, part: str) -> list[dict[Row, Answer]]:
        return [answers for question, answers in self.answers if question.part == part]


def rate(answers: list[Answer]) -> float:
    """Returns decoded tokens per second, over all answers together; 0 if nothing was decoded."""
    seconds = sum(answer.decode_seconds for answer in answers)
    return sum(answer.decoded for answer in answers) / seconds if seconds else 0.0


def common(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """Returns how many tokens are the same before the first that differs."""
    count = 0
    for a, b in zip(one, other):
        if a != b:
            break
        count += 1
    return count


def agreement(part: list[dict[Row, Answer]], row: Row, reference: Row) -> dict:
    pairs = [(answers[row].tokens, answers[reference].tokens) for answers in part]
    longest = sum(max(len(one), len(other)) for one, other in pairs)
    return {
        "answers": sum(one == other for one, other in pairs) / len(pairs),
        "tokens": sum(common(one, other) for one, other in pairs) / longest if longest else 1.0,
    }


def ratio(part: list[dict[Row, Answer]], row: Row, base: Row) -> dict:
    """Returns the ratio of two speeds over all answers, and the middle half of those of single questions."""
    of = lambda chosen: rate([answers[chosen] for answers in part])
    single = [
        rate([answers[row]]) / rate([answers[base]])
        for answers in part
        if answers[row].decoded and answers[base].decoded
    ]
    spread = quantiles(single, n=4, method="inclusive") if len(single) > 1 else None
    return {
        "row": row.how,
        "base": base.how,
        "ratio": of(row) / of(base) if of(base) else None,
        "middleHalf": [spread[0], spread[2]] if spread else None,
    }


def summary(part: list[dict[Row, Answer]], row: Row) -> dict:
    answers = [each[row] for each in part]
    steps = sum(answer.steps for answer in answers)
    own = [answer for answer in answers if answer.own_seconds is not None]
    plain = Row(row.program, row.weights, "plain", row.threads)
    return {
        "program": row.program,
        "weights": row.weights,
        "mode": row.mode,
        "threads": row.threads,
        "tokensPerSecond": rate(answers),
        "decodedTokens": sum(answer.decoded for answer in answers),
        "decodeSeconds": sum(answer.decode_seconds for answer in answers),
        "ownSeconds": sum(answer.own_seconds for answer in own) if len(own) == len(answers) else None,
        "firstTokenSeconds": median(answer.first_seconds for answer in answers),
        "tokensPerStep": sum(answer.decoded for answer in answers) / steps if steps else None,
        "asPlain": agreement(part, row, plain)["answers"],
    }


def fastest(part: list[dict[Row, Answer]], rows: list[Row]) -> Row | None:
    return max(rows, key=lambda row: rate([answers[row] for answers in part]), default=None)


def ratios(part: list[dict[Row, Answer]], rows: list[Row], precision: str) -> list[dict]:
    """
    Returns what Cerberus in one precision is against llama.cpp, with one number of threads for both and with the best of each.
    """
    counts = sorted({row.threads for row in rows})
    chosen = [(str(count), [row for row in rows if row.threads == count]) for count in counts]
    if len(counts) > 1:
        chosen.append(("best of each", rows))
    result = []
    for threads, among in chosen:
        pick = lambda test: fastest(part, [row for row in among if test(row)])
        ours = {mode: pick(lambda row: row.program == "Cerberus" and row.weights == precision and row.mode == mode) for mode in ("plain", "adaptive")}
        theirs = {
            "Q8_0, plain": pick(lambda row: row.program == "llama.cpp" and row.weights == "Q8_0" and row.plain),
            "fastest plain": pick(lambda row: row.program == "llama.cpp" and row.weights != "F32" and row.plain),
            "fastest with drafts": pick(lambda row: row.program == "llama.cpp" and row.weights != "F32" and not row.plain),
        }
        for mode, base in (("plain", "Q8_0, plain"), ("adaptive", "Q8_0, plain"), ("plain", "fastest plain"), ("adaptive", "fastest plain"), ("adaptive", "fastest with drafts")):
            if ours[mode] and theirs[base]:
                result.append({"threads": threads, "cerberus": mode, "llamaCpp": base} | ratio(part, ours[mode], theirs[base]))
    return result


def evaluate(results: Results, parts: list[str], precision: str, reference: str) -> dict:
    """
    precision: number format of Cerberus that ratios are about
    reference: number format of Cerberus whose plain answers others are compared with
    """
    evaluated = {}
    for name in parts:
        part = results.part(name)
        if not part:
            continue
        threads = min(row.threads for row in results.rows)
        compared = Row("Cerberus", reference, "plain", threads)
        evaluated[name] = {
            "answers": len(part),
            "rows": [summary(part, row) for row in results.rows],
            "ratios": ratios(part, results.rows, precision),
            "agreement": [
                {"row": str(row), "with": str(compared), **agreement(part, row, compared)}
                for row in results.rows
                if row.plain and row.threads == threads and row != compared
            ],
        }
    return evaluated


def table(heads: list[str], lines: list[list[str]], left: int) -> str:
    """left: columns of words, which stand to the left; the others are numbers"""
    rule = ["---"] * left + ["---:"] * (len(heads) - left)
    return "\n".join("| " + " | ".join(line) + " |" for line in [heads, rule, *lines])


def markdown(evaluated: dict, titles: dict[str, str]) -> str:
    blocks = []
    for name, part in evaluated.items():
        blocks.append(f"## {titles[name]} ({part['answers']})")
        blocks.append(table(
            ["program", "weights", "mode", "threads", "tokens/s", "first token, ms", "tokens per step", "answers as plain"],
            [[row["program"], row["weights"], row["mode"], str(row["threads"]), f"{row['tokensPerSecond']:.1f}", f"{1000 * row['firstTokenSeconds']:.0f}",
              f"{row['tokensPerStep']:.2f}" if row["tokensPerStep"] else "", f"{row['asPlain']:.3f}"] for row in part["rows"]],
            3,
        ))
        if part["ratios"]:
            blocks.append(table(
                ["threads", "Cerberus", "llama.cpp", "", "ratio", "middle half of single answers"],
                [[each["threads"], each["row"], each["base"], each["llamaCpp"], f"{each['ratio']:.2f}" if each["ratio"] else "",
                  "{:.2f} to {:.2f}".format(*each["middleHalf"]) if each["middleHalf"] else ""] for each in part["ratios"]],
                4,
            ))
        if part["agreement"]:
            blocks.append(table(
                [f"greedy answers of {part['agreement'][0]['with']} and of", "answers equal", "tokens before the first difference"],
                [[each["row"], f"{each['answers']:.3f}", f"{each['tokens']:.3f}"] for each in part["agreement"]],
                1,
            ))
    return "\n\n".join(blocks) + "\n"
