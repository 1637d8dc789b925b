"""The page that asks for the password, in the language of the browser, and the way out.

Knows no rule of who may come in: it asks the doorkeeper.
"""

from __future__ import annotations

from html import escape
from string import Template

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from studio.errors import StudioError
from studio.serve.doorkeeper import GOOD_FOR, Doorkeeper
from studio.ui.kit import uploads
from studio.ui.kit.i18n import lang_of
from studio.words import Lang, say

COOKIE = "xiaozao-door"
STATUS = {"serve.wait": 429, "serve.wrong_password": 401}
PAGE = Template("""<!doctype html>
<html lang="$lang"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title><style>
:root { color-scheme: light dark; --paper: #fbf8f3; --ink: #2b2622; --card: #fff; --line: #e2d9cb; --bad: #a3271c; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #1b1816; --ink: #efe8df; --card: #262220; --line: #463e36; --bad: #ff9c8f; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--paper); color: var(--ink);
  font: 16px/1.6 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
form { width: min(22rem, calc(100vw - 2rem)); padding: 2rem; display: grid; gap: 1rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 16px; }
h1 { margin: 0; font-size: 1.4rem; } p { margin: 0; }
[role=alert] { color: var(--bad); }
label { display: grid; gap: .4rem; }
input, button { font: inherit; min-height: 44px; border-radius: 10px; padding: 0 .8rem; }
input { border: 1px solid var(--line); background: var(--paper); color: inherit; width: 100%; }
button { border: 0; background: #b04f26; color: #fff; cursor: pointer; }
:focus-visible { outline: 3px solid #cb6436; outline-offset: 2px; }
</style></head><body><form method="post" action="login"><h1>$title</h1><p>$intro</p>$trouble
<label>$password<input type="password" name="password" autocomplete="current-password" required autofocus></label>
<button>$enter</button></form></body></html>""")


def mount(app: FastAPI, door: Doorkeeper) -> None:
    """The routes /login and /logout."""

    @app.get("/login")
    def ask(request: Request) -> Response:
        if door.admits(request.cookies.get(COOKIE, "")):
            return RedirectResponse("/", 303)
        return HTMLResponse(page(lang_of(request)))

    @app.post("/login")
    async def answer(request: Request) -> Response:
        given = (await request.form()).get("password")
        address = request.client.host if request.client else ""
        try:
            cookie = door.knock(given if isinstance(given, str) else "", address, request.cookies.get(COOKIE, ""))
        except StudioError as error:
            headers = {"Retry-After": str(error.details["seconds"])} if "seconds" in error.details else None
            return HTMLResponse(page(lang_of(request), error), STATUS[error.key], headers)
        inside = RedirectResponse("/", 303)
        secure = request.url.scheme == "https"
        inside.set_cookie(COOKIE, cookie, int(GOOD_FOR), httponly=True, samesite="lax", secure=secure)
        return inside

    @app.post("/logout")
    def leave() -> Response:
        outside = RedirectResponse("/login", 303)
        for name in (COOKIE, uploads.COOKIE):  # who comes in next is somebody else
            outside.delete_cookie(name)
        return outside


def page(lang: Lang, error: StudioError | None = None) -> str:
    words = {name: escape(say(f"serve.{name}", lang)) for name in ("title", "intro", "password", "enter")}
    trouble = f'<p role="alert">{escape(error.say(lang))}</p>' if error else ""
    return PAGE.substitute(words, lang={"zh": "zh-CN", "en": "en"}[lang], trouble=trouble)
