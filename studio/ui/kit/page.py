"""How a plain handler becomes a Gradio listener: it learns who asks, and its errors become sentences.

Knows no component: tabs hand their handlers in and bind what comes out.
"""

from __future__ import annotations

import html
import inspect
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr
from fastapi import Response
from fastapi.encoders import jsonable_encoder

from studio.errors import StudioError
from studio.ui.kit.i18n import lang_of
from studio.words import Lang, say
from studio.workspace import intact

if TYPE_CHECKING:
    from studio.studio import Studio

log = logging.getLogger(__name__)
# Every listener is internal, and the page shows progress in its own way. On no component: each that a listener hides
# while it is awaited would count its seconds at every frame for as long as the page is open.
QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "show_progress_on": ()}


@dataclass(frozen=True)
class Page:
    """Who asks: the studio and the language of the page."""

    studio: Studio
    lang: Lang

    def say(self, key: str, **details: Any) -> str:
        return say(key, self.lang, **details)


@contextmanager
def errors_shown(lang: Lang) -> Iterator[None]:
    """StudioError becomes a toast in `lang`; anything else a general one, with its traceback in the server's log."""
    try:
        yield
    except gr.Error:
        raise
    except StudioError as error:
        raise _toast(error.say(lang), lang) from error
    except Exception as error:
        log.exception("a handler failed")
        raise _toast(say("ui.surprise", lang), lang) from error


def _toast(sentence: str, lang: Lang) -> gr.Error:
    # Gradio renders toasts as HTML, and a sentence may quote the user's file
    return gr.Error(html.escape(sentence), duration=12, title=say("ui.error_title", lang), print_exception=False)


def tell(page: Page, key: str, **details: Any) -> None:
    """A toast that something was done. Gradio renders it as HTML, and a sentence may quote the user's file."""
    gr.Info(html.escape(page.say(key, **details)), title=page.say("ui.info_title"))


def on(studio: Studio, handler: Callable[..., Any]) -> Callable[..., Any]:
    """`handler(page, *values, **named)`, a function or a generator, as a listener with a queue of its own."""

    def ask(request: gr.Request, *values: Any, **named: Any) -> Any:
        page = Page(studio, lang_of(request))
        with errors_shown(page.lang), intact(studio.workspace.database):
            return handler(page, *values, **named)

    def stream(request: gr.Request, *values: Any, **named: Any) -> Iterator[Any]:
        page = Page(studio, lang_of(request))
        with errors_shown(page.lang), intact(studio.workspace.database):
            yield from handler(page, *values, **named)

    return stream if inspect.isgeneratorfunction(handler) else ask


def served(studio: Studio, handler: Callable[[Page, dict[str, Any]], Any]) -> Callable[..., Any]:
    """`handler(page, data)` as a function that a component's script calls by the handler's name.

    Its StudioError arrives there as {"error": sentence}.
    """

    def answer(data: dict[str, Any], request: gr.Request) -> Response:
        return _written(found(Page(studio, lang_of(request)), data))

    def found(page: Page, data: dict[str, Any]) -> Any:
        try:
            with intact(studio.workspace.database):
                return handler(page, data)
        except StudioError as error:
            return {"error": error.say(page.lang)}
        except Exception:
            log.exception("%s failed", handler.__name__)
            return {"error": page.say("ui.surprise")}

    answer.__name__ = handler.__name__
    return answer


def _written(found: Any) -> Response:
    """As JSON at once: FastAPI would first walk through all of it and copy what is JSON already, which took four times
    as long as to find it."""
    text = json.dumps(found, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=jsonable_encoder)
    return Response(text.encode(), media_type="application/json")
