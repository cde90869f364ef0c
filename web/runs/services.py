"""All that the page and programs may have a server do."""

from web.runs.clip_run import ClipRuns
from web.runs.instant_run import InstantRuns
from web.runs.kept.visits import Visits
from web.runs.programs import Programs
from web.runs.run import Runs
from web.server.server import Server


class Services:
    """The middle floor of a server.

    Attributes:
        server: that they work with.
        runs: by Gatys' optimisation.
        instant: paintings in one pass.
        clips: films, each frame in one pass.
        programs: what the API offers beside them.
        visits: what is kept for pages that come back.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self.runs = Runs(server)
        self.instant = InstantRuns(server)
        self.clips = ClipRuns(server)
        self.programs = Programs(server, self.runs)
        self.visits = Visits(server.run_slot)
