"""The whole page: its components, its events, and the API's endpoints."""

import gradio as gr

from web.page.api import connect_api
from web.page.clips import events as clips
from web.page.events import connect_page
from web.page.layout import lay_out
from web.runs.services import Services
from web.server.http.intake import Intake
from web.server.server import Server

TITLE = "Neural style transfer"
HOUR = 3600


def build(server: Server) -> gr.Blocks:
    """Lay out the page and connect its events and the API's endpoints."""
    services = Services(server)
    with Intake(title=TITLE, delete_cache=(HOUR, HOUR)) as page:
        cards, inputs, outputs = lay_out()
        connect_page(page, services, cards, inputs, outputs)
        connect_api(services, inputs)
        clips.connect_api(services, inputs)
    return page
