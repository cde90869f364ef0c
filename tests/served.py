"""A server of the tests' own process, whose networks and handlers they share."""

from web.page.handlers import PageHandlers
from web.page.instant_events import InstantPainting
from web.page.painting import Painting
from web.runs.services import Services
from web.server.server import Server

SERVER = Server()
SERVICES = Services(SERVER)
PAINTING, INSTANT = Painting(SERVICES), InstantPainting(SERVICES)
HANDLERS = PageHandlers(SERVICES)
stylize_pictures = SERVICES.programs.stylize_pictures
paint_instantly = SERVICES.instant.paint_instantly
