"""What constraints.txt says, and how what is installed differs from it: the last words of `make latest`.

Installs nothing and reads no index.
"""

from __future__ import annotations

import sys
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

LOCK = Path(__file__).parents[1] / "constraints.txt"


def pins() -> list[Requirement]:
    lines = LOCK.read_text("utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def locked() -> dict[str, Version]:
    """The tested version of every package, those of other systems and Pythons included."""
    return {canonicalize_name(pin.name): Version(next(iter(pin.specifier)).version) for pin in pins()}


def installed() -> dict[str, Version]:
    """The version of every package here; whether torch is built for the CPU or for CUDA makes no other version."""
    return {canonicalize_name(found.name): Version(Version(found.version).public) for found in distributions()}


def report(broken: list[str]) -> str:
    here, tested = installed(), locked()
    new = {name: version for name, version in here.items() if tested.get(name) not in (None, version)}
    table = [f"{name:28}{tested[name]!s:>18} → {version}" for name, version in sorted(new.items())]
    verdict = f"坏了 · broken: {', '.join(broken)}" if broken else "都好 · nothing breaks"
    return "\n".join(["", f"{'锁定 → 最新 · locked → newest':40}", *(table or ["没有不同 · no difference"]), verdict])


if __name__ == "__main__":
    print(report(sys.argv[1:]))
    sys.exit(bool(sys.argv[1:]))
