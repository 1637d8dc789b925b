"""Of several things that a page asks and that are shown in one place, the one asked last is what stays there.

Knows no component: an answer that a newer question has overtaken changes nothing.
"""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Callable, Iterator
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio.ui.kit.page import on

if TYPE_CHECKING:
    from studio.studio import Studio

PAGES = 256  # that asked last; of an older one nothing is under way


class Newest:
    """Listeners that fill the same parts of a page, each with a queue of its own: a slow one may end last."""

    def __init__(self) -> None:
        self._turns, self._lock = count(), Lock()
        self._asked: OrderedDict[str, int] = OrderedDict()  # page → the turn of what it asked last

    def on(self, studio: Studio, handler: Callable[..., Any]) -> Callable[..., Any]:
        """As `page.on`."""
        listener = on(studio, handler)

        def ask(request: gr.Request, *values: Any, **named: Any) -> Any:
            turn = self._begin(request)
            found = listener(request, *values, **named)
            return gr.skip() if self._overtaken(request, turn) else found

        def stream(request: gr.Request, *values: Any, **named: Any) -> Iterator[Any]:
            turn = self._begin(request)
            for found in listener(request, *values, **named):
                if self._overtaken(request, turn):
                    yield gr.skip()
                    return
                yield found

        return stream if inspect.isgeneratorfunction(handler) else ask

    def _begin(self, request: gr.Request) -> int:
        page = str(request.session_hash)
        with self._lock:
            self._asked[page] = turn = next(self._turns)
            self._asked.move_to_end(page)
            while len(self._asked) > PAGES:
                self._asked.popitem(last=False)
        return turn

    def _overtaken(self, request: gr.Request, turn: int) -> bool:
        return self._asked.get(str(request.session_hash), turn) > turn
