"""What the page keeps of a visitor's run while it goes: a film of small frames, and its losses."""

from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image

from web.runs.kept.jpeg import small
from web.runs.progress import Progress

LONGEST = 480
"""Longest side of a film's frames, in pixels."""
MOST_FRAMES = 96
COMPARED = 1024
"""Longest side, in pixels, of the pictures that are compared on the page."""
CORNER = 320
"""Longest side, in pixels, of a painting that is shown small beside what was made by it."""


@dataclass
class Record:
    """A run so far; it stays as small as a few pictures, however long the run.

    Attributes:
        name: of the result's file, without its ending.
        values: the run's settings, and "features", as they were asked for.
        latest: the latest progress; None before there was any.
        first_look: the file of a first look, as long as it is in sight.
        picture: the file of the latest picture, which is there as long as the run goes.
        pictured: the progress that the latest picture is of.
        before, after: the photograph and the latest picture, as JPEG files.
        painting: the first of the paintings, small, as a JPEG file.
        frames: JPEG files, evenly spaced over the run, at most `MOST_FRAMES`.
        points: the progress at each frame.
    """

    values: dict[str, object]
    name: str = ""
    latest: Progress | None = None
    first_look: str = ""
    picture: str = ""
    pictured: Progress | None = None
    before: bytes = b""
    after: bytes = b""
    painting: bytes = b""
    frames: list[bytes] = field(default_factory=list)
    points: list[Progress] = field(default_factory=list)
    _every: int = 1
    _count: int = 0

    @property
    def size(self) -> tuple[int, int]:
        """Of the photograph as it was shown, (width, height) in pixels."""
        with Image.open(BytesIO(self.before)) as image:
            return image.size

    def add(self, picture: str, progress: Progress) -> None:
        """Keep a preview or the result: a file that may be gone afterwards."""
        self.latest = self.pictured = progress
        self.picture = picture
        self.after = small(picture, COMPARED)
        self.before = self.before or self.after  # a run's first picture is the photograph
        if self._count % self._every == 0 or progress.done:
            self.frames.append(small(self.after, LONGEST))
            self.points.append(progress)
        self._count += 1
        if len(self.frames) > MOST_FRAMES:
            self._every *= 2
            del self.frames[1::2], self.points[1::2]
