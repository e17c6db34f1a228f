"""Tests of what needs neither program: python3 -m unittest discover -s peers/tests"""

import contextlib
import importlib.util
import io
import os
import subprocess
import sys
import tempfile
import types
import unittest
import unittest.mock
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "measure"))

import cerberus
import options
import texts
from answer import Answer, Question, Row
from failure import Failure
from report import Results, common, evaluate, markdown, ratio, rate

PLAIN = Row("Cerberus", "int8", "plain", 1)
ADAPTIVE = Row("Cerberus", "int8", "adaptive", 1)
TWO = Row("Cerberus", "int8", "plain", 2)
Q8 = Row("llama.cpp", "Q8_0", "plain", 1)
FILE = Row("llama.cpp", "file", "plain", 1)
LOOKUP = Row("llama.cpp", "file", "lookup 2", 1)


def answer(seconds, tokens=(1, 2, 3), ended=False, steps=2):
    return Answer(tuple(tokens), ended, 0.5, seconds, seconds, steps)


class ReportTests(unittest.TestCase):
    def test_the_first_token_belongs_to_the_prompt_and_the_end_of_sequence_to_decoding(self):
        self.assertEqual(answer(1, (1, 2, 3)).decoded, 2)
        self.assertEqual(answer(1, (1, 2, 3), ended=True).decoded, 3)
        self.assertEqual(answer(1, (), ended=True).decoded, 0)

    def test_the_rate_weighs_answers_by_their_time(self):
        # 2 + 2 tokens in 1 + 3 seconds, not the mean of 2 and 0.67
        self.assertAlmostEqual(rate([answer(1), answer(3)]), 1.0)
        self.assertEqual(rate([]), 0.0)

    def test_the_ratio_is_of_speeds(self):
        part = [{ADAPTIVE: answer(1), Q8: answer(2)}, {ADAPTIVE: answer(1), Q8: answer(4)}]
        found = ratio(part, ADAPTIVE, Q8)
        self.assertAlmostEqual(found["ratio"], 3.0)
        self.assertEqual(found["middleHalf"], [2.5, 3.5])

    def test_tokens_count_as_equal_up_to_the_first_difference(self):
        self.assertEqual(common((1, 2, 3, 4), (1, 2, 9, 4)), 2)
        self.assertEqual(common((1, 2), (1, 2, 3)), 2)

    def test_ratios_take_the_fastest_of_the_other_program_with_the_same_threads_and_with_the_best(self):
        rows = [PLAIN, ADAPTIVE, TWO, Q8, FILE, LOOKUP]
        times = dict(zip(rows, (4, 2, 1, 2, 1, 4)))
        results = Results(rows, [(Question("short", "1", (1,)), {row: answer(times[row]) for row in rows})])
        part = evaluate(results, ["short", "long"], "int8", "int8")["short"]
        found = {(each["threads"], each["cerberus"], each["llamaCpp"]): each["ratio"] for each in part["ratios"]}
        self.assertEqual(found["1", "plain", "Q8_0, plain"], 0.5)
        self.assertEqual(found["1", "adaptive", "fastest plain"], 0.5)
        self.assertEqual(found["1", "adaptive", "fastest with drafts"], 2.0)
        self.assertEqual(found["best of each", "plain", "Q8_0, plain"], 2.0)

    def test_agreement_compares_plain_answers_with_the_reference(self):
        rows = [PLAIN, ADAPTIVE, Q8]
        first = {PLAIN: answer(1, (1, 2, 3)), ADAPTIVE: answer(1, (1, 2, 9)), Q8: answer(1, (1, 2, 4, 5))}
        second = {row: answer(1, (7, 8)) for row in rows}
        results = Results(rows, [(Question("short", "1", (1,)), first), (Question("short", "2", (1,)), second)])
        part = evaluate(results, ["short"], "int8", "int8")["short"]
        self.assertEqual([(each["row"], each["answers"], each["tokens"]) for each in part["agreement"]], [(str(Q8), 0.5, 4 / 6)])
        self.assertEqual([row["asPlain"] for row in part["rows"]], [1.0, 0.5, 1.0])
        self.assertIn("| Cerberus | int8 | adaptive | 1 |", markdown({"short": part}, {"short": "Prompts"}))


class TextsTests(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.file = Path(self.folder.name) / "text.md"
        self.file.write_text(" ".join(f"word{number}" for number in range(100)), encoding="utf-8")

    def test_prompts_are_consecutive_and_as_long_as_fits(self):
        task = len(texts.TASK.split())
        made = texts.prompts([self.file], task + 40, 2, lambda text: len(text.split()))
        self.assertEqual([text.split()[task] for text in made], ["word0", "word40"])
        self.assertEqual([len(text.split()) for text in made], [task + 40] * 2)

    def test_texts_that_are_too_short_are_refused(self):
        with self.assertRaisesRegex(Failure, "too short for 3 prompts .* enough for 2"):
            texts.prompts([self.file], len(texts.TASK.split()) + 40, 3, lambda text: len(text.split()))


class CerberusTests(unittest.TestCase):
    def test_a_process_that_ended_is_told_and_can_be_closed(self):
        with tempfile.TemporaryDirectory() as folder:
            engine = cerberus.Cerberus.__new__(cerberus.Cerberus)
            engine._log = Path(folder) / "log"
            engine._log.write_text("out of memory\n", encoding="utf-8")
            engine._process = subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
            self.addCleanup(engine._process.stdout.close)
            engine._process.wait()
            with self.assertRaisesRegex(Failure, "out of memory"):
                engine.encode("a")
            engine.close()


class MeasureTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "out.json"
        path = Path(__file__).resolve().parents[1] / "measure" / "__main__.py"
        spec = importlib.util.spec_from_file_location("measure_main", path)
        self.main = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.main)

    def measure(self, ending):
        class Contest:
            rows = [PLAIN]
            formats = {"int8": "int8"}
            questions = [Question("short", "1", (1,)), Question("short", "2", (1,))]
            cut_alike = 2
            loaded = {"heads": False, "memoryTokens": 0}

            def __init__(self, chosen, work):
                pass

            def run(self, results):
                results.answers.append((self.questions[0], {PLAIN: answer(1)}))
                raise ending

            def close(self):
                pass

        described = {"processor": "one", "processors": 1, "time": "now", "llamaCppPython": "0", "llamaCppBuild": "none"}
        fakes = {"contest": types.SimpleNamespace(Contest=Contest, tell=lambda text: None), "machine": types.SimpleNamespace(describe=lambda: described)}
        chosen = types.SimpleNamespace(model="m.gguf", max_tokens=2, precision=["int8"], parts=["short"], markdown=None, json=str(self.file))
        with unittest.mock.patch.dict(sys.modules, fakes), contextlib.redirect_stdout(io.StringIO()):
            return self.main.measure(chosen, self.file.parent)

    def test_what_is_complete_is_told_when_it_is_interrupted(self):
        self.assertEqual(self.measure(KeyboardInterrupt()), 130)
        self.assertIn('"answers": 1', self.file.read_text(encoding="utf-8"))

    def test_what_is_complete_is_told_when_a_program_fails(self):
        with self.assertRaisesRegex(Failure, "Cerberus ended"):
            self.measure(Failure("Cerberus ended before it answered"))
        self.assertIn('"answers": 1', self.file.read_text(encoding="utf-8"))


class OptionsTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.model = self.write("model.gguf", "GGUF and more")
        self.prompts = self.write("prompts.jsonl", '{"question_id": 1, "turns": ["Why?"]}\n\n{"prompt": "How?"}\n')
        self.jar = self.write("cerberus.jar", "")

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")
        return str(self.folder / name)

    def read(self, **changed):
        chosen = {"model": self.model, "prompts": self.prompts, "jar": self.jar, **changed}
        return options.read([f"--{name.replace('_', '-')}={value}" for name, value in chosen.items()])

    def test_defaults(self):
        chosen = self.read()
        self.assertEqual((chosen.threads, chosen.precision, chosen.lookup), ([1, 2], ["auto", "fp32"], [2, 10]))

    def test_what_can_not_be_used_is_refused_with_what_to_change(self):
        for changed, message in (
            ({"model": self.folder / "none.gguf"}, "is not there; correct --model"),
            ({"model": self.folder}, "is a directory; correct --model"),
            ({"model": self.prompts}, "no GGUF file"),
            ({"prompts": self.folder / "none.jsonl"}, "is not there; correct --prompts"),
            ({"prompts": self.write("empty.jsonl", "\n \n")}, "has no prompt"),
            ({"prompts": self.write("other.jsonl", '{"text": "Why?"}')}, "prompt 1 .* has neither a prompt nor turns"),
            ({"prompts": self.write("broken.jsonl", '{"prompt": "Why?"}\n{"prompt"')}, "prompt 2 .* is not valid JSON"),
            ({"heads": self.folder / "none"}, "correct --heads"),
            ({"jar": self.folder / "none.jar"}, "build it with"),
            ({"json": self.folder / "none" / "out.json"}, "correct --json"),
        ):
            with self.subTest(message), self.assertRaisesRegex(Failure, message):
                self.read(**changed)

    def test_prompts_are_read_as_cerberus_reads_them(self):
        self.read(prompts=self.write("marked.jsonl", "\ufeff" + '{"prompt": "Why?"}\r\n{"prompt": "How?"}\r\n'))
        self.read(prompts=self.write("separators.jsonl", '{"prompt": "Why\u2028not\u0085now?"}\n'))

    def test_files_that_are_not_utf_8_are_refused(self):
        file = self.folder / "latin.txt"
        file.write_bytes('{"prompt": "für"}\n'.encode("latin-1"))
        for option in ("prompts", "long"):
            with self.subTest(option), self.assertRaisesRegex(Failure, "latin.txt is not UTF-8"):
                self.read(**{option: file})

    def test_results_go_where_a_file_can_be(self):
        for option in ("json", "markdown"):
            with self.subTest(option), self.assertRaisesRegex(Failure, f"is a directory; name a file with --{option}"):
                self.read(**{option: self.folder})
        closed = self.folder / "closed"
        closed.mkdir(0o500)
        self.addCleanup(closed.chmod, 0o700)
        with unittest.mock.patch("os.access", return_value=False), self.assertRaisesRegex(Failure, "can not be written; correct its permissions, or --json"):
            self.read(json=closed / "out.json")

    def test_results_may_go_to_the_standard_output(self):
        read, write = os.pipe()
        self.addCleanup(os.close, read)
        self.addCleanup(os.close, write)
        closed = unittest.mock.patch("os.access", lambda file, mode: not Path(file).is_dir())  # as /proc/self/fd is to users
        with closed:
            self.read(json=f"/dev/fd/{write}")

    def test_values_out_of_range_are_refused(self):
        for changed in ({"threads": "0"}, {"threads": "one"}, {"precision": "int4"}, {"lookup": ""}, {"max_tokens": "1"}):
            with self.subTest(str(changed)), self.assertRaises(SystemExit), contextlib.redirect_stderr(io.StringIO()):
                self.read(**changed)


if __name__ == "__main__":
    unittest.main()
