"""Cerberus as a process that stays: CerberusWorker.java on the classes of the command line's jar."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

from answer import Answer
from failure import Failure

WORKER = Path(__file__).resolve().parents[1] / "CerberusWorker.java"
GATES = {"plain": "never", "adaptive": "adaptive"}


def java() -> str:
    home = os.environ.get("JAVA_HOME")
    command = f"{home}/bin/java" if home else "java"
    if shutil.which(command) is None:
        raise Failure(f"there is no Java at '{command}'; install a JDK 17 or newer, or correct JAVA_HOME")
    return command


def classes(jar: Path, work: Path) -> str:
    """Unpacks the jar, once for each that is given, since Java finds no classes in jars within jars."""
    state = jar.stat()
    folder = work / "cerberus" / f"{state.st_size}-{state.st_mtime_ns}"
    if not folder.is_dir():
        shutil.rmtree(work / "cerberus", ignore_errors=True)
        unfinished = work / "cerberus" / "unfinished"
        try:
            with zipfile.ZipFile(jar) as archive:
                archive.extractall(unfinished, [name for name in archive.namelist() if name.startswith("BOOT-INF/")])
        except zipfile.BadZipFile as ex:
            raise Failure(f"{jar} is no jar ({ex}); build it again, or correct --jar") from ex
        if not (unfinished / "BOOT-INF/lib").is_dir():
            raise Failure(f"{jar} is not the command line of Cerberus; correct --jar")
        unfinished.rename(folder)
    return f"{folder}/BOOT-INF/classes{os.pathsep}{folder}/BOOT-INF/lib/*"


class Cerberus:
    """An engine of one precision and number of threads; ends with its process."""

    def __init__(self, class_path: str, work: Path, model: str, heads: str | None, memory: str | None, precision: str, threads: int):
        self._log = work / f"cerberus-{precision}-{threads}.log"
        wanted = {"model": str(Path(model).resolve()), "heads": absolute(heads), "memory": absolute(memory), "precision": precision, "threads": threads}
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(
                [java(), "-cp", class_path, str(WORKER), json.dumps(wanted)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, encoding="utf-8",
                start_new_session=True,  # Ctrl-C is for who asks; the process ends with its input
            )
        try:
            self.loaded = self._read()
        except BaseException:
            self.close()
            raise

    def _read(self) -> dict:
        line = self._process.stdout.readline()
        if not line:
            said = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise Failure(f"Cerberus ended before it answered; the last of what it said ({self._log}): " + "\n".join(said[-3:]))
        answer = json.loads(line)
        if "error" in answer:
            raise Failure(f"Cerberus: {answer['error']}")
        return answer

    def _ask(self, **asked) -> dict:
        try:
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # why it ended is told by what is read
        return self._read()

    def questions(self, file: str, turns: int, limit: int, max_tokens: int) -> list[dict]:
        return self._ask(do="questions", file=str(Path(file).resolve()), turns=turns, limit=limit, maxTokens=max_tokens)["questions"]

    def encode(self, text: str) -> list[int]:
        return self._ask(do="encode", text=text)["ids"]

    def answer(self, ids: tuple[int, ...], mode: str, max_tokens: int) -> Answer:
        said = self._ask(do="generate", ids=ids, gate=GATES[mode], maxTokens=max_tokens)
        return Answer(tuple(said["tokens"]), said["finish"] == "stop", said["firstTokenSeconds"], said["decodeSeconds"], said["ownSeconds"], said["steps"])

    def close(self) -> None:
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            pass  # it ended before it read what it was asked
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def absolute(name: str | None) -> str | None:
    return name if name in (None, "none") else str(Path(name).resolve())
