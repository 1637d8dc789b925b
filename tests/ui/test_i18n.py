"""Every word the page asks for exists in both languages, and the language is set before anything else runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.testclient import TestClient

from studio.config import RunConfig
from studio.serve.server import create_app
from studio.studio import Studio
from studio.ui.app import build_app
from studio.ui.kit.assets import read, stylesheet
from studio.ui.kit.form import knob_words
from studio.ui.kit.i18n import LOCALES, PAGE_ROOMS, InjectHead, translations
from studio.words import LANGS, catalogue

UI = Path(__file__).parents[2] / "studio" / "ui"
ASKED = re.compile(r'\b(?:t|say|_warning)\(\s*(?:page, )?"([a-z_]+\.[a-z_0-9]+)"')


def asked_for() -> Iterator[tuple[str, str]]:
    for path in sorted([*UI.rglob("*.py"), *UI.rglob("*.js")]):
        for key in ASKED.findall(path.read_text(encoding="utf-8")):
            yield path.name, key


def test_every_word_that_code_names_exists() -> None:
    found = list(asked_for())
    assert len(found) > 100
    extra = {key for words in knob_words(RunConfig).values() for key in words}
    known = catalogue("zh").keys() | extra
    begun = tuple(key for _, key in found if key.endswith("_"))  # the code adds the end: "ui.help_" + step
    assert all(any(word.startswith(key) for word in known) for key in begun)
    assert [(file, key) for file, key in found if key not in known and key not in begun] == []


def keys_in(config: Any) -> Iterator[str]:
    """Every translation key in a page's configuration, however deep."""
    if isinstance(config, dict):
        if config.get("__type__") == "translation_metadata":
            yield config["key"]
        for value in config.values():
            yield from keys_in(value)
    elif isinstance(config, (list, tuple)):
        for value in config:
            yield from keys_in(value)
    elif isinstance(config, str):
        yield from re.findall(r'__i18n__\{.*?"key": "(\w+)"\}', config)


def test_every_word_in_the_layout_exists_in_both_languages(studio: Studio) -> None:
    app = build_app(studio, lambda folder, name: "/")
    asked = {key for block in app.blocks.values() for key in keys_in(jsonable(block.get_config()))}
    assert len(asked) > 60
    words = translations(knob_words(RunConfig)).translations_dict
    for lang in LANGS:
        assert asked <= words[LOCALES[lang]].keys()


def jsonable(value: Any) -> Any:
    """I18nData as what it becomes on the wire."""
    if hasattr(value, "to_dict") and hasattr(value, "key"):
        return value.to_dict()
    if isinstance(value, dict):
        return {name: jsonable(part) for name, part in value.items()}
    return [jsonable(part) for part in value] if isinstance(value, (list, tuple)) else value


def test_no_key_collides_with_gradios_own_names() -> None:
    for words in translations(knob_words(RunConfig)).translations_dict.values():
        assert all(key.startswith("xz_") and "." not in key for key in words)


def test_the_boot_script_comes_first_in_the_page_and_nowhere_else() -> None:
    app = FastAPI()
    app.add_middleware(InjectHead, script="<script>boot</script>")
    app.get("/")(lambda: HTMLResponse("<html><head><title>页</title></head></html>"))
    app.get("/other")(lambda: HTMLResponse("<html><head></head></html>"))
    app.get("/plain")(lambda: PlainTextResponse("<head>"))
    with TestClient(app) as client:
        page = client.get("/", headers={"accept-encoding": "gzip"})
        assert page.text == "<html><head><script>boot</script><title>页</title></head></html>"
        assert int(page.headers["content-length"]) == len(page.content)
        assert "boot" not in client.get("/other").text
        assert client.get("/plain").text == "<head>"


def test_the_page_asks_for_its_script_first_and_may_keep_it(studio: Studio) -> None:
    with TestClient(create_app(studio), base_url="http://127.0.0.1") as client:
        first = re.search(r"<script.*?</script>", client.get("/").text)
        assert first and (place := re.search(r'src="(/assets/page-\w+\.js)"', first[0]))
        boot = client.get(place[1])
        assert boot.headers["content-type"].startswith("text/javascript") and "max-age" in boot.headers["cache-control"]
        assert catalogue("zh")["ui.tagline"] in boot.text and catalogue("en")["ui.tagline"] in boot.text


@pytest.mark.parametrize("name", sorted(path.relative_to(UI).as_posix() for path in UI.rglob("*.css")))
def test_no_style_asks_for_anything_from_outside(name: str) -> None:
    assert not re.search(r"@import|url\(\s*[\"']?(?!data:)[a-z]+:", read(name))
    assert read(name) in stylesheet()


def test_the_page_has_every_sentence_that_its_scripts_name() -> None:
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in UI.rglob("*.js"))
    named = {*re.findall(r'"([a-z_]+\.[a-z0-9_]+)"', scripts)} & catalogue("zh").keys()
    assert len(named) > 100 and {key.partition(".")[0] for key in named} <= {*PAGE_ROOMS}
