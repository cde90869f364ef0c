"""Serving a page until a signal comes, with all that stands between it and its visitors."""

import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

import gradio as gr
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from nst import InputError
from nst.machine import allocator
from web.server.admission import limit
from web.server.disk import temporary_files
from web.server.gradio_private import other_versions
from web.server.http.middleware import PlainAnswers
from web.server.http.requests import BodyLimit, ExactCancel, OwnStreams
from web.server.http.tool_calls import ToolCalls
from web.server.limits import SESSIONS, UPLOAD_BYTES
from web.server.server import Server

log = logging.getLogger("nst.app")


class Start:
    """How long the parts of the program's start take, by the clock.

    Args:
        began: by `time.monotonic`.
    """

    def __init__(self, began: float) -> None:
        self._began = self._latest = began
        self._parts: list[str] = []

    def has(self, part: str) -> None:
        """Note that a part has ended."""
        now = time.monotonic()
        self._parts.append(f"{part} {now - self._latest:.1f} s")
        self._latest = now

    def __str__(self) -> str:
        """All in all, and each part."""
        return f"{self._latest - self._began:.1f} s: {', '.join(self._parts)}"


def serve(
    server: Server,
    build: Callable[[Server], gr.Blocks],
    folders: Mapping[str, Path] = MappingProxyType({}),
    *,
    began: float,
    **theme: object,
) -> None:
    """Serve a page, until a signal comes.

    Args:
        server: is prepared first; its `InputError` ends the program with a sentence.
        build: makes the page.
        folders: of files that the page shows, by their addresses below its own.
        began: when the program did, by `time.monotonic`.
        theme: of the page, as `launch` takes it.
    """
    start = Start(began)
    start.has("imports")
    _open_log()
    allocator.share_one_arena()
    try:
        server.prepare()
    except InputError as error:
        sys.exit(f"error: {error}")
    start.has("networks")
    with temporary_files():
        page = build(server)
        limit(page)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, partial(_stop, server))
        start.has("page")
        _launch(page, folders, theme)
        start.has("answering")
        log.info("started in %s", start)
        server.settle()
        page.block_thread()
        ended = server.run_slot.ended()
    if not ended:
        os._exit(1)  # in the middle of an iteration that takes too long to be waited for


def _open_log() -> None:
    """Have the app's own words logged, the first of them on the packages that it finds."""
    logging.basicConfig(format="%(asctime)s %(name)s %(levelname)s %(message)s")
    log.setLevel(logging.INFO)
    if others := other_versions():
        log.warning("private names of other packages may be others in these versions: %s", others)


def _stop(server: Server, *_: object) -> None:
    """Have the run that goes on end, then the server: what a signal calls."""
    server.close()
    raise KeyboardInterrupt  # Gradio waits for it


def _launch(page: gr.Blocks, folders: Mapping[str, Path], theme: Mapping[str, object]) -> None:
    """Have Gradio answer, behind our middleware; for files of folders it is not asked."""
    routes = [Mount(f"/{at}", StaticFiles(directory=folder)) for at, folder in folders.items()]
    page.launch(
        mcp_server=True,
        max_file_size=UPLOAD_BYTES,
        state_session_capacity=SESSIONS,
        enable_monitoring=False,
        app_kwargs={
            "middleware": [Middleware(PlainAnswers), *middleware(page)],
            "routes": routes,
        },
        prevent_thread_lock=True,
        **theme,
    )


def middleware(page: gr.Blocks) -> list[Middleware]:
    """What requests pass before they reach Gradio."""
    return [
        Middleware(BodyLimit),
        Middleware(ExactCancel, page=page),
        Middleware(OwnStreams, page=page),
        Middleware(ToolCalls),
    ]
