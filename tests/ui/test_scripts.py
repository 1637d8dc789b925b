"""The page's scripts: what they import comes with them, and they share one name with each other.

What is in them is checked by `make script`.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from shutil import which

import pytest

from studio.studio import Studio
from studio.ui.app import build_app
from studio.ui.kit.assets import GIVEN, boot_script, script

ROOT = Path(__file__).parents[2]
UI = ROOT / "studio" / "ui"
WRITTEN = {path.relative_to(UI).as_posix(): path.read_text(encoding="utf-8") for path in sorted(UI.rglob("*.js"))}
LONGEST = 300  # lines
NODE = which("node")
each = pytest.mark.parametrize("name", WRITTEN)


@each
def test_a_script_is_short_and_says_first_what_it_is(name: str) -> None:
    lines = WRITTEN[name].splitlines()
    assert len(lines) <= LONGEST
    assert lines[0].startswith("// ")


@each
def test_a_script_takes_what_it_imports_from_the_page_in_order(name: str) -> None:
    text = script(name)
    assert not re.search(r"^import ", text, re.MULTILINE)
    made = re.findall(r"^taken\.(\w+_js) = window\.xiaozao\.modules\.\1\(", text, re.MULTILINE)
    assert len(made) == len(set(made))
    for names, module in re.findall(r"^const \{ (.+) \} = taken\.(\w+_js);$", text, re.MULTILINE):
        assert module in made
        assert set(names.split(", ")) <= exports(module)


def exports(module: str) -> set[str]:
    """What the page's script makes of a module."""
    boot = boot_script("{}")
    end = boot[boot.index(f"{module}({GIVEN}, taken) {{") :]
    exported = re.search(r"^return \{ (.+) \};\n\}", end, re.MULTILINE)
    assert exported
    return set(exported[1].split(", "))


def test_the_page_carries_every_module_once() -> None:
    boot = boot_script("{}")
    carried = re.findall(rf"(\w+_js)\({GIVEN}, taken\) \{{$", boot, re.MULTILINE)
    assert len(carried) == len(set(carried)) > 5
    for text in map(script, WRITTEN):
        assert set(re.findall(r"^taken\.(\w+)", text, re.MULTILINE)) <= set(carried)
        assert len(text) < 20_000


@pytest.mark.skipif(NODE is None, reason="node is not installed")
def test_the_page_s_own_script_is_one() -> None:
    done = subprocess.run(
        [NODE or "", "--check", "-"], input=boot_script("{}"), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


@each
@pytest.mark.skipif(NODE is None, reason="node is not installed")
def test_a_script_can_be_called_as_a_function(name: str) -> None:
    text = re.sub(r"^export ", "", script(name), flags=re.MULTILINE)
    done = subprocess.run(
        [NODE or "", "--check", "-"], input=f"(() => {{{text}}})", capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_scripts_share_one_name_of_the_window_and_one_script_makes_it() -> None:
    named = {name: re.findall(r"\bwindow\b\W{0,2}(\w*)", text) for name, text in WRITTEN.items()}
    assert {one for names in named.values() for one in names} == {"xiaozao"}
    assert [name for name, text in WRITTEN.items() if re.search(r"window\.xiaozao = ", text)] == ["kit/boot.js"]


def test_every_function_that_scripts_can_call_has_its_types(studio: Studio) -> None:
    blocks = build_app(studio, lambda folder, name: "/").blocks.values()
    called = {function.__name__ for block in blocks for function in getattr(block, "server_fns", ())}
    types = (ROOT / "types" / "answers.d.ts").read_text(encoding="utf-8")
    assert set(re.findall(r"^  (\w+): \[asked: ", types, re.MULTILINE)) == called


def test_the_lock_file_names_no_registry() -> None:
    assert "resolved" not in (ROOT / "package-lock.json").read_text(encoding="utf-8")


# A page of one component that asks again and again, each look taking as many milliseconds as it is told.
ASKING = """
globalThis.element = {{ isConnected: true }};
globalThis.document = {{ hidden: false, addEventListener() {{}}, removeEventListener() {{}} }};
let now = 0, rested = 0;
globalThis.performance = {{ now: () => now }};
globalThis.setTimeout = (_, rest) => {{ rested = rest; return 1; }};
globalThis.clearTimeout = () => {{}};
const {{ repeated }} = await import({module});
for (const [takes, says] of {looks}) {{
  repeated(1000, async () => {{ now += takes; return says ?? undefined; }});
  await new Promise((go) => setImmediate(go));
  console.log(rested);
}}
"""


@pytest.mark.skipif(NODE is None, reason="node is not installed")
def test_who_asks_again_and_again_rests_the_longer_where_asking_and_drawing_take_long(tmp_path: Path) -> None:
    """Four windows that watch a run draw on the very processor that trains."""
    module = tmp_path / "page.mjs"
    module.write_text(WRITTEN["kit/page.js"], encoding="utf-8")
    looks = [(20, None), (200, None), (5000, None), (5000, 4000)]
    asking = ASKING.format(module=json.dumps(module.as_uri()), looks=json.dumps(looks))
    done = subprocess.run(
        [NODE or "", "--input-type=module", "-"], input=asking, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.split() == ["1000", "1800", "2000", "8000"], done.stderr
