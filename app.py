"""The page and the API:  python app.py

Everything that is on the page is in `page`, everything about pictures and tensors in `nst`.
"""

import logging
import os
import signal
import sys

# ZeroGPU replaces parts of torch, which `nst` imports: spaces comes first.
import spaces  # noqa: F401

# isort: split
import gradio as gr
from starlette.middleware import Middleware

from nst import InputError
from nst.machine import allocator
from page.api import connect_api
from page.door import limit, middleware
from page.events import connect_page
from page.folder import temporary_files
from page.gate import Gate
from page.info import measure_machine
from page.intake import Intake
from page.layout import lay_out
from page.limits import SESSIONS, UPLOAD_BYTES, turn
from page.look import css, theme
from page.runs import load_networks

HOUR = 3600


def build() -> gr.Blocks:
    """Lay out the page and connect its events and the API's endpoints."""
    with Intake(title="Neural style transfer", delete_cache=(HOUR, HOUR)) as page:
        cards, inputs, outputs = lay_out()
        connect_page(page, cards, inputs, outputs)
        connect_api(inputs)
    return page


def stop(*_: object) -> None:
    """Have the run that goes on end, then the server: what a signal calls."""
    turn().close()
    raise KeyboardInterrupt  # Gradio waits for it


def main() -> None:
    """Serve the page, until a signal comes."""
    logging.basicConfig(format="%(asctime)s %(name)s %(levelname)s %(message)s")
    allocator.share_one_arena()
    try:
        load_networks()
    except InputError as error:
        sys.exit(f"error: {error}")
    measure_machine()
    with temporary_files():
        page = build()
        limit(page)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        page.launch(
            theme=theme(),
            css=css(),
            mcp_server=True,
            max_file_size=UPLOAD_BYTES,
            state_session_capacity=SESSIONS,
            enable_monitoring=False,
            app_kwargs={"middleware": [Middleware(Gate), *middleware(page)]},
        )
        ended = turn().ended()
    if not ended:
        os._exit(1)  # in the middle of an iteration that takes too long to be waited for


if __name__ == "__main__":
    main()
