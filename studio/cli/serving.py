"""The studio for browsers.

Knows no page: the server is assembled elsewhere.
"""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from studio import signals
from studio.cli.app import Home, Json, app
from studio.console import Console


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="127.0.0.1 keeps it on this machine.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 7860,
    password: Annotated[
        Optional[str], typer.Option(help="Needed for any other host.", envvar="XIAOZAO_PASSWORD")
    ] = None,
    name: Annotated[
        Optional[list[str]], typer.Option(help="A name by which browsers call it, such as shop.example; repeatable.")
    ] = None,
    proxy: Annotated[
        Optional[list[str]], typer.Option(help="The address of a reverse proxy that may say who asks; repeatable.")
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """The studio in the browser."""
    with signals.noted() as asked:  # an interruption amid all that begins would leave threads that nobody ends
        from studio.assembled import Studio
        from studio.serve.server import ANY_ADDRESS, create_app, free_port
        from studio.serve.server import serve as run_server

        if asked.is_set():
            return
        console = Console(json)
        with console.errors(), Studio(home, worker=True) as xiaozao:
            chosen = free_port(host, port)
            server = create_app(xiaozao, host=host, password=password, names=name or [])
            if chosen != port:
                console.note("serve.port_taken", wanted=port, port=chosen)
            url = f"http://{'localhost' if host in ANY_ADDRESS else host}:{chosen}"
            console.note("serve.ready", url=url)
            run_server(server, host, chosen, proxy or [], asked)
