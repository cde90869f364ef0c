"""The page and the API:  python app.py

Everything that is on the page is in `page`, everything about pictures and tensors in `nst`.
"""

import logging

# ZeroGPU replaces parts of torch, which `nst` imports: spaces comes first.
import spaces  # noqa: F401

# isort: split
import gradio as gr
from starlette.middleware import Middleware

from nst.settings import FEATURES
from page.api import connect_api
from page.events import connect_page
from page.folder import temporary_files
from page.gate import Gate
from page.info import measure_machine
from page.intake import Intake
from page.layout import lay_out
from page.look import css, theme
from page.runs import features_of

QUEUE_LENGTH = 20
HOUR = 3600


def build() -> gr.Blocks:
    """Lay out the page and connect its events and the API's endpoints."""
    with Intake(title="Neural style transfer", delete_cache=(HOUR, HOUR)) as page:
        cards, inputs, outputs = lay_out()
        connect_page(page, cards, inputs, outputs)
        connect_api(inputs)
    return page


def main() -> None:
    """Serve the page."""
    logging.basicConfig(format="%(asctime)s %(name)s %(levelname)s %(message)s")
    features_of(FEATURES.default)  # ZeroGPU wants networks on the GPU before a visitor comes
    measure_machine()
    with temporary_files():
        page = build()
        # One run at a time: two would only share the device, and each take twice as long.
        page.queue(max_size=QUEUE_LENGTH, default_concurrency_limit=1)
        middleware = {"middleware": [Middleware(Gate)]}
        page.launch(theme=theme(), css=css(), mcp_server=True, app_kwargs=middleware)


if __name__ == "__main__":
    main()
