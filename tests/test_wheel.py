"""The wheel: it holds all that the package has beside its code, and works where nothing else of the project is.

Knows the commands as a user types them, and asks no index: what the package needs is borrowed from this environment.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
NEEDED = ("pyproject.toml", "README.md", "LICENSE")  # beside the package itself, to build it: no more than Docker gets
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-cache-dir")
FEW = ("--set", "epochs=1", "--set", "evaluations=1")
SAID = {
    "好评": ["真好喝", "太喜欢了", "下次还来", "服务热情"],
    "差评": ["太难喝了", "等了很久", "再也不来", "服务很差"],
}


@dataclass(frozen=True)
class Installed:
    """An environment into which the wheel was installed, and an empty folder to stand in."""

    bin: Path
    here: Path

    def python(self, line: str) -> str:
        return run(self.bin / "python", "-c", line, cwd=self.here).strip()

    def xiaozao(self, *words: str) -> dict[str, Any]:
        return dict(json.loads(run(self.bin / "xiaozao", *words, "--json", cwd=self.here)))


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    """What a program prints that ends well."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # it could lead to the checkout
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, encoding="utf-8", timeout=500)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: a build leaves folders behind, and a later build takes what it finds in them."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(ROOT / "studio", source / "studio", ignore=shutil.ignore_patterns("__pycache__"))
    for name in NEEDED:
        shutil.copy(ROOT / name, source)
    run(*PIP, "wheel", "-q", "--no-deps", "--no-index", "--no-build-isolation", "-w", folder, source)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("installed")
    environment, here = folder / "environment", folder / "here"
    here.mkdir()
    run(sys.executable, "-m", "venv", "--without-pip", environment)
    python = environment / "bin" / "python"
    run(*PIP, "--python", python, "install", "-q", "--no-deps", "--no-index", wheel)
    # After the wheel, whose version pip would else find installed; a path comes after the environment's own.
    own = sysconfig.get_path("purelib", "venv", {"base": str(environment)})
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    Path(own, "borrowed.pth").write_text("\n".join(sorted(borrowed)), encoding="utf-8")
    return Installed(python.parent, here)


def test_every_file_of_the_package_is_in_the_wheel_and_no_other_of_the_project(wheel: Path) -> None:
    """A new kind of file must be named among the package's data, or else only a checkout has it."""
    with zipfile.ZipFile(wheel) as file:
        held = {name for name in file.namelist() if ".dist-info/" not in name}
    paths = [path.relative_to(ROOT) for path in (ROOT / "studio").rglob("*") if path.is_file()]
    shown = [path for path in paths if not any(part.startswith((".", "__pycache__")) for part in path.parts)]
    assert {path.suffix for path in shown} >= {".toml", ".js", ".css", ".html", ".txt", ".xlsx", ".safetensors"}
    assert held == {path.as_posix() for path in shown}


def test_what_is_installed_is_the_wheel_with_the_starter_and_the_examples(installed: Installed) -> None:
    own = installed.bin.parent.resolve()
    code = Path(installed.python("import studio; print(studio.__file__)")).resolve()
    assert code.is_relative_to(own) and not code.is_relative_to(ROOT)
    listed = installed.python(
        "from studio.data.intake.samples import SAMPLES; print(*(one.path for one in SAMPLES), sep='\\n')"
    )
    paths = [Path(line) for line in listed.splitlines() if line != "None"]
    assert len(paths) == 2 and all(path.is_file() for path in paths)


@pytest.mark.slow
def test_from_a_sheet_to_an_answer_in_an_empty_folder(installed: Installed, tmp_path: Path) -> None:
    home = ("--home", str(tmp_path / "home"))
    reviews(installed.here / "reviews.csv")
    dataset = installed.xiaozao("import", "reviews.csv", *home)["dataset"]
    learned = installed.xiaozao("train", dataset, *FEW, *home)
    assert learned["status"] == "finished" and learned["steps"] > 0
    asked = ("ask", learned["run"], "第9次：真好喝", *home)
    answer = installed.xiaozao(*asked)
    assert answer["probabilities"].keys() == {"好评", "差评"}
    # The starter of a checkout lies elsewhere: a run knows its base by the weights and never by their place.
    again = json.loads(run(sys.executable, "-m", "studio.cli", *asked, "--json"))
    assert again["probabilities"] == pytest.approx(answer["probabilities"])


def reviews(path: Path) -> None:
    rows = [(f"第{n}次：{said}", label) for n in range(4) for label, pool in SAID.items() for said in pool]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("评论", "标签"), *rows])
