"""Both programs loaded side by side, and the turns that they take."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import cerberus
import llamacpp
import texts
from answer import Answer, Question, Row
from failure import Failure
from report import Results

SETTLE_SECONDS = 0.05  # threads of the program before spin for a moment before they sleep
LOOKUP = "lookup "


class Contest:
    """Programs, rows and questions of one call."""

    def __init__(self, options: argparse.Namespace, work: Path):
        self._options = options
        self._engines: dict[tuple[str, int], cerberus.Cerberus] = {}
        self._llamas: dict[tuple[str, str], llamacpp.LlamaCpp] = {}  # by weights and part
        try:
            self._load_cerberus(work)
            self.questions = self._questions()
            self._warm_up = self._asked(1, options.warm_up) if options.warm_up else []
            self._load_llama(work)
        except BaseException:
            self.close()
            raise
        self.rows = self._rows()

    def _load_cerberus(self, work: Path) -> None:
        options = self._options
        class_path = cerberus.classes(Path(options.jar), work)
        self.formats: dict[str, str] = {}  # by what was asked for
        for precision in options.precision:
            for threads in options.threads:
                tell(f"loading Cerberus, {precision}, threads {threads}")
                engine = cerberus.Cerberus(class_path, work, options.model, options.heads, options.memory, precision, threads)
                taken = engine.loaded["precision"]
                self.formats[precision] = taken
                if (taken, threads) in self._engines:
                    engine.close()  # what auto stands for was asked for by name too
                else:
                    self._engines[taken, threads] = engine
        self.loaded = next(iter(self._engines.values())).loaded

    def _asked(self, turns: int, limit: int) -> list[Question]:
        """Returns the prompts of the file; where a second turn is asked, Cerberus answers the first."""
        engine = next(iter(self._engines.values()))
        asked = engine.questions(self._options.prompts, turns, limit, self._options.max_tokens)
        return [Question("short", f"{each['id']}.{each['turn']}", tuple(each["ids"])) for each in asked]

    def _questions(self) -> list[Question]:
        options = self._options
        engine = next(iter(self._engines.values()))
        result = []
        if "short" in options.parts:
            tell("asking for the token ids of the prompts")
            result += self._asked(2 if options.turns == "both" else 1, options.limit)
        if "long" in options.parts:
            files = [Path(name) for name in options.long] if options.long else texts.own()
            made = texts.prompts(files, options.long_tokens, options.long_count, lambda text: len(engine.encode(text)))
            result += [Question("long", str(number), tuple(engine.encode(text))) for number, text in enumerate(made, 1)]
        longest = max(len(question.ids) for question in result)
        if longest + options.max_tokens > self.loaded["maxContext"]:
            raise Failure(f"the longest prompt has {longest} tokens, and with {options.max_tokens} of an answer that is more than the model's context of {self.loaded['maxContext']}; lower --long-tokens or --max-tokens, or shorten the prompts")
        return result

    def _load_llama(self, work: Path) -> None:
        options = self._options
        for kind in options.weights:
            tell(f"loading llama.cpp, {kind}")
            file = llamacpp.weights(kind, Path(options.model), work)
            for part in options.parts:
                lengths = [len(question.ids) for question in self._warm_up + self.questions if question.part in ("short", part)]
                context = -(-(max(lengths) + options.max_tokens + 16) // 256) * 256
                fused = part in options.fused_attention
                self._llamas[kind, part] = llamacpp.LlamaCpp(file, context, fused, lookup=kind in llamacpp.DRAFTING)
        one = next(iter(self._llamas.values()))
        self.cut_alike = sum(one.cuts_alike(question.ids) for question in self.questions)

    def _rows(self) -> list[Row]:
        rows = [Row("Cerberus", precision, mode, threads) for precision, threads in self._engines for mode in cerberus.GATES]
        for kind in self._options.weights:
            modes = ["plain"] + ([f"{LOOKUP}{tokens}" for tokens in self._options.lookup] if kind in llamacpp.DRAFTING else [])
            rows += [Row("llama.cpp", kind, mode, threads) for threads in self._options.threads for mode in modes]
        return rows

    def _answer(self, row: Row, ids: tuple[int, ...], part: str) -> Answer:
        time.sleep(SETTLE_SECONDS)
        if row.program == "Cerberus":
            return self._engines[row.weights, row.threads].answer(ids, row.mode, self._options.max_tokens)
        drafts = 0 if row.plain else int(row.mode[len(LOOKUP) :])
        return self._llamas[row.weights, part].answer(ids, drafts, row.threads, self._options.max_tokens)

    def run(self, results: Results) -> None:
        """Adds answers to results, question by question; each time another row is the first."""
        for number, question in enumerate(self._warm_up, 1):
            tell(f"warming up, {number} of {len(self._warm_up)}")
            for part in self._options.parts:
                for row in self.rows:
                    self._answer(row, question.ids, part)
        begin = time.monotonic()
        for number, question in enumerate(self.questions):
            first = number % len(self.rows)
            order = self.rows[first:] + self.rows[:first]
            results.answers.append((question, {row: self._answer(row, question.ids, question.part) for row in order}))
            tell(f"{number + 1} of {len(self.questions)} prompts, {time.monotonic() - begin:.0f} s")

    def close(self) -> None:
        for engine in self._engines.values():
            engine.close()
        for llama in self._llamas.values():
            llama.close()


def tell(text: str) -> None:
    print(f"peers: {text}", file=sys.stderr, flush=True)
