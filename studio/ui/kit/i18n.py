"""Which language a page speaks, and how its words get there: a cookie, Gradio's own translation, and one script.

Knows no tab: the words are those of `locales/`, the same that errors and files use.
"""

from __future__ import annotations

import json
from typing import Any

import gradio as gr
from gradio.i18n import I18nData
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio.words import LANGS, Lang, catalogue

# Gradio knows Chinese only as zh-CN and zh-TW; every zh-* browser gets zh-CN from the boot script.
LOCALES: dict[Lang, str] = {"zh": "zh-CN", "en": "en"}
PAGE_ROOMS = (
    "ui", "data_tab", "checkup", "import", "public", "table", "split", "exam", "versions", "label",
    "model_tab", "gallery", "stored", "train_tab", "chat_tab", "handbook", "printing", "judging", "rounds", "views",
    "config", "story",
)  # fmt: skip


def _name(key: str) -> str:
    """Gradio shares one namespace with us and reads dots as paths, hence the prefix and the underscores."""
    return "xz_" + key.replace(".", "_")


def _page_words(lang: Lang) -> dict[str, str]:
    return {key: text for key, text in catalogue(lang).items() if key.partition(".")[0] in PAGE_ROOMS}


def translations(extra: dict[Lang, dict[str, str]]) -> gr.I18n:
    """Every fixed sentence of the page in both languages, and `extra` ones by the keys given to `t`."""
    words = {
        LOCALES[lang]: {_name(key): text for key, text in {**_page_words(lang), **extra[lang]}.items()}
        for lang in LANGS
    }
    return gr.I18n(**words)


def t(key: str) -> I18nData:
    """The fixed sentence `key`, chosen in the browser; one with {placeholders} goes through `Page.say` instead."""
    return I18nData(_name(key))


def lang_of(request: Any) -> Lang:
    """The language of a request: its cookie `lang`, else Chinese for a browser that prefers it, else English."""
    if request is None:
        return "zh"
    chosen = request.cookies.get("lang")
    if chosen in LANGS:
        return "zh" if chosen == "zh" else "en"
    return "zh" if (request.headers.get("accept-language") or "").lower().startswith("zh") else "en"


def words() -> str:
    """The page's words in both languages, as JSON."""
    return json.dumps({lang: _page_words(lang) for lang in LANGS}, ensure_ascii=False)


class InjectHead:
    """ASGI: puts a script first in the page's <head>; Gradio's own `head=` would run too late to set the language."""

    def __init__(self, app: ASGIApp, script: str, path: str = "/") -> None:
        self.app = app
        self.script = script.encode()
        self.path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] != self.path:
            await self.app(scope, receive, send)
            return
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        started: Message = {}
        body = b""

        async def gather(message: Message) -> None:
            nonlocal started, body
            if message["type"] == "http.response.start":
                started = message
                return
            if message["type"] != "http.response.body":
                await send(message)
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            headers = [(name, value) for name, value in started["headers"] if name != b"content-length"]
            if b"text/html" in dict(headers).get(b"content-type", b""):
                body = body.replace(b"<head>", b"<head>" + self.script, 1)
            headers.append((b"content-length", str(len(body)).encode()))
            await send({**started, "headers": headers})
            await send({"type": "http.response.body", "body": body})

        await self.app({**scope, "headers": plain}, receive, gather)
