"""What this computer can do: its processor, its memory, the faster number format, what is missing and how to mend it.

Knows no model and no run.
"""

from __future__ import annotations

import gc
import math
import os
import platform
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from threading import Lock, local
from typing import Any, Literal, get_args

import psutil
import torch

from studio.contract import Machine
from studio.errors import StudioError

Precision = Literal["fp32", "bf16"]
GIB = 2**30
SMALL = 100_000_000  # parameters
EXACT = 500_000_000  # parameters
THREADS = torch.get_num_threads()  # as many as torch would use: the cores, or what OMP_NUM_THREADS says
PACKAGES = ("torch", "transformers", "peft", "bitsandbytes", "accelerate", "gradio")
BARE_GIB = 0.45  # Python with torch, before any model
ENOUGH_GIB = 4.0  # below this even the starter and the page may run out


def device() -> torch.device:
    """Where models run: the first CUDA device, else Apple's, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda", 0)
    return torch.device("mps") if torch.backends.mps.is_available() else torch.device("cpu")


def machine() -> Machine:
    """This computer, its free memory as of now."""
    where = device()
    kind: Literal["cpu", "cuda", "mps"] = "cuda" if where.type == "cuda" else "mps" if where.type == "mps" else "cpu"
    memory = psutil.virtual_memory()
    total, free = memory.total, memory.available
    if kind == "cuda":
        free, total = torch.cuda.mem_get_info(where)
    return Machine(
        device=kind,
        name=torch.cuda.get_device_name(where) if kind == "cuda" else _processor(),
        memory_gib=total / GIB,
        free_gib=free / GIB,
        cores=_cores(),
        versions=_versions(),
        problems=tuple(_problems(kind, free / GIB)),
    )


@cache
def _cores() -> int:
    return psutil.cpu_count(logical=False) or os.cpu_count() or 1


@cache
def _versions() -> Mapping[str, str]:
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def _problems(kind: str, free_gib: float) -> list[Mapping[str, Any]]:
    problems: list[Mapping[str, Any]] = []
    if free_gib < ENOUGH_GIB:
        problems.append({"key": "engine.little_memory", "free": f"{free_gib:.1f}"})
    if kind == "cpu" and os.path.exists("/proc/driver/nvidia/version"):
        problems.append({"key": "engine.gpu_unused"})
    return problems


@cache
def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()


@cache
def matmul_rates(kind: str) -> Mapping[Precision, float]:
    """Floating-point operations a second of a matrix product of a training step's size; timed once per process.

    The formats take turns and each keeps its best time, so that other work on the machine disturbs both alike.
    """
    size = 4096 if kind == "cuda" else 512
    best: dict[Precision, float] = dict.fromkeys(get_args(Precision), math.inf)
    for _ in range(10):
        for precision in best:
            left, right = (torch.ones(size, size, dtype=dtype_of(precision), device=kind) for _ in range(2))
            _wait(kind)
            start = time.perf_counter()
            torch.mm(left, right)
            _wait(kind)
            best[precision] = min(best[precision], time.perf_counter() - start)
    return {precision: 2 * size**3 / seconds for precision, seconds in best.items()}


def _wait(kind: str) -> None:
    if kind == "cuda":
        torch.cuda.synchronize()


def training_precision(wanted: Literal["auto", "fp32", "bf16"], kind: str) -> Precision:
    """The number format of a run's frozen weights; `auto` takes bf16 where the probe finds it clearly faster."""
    if wanted != "auto":
        return wanted
    if kind != "cpu":
        return "bf16" if kind == "mps" or torch.cuda.is_bf16_supported() else "fp32"
    rates = matmul_rates(kind)
    return "bf16" if rates["bf16"] > 1.2 * rates["fp32"] else "fp32"


def answering_precision(trained: Precision, parameters: int) -> Precision:
    """The number format in which a run's model answers and goes home.

    Small models use fp32, which costs them nothing that matters, so that the exported model answers as the page does.
    """
    return "fp32" if parameters < SMALL else trained


def exported_precision(trained: Precision, parameters: int) -> Precision:
    """The number format in which a run's merged model goes home: fp32 up to a file of 2 GB.

    In bf16 the rounding of W + scaling · B·A is a quarter to a half as long as what was learned (SmolLM2-135M after
    thirty steps), and one answer in four came out otherwise. Beyond that size twice the file would be too much.
    """
    return "fp32" if parameters < EXACT else trained


def dtype_of(precision: Precision) -> torch.dtype:
    return torch.bfloat16 if precision == "bf16" else torch.float32


def memory_gib(where: torch.device) -> float:
    """The memory in use: of the GPU the most so far, else of this process."""
    if where.type == "cuda":
        return torch.cuda.max_memory_allocated(where) / GIB
    return float(psutil.Process().memory_info().rss) / GIB


def foreign_gib(where: torch.device) -> float:
    """What this process holds before a run begins that is none of the run's: the page, other models. Python and torch
    themselves count for the run, as they do in its estimate."""
    if where.type == "cuda":
        torch.cuda.reset_peak_memory_stats(where)
        return torch.cuda.memory_allocated(where) / GIB
    return max(0.0, memory_gib(where) - BARE_GIB)


def out_of_memory(error: BaseException) -> bool:
    """Whether `error` is the machine's way to say that its memory is full."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or (
        isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
    )


def share_cores(parameters: int) -> None:
    """Sets how many processor cores this thread's torch uses for a model of that size.

    A small model leaves one core to the page and takes four at most: its steps are so short that threads which wait
    for each other cost more than they bring, three times the whole on a busy machine with two cores.
    """
    torch.set_num_threads(max(1, min(4, THREADS - 1)) if parameters < SMALL else THREADS)


@contextmanager
def guarded(where: torch.device) -> Iterator[None]:
    """Turns a full memory into a StudioError that names the remedies."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not out_of_memory(error):
            raise
        key = "engine.gpu_memory_full" if where.type == "cuda" else "engine.memory_full"
        raise StudioError(key, used=f"{memory_gib(where):.1f}") from error


_NEXT, _HELD = Lock(), Lock()  # who waits for the second holds the first, so that nobody comes twice before another


class _Mine(local):
    """Whether this thread is undisturbed."""

    held = False


_MINE = _Mine()


@contextmanager
def undisturbed() -> Iterator[None]:
    """While it lasts nobody else in this process builds a model. A run is so from step to step.

    The libraries build a model under other values of what the whole process shares: torch's default number format, its
    initialisers, its random numbers. A step beside that would come out otherwise. Who is undisturbed may ask again: a
    test amid a run tries a kind of model on a small copy, which it builds.
    """
    if _MINE.held:
        yield
        return
    with _NEXT:
        _HELD.acquire()
    _MINE.held = True
    try:
        yield
    finally:
        _MINE.held = False
        _HELD.release()


@cache
def _libraries_stay() -> None:
    """Takes what stands in memory before the first model out of what `release` looks through: half a million objects of
    the libraries, 0.3 s of the processor each time. A model must not be among them: it would never be let go."""
    gc.collect()
    gc.freeze()


@contextmanager
def building() -> Iterator[None]:
    """A model is built, while nobody else is `undisturbed`; torch's random numbers are afterwards as they were."""
    _libraries_stay()
    with undisturbed(), torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        yield


def release() -> None:
    """Gives the memory of models that nobody holds any more back to the system."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
