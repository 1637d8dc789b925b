"""constraints.txt holds the versions that were tested, of everything, for every system and Python."""

from __future__ import annotations

import tomllib
from importlib.metadata import distributions

import pytest
from lock import LOCK, installed, locked, pins
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = tomllib.loads((LOCK.parent / "pyproject.toml").read_text("utf-8"))
GROUPS = PROJECT["dependency-groups"]
DAILY = [*PROJECT["project"]["dependencies"], *GROUPS["dev"]]
EVERY = [*DAILY, *PROJECT["build-system"]["requires"], *(line for group in GROUPS.values() for line in group)]

CPU_ONLY = {"torch"}  # its CUDA libraries are named by each build for itself
LINUX = {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "aarch64"}
MAC = {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64"}
WINDOWS = {"sys_platform": "win32", "platform_system": "Windows", "platform_machine": "AMD64"}


@pytest.mark.parametrize("line", sorted(set(EVERY)))
def test_a_dependency_is_locked_at_a_version_within_its_range(line: str) -> None:
    wanted = Requirement(line)
    assert wanted.specifier.contains(locked()[canonicalize_name(wanted.name)])


def test_a_pin_is_a_name_and_a_public_version_from_no_index_and_no_folder() -> None:
    for pin in pins():
        (only,) = pin.specifier
        assert only.operator == "==" and not {"+", "*"} & set(only.version), pin
        assert pin.url is None and not pin.extras, pin


def test_no_pin_asks_for_a_build_of_cuda() -> None:
    assert not [pin.name for pin in pins() if pin.name.startswith(("nvidia", "cuda", "triton"))]


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("system", [LINUX, MAC, WINDOWS], ids=["linux", "mac", "windows"])
def test_what_another_system_or_python_needs_besides_is_locked_too(system: dict[str, str], python: str) -> None:
    there = {**system, "python_version": python, "python_full_version": f"{python}.0", "extra": ""}
    tested = locked()
    ours = [found for found in distributions() if canonicalize_name(found.name) in tested.keys() - CPU_ONLY]
    needs = [Requirement(line) for found in ours for line in found.requires or []]
    names = {canonicalize_name(need.name) for need in needs if not need.marker or need.marker.evaluate(there)}
    assert names <= tested.keys()


def test_what_is_installed_is_what_is_locked() -> None:
    names = sorted({canonicalize_name(Requirement(line).name) for line in DAILY})
    here, tested = installed(), locked()
    assert {name: here.get(name) for name in names} == {name: tested[name] for name in names}
