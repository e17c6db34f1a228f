"""Where and with what it was measured."""

from __future__ import annotations

import datetime
import os
import platform
from importlib.metadata import version
from pathlib import Path

import llama_cpp


def processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass  # not Linux
    return platform.processor() or platform.machine()


def usable() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def load() -> list[float] | None:
    """Returns processes that wanted a core, of late and longer ago: more than are usable, and figures are worth little."""
    return [round(value, 2) for value in os.getloadavg()] if hasattr(os, "getloadavg") else None


def describe() -> dict:
    return {
        "time": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "system": f"{platform.system()} {platform.release()}",
        "processor": processor(),
        "processors": usable(),
        "loadBefore": load(),
        "python": platform.python_version(),
        "llamaCppPython": version("llama-cpp-python"),
        "llamaCppBuild": llama_cpp.llama_print_system_info().decode(),
    }
