"""What the server grants: places in its queue, time and frames of a run, sizes of what is sent.

The figures alone; `web.server.admission` keeps the queue, `web.runs.attempts` a run within its own,
`web.server.gpu_time` what ZeroGPU is asked for.
"""

from nst.pictures.reading import MAX_FILE_MEGABYTES
from web.server import zerogpu

RUNS = 4 if zerogpu.HERE else 1
"""Runs that are painted at a time. ZeroGPU lends each of them a GPU of its own, and has those wait
that it has none for; elsewhere they would share what one has to itself."""
QUEUE_LENGTH = 20
"""Runs that wait beside these. Instant paintings have as many places of their own."""
PLACES = 2
"""Of these, those that are painted included, one visitor's."""
ADDRESS_PLACES = 8
"""Of these, those of one public address, of a home or a school: pages are cheap to open."""
EVENTS = 500
"""Events of all kinds that wait, clicks on the page as well; beyond, Gradio refuses them."""
UNFETCHED = 1000
"""Visitors with answers that they have not fetched; beyond, who is refused a place in the queue
gets HTTP 503 instead of an answer."""
SESSIONS = 50
"""Pages and programs that Gradio keeps its copy of the page for, the latest ones. One takes 0.2 MB,
and 3 MB once it has shown a run, whose film and compared pictures are in the page's HTML. A run
keeps its own among the latest; any other page gets a new copy with its next event."""
RUN_SECONDS = 600
"""After this a run ends with what it has, where the hardware is the server's own."""
CLIP_SECONDS, CLIP_SIDE, FRAMES_A_SECOND = 10, 1024, 60
"""Of a film that is painted here: how long it may be, its result's longest side in pixels, and how
many frames it may have a second. The command has no such bounds."""
GPU_SECONDS = 120
"""What a run takes at most of a quota of ZeroGPU's: a day's, of a visitor without an account."""
SPARED_SECONDS = 1
"""So long before ZeroGPU takes its GPU back a run ends: an iteration, and the result's way here."""
STRAGGLER_SECONDS = 60
"""A run waits so long for one that was stopped in the middle of a slow iteration."""
ALONE_SECONDS = 20
"""A page's run that nobody follows any more gives its place to others after so long; while nobody
waits, it goes on to its end."""
VISITS = 50
"""Visits that are kept for pages that come back, the latest ones. One takes about 2 MB, which are
the film and the compared pictures of its last run."""
VISIT_SECONDS = 1800
"""So long after its last sign of life a visit is forgotten."""
CLOSING_SECONDS = 4
"""A run has so long to end when the server is told to."""
FRAMES = 20
"""Pictures that a run streams at most, the photograph and the result among them."""
WORD_SECONDS = 0.5
"""Without a picture, progress is streamed so often; this is also how soon a stop takes effect."""
UPLOAD_BYTES = MAX_FILE_MEGABYTES * 10**6
"""Of an uploaded file."""
BODY_BYTES = 32 * 10**6
"""Of any other request; its pictures are `data:` addresses, if it has any."""
