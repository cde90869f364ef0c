"""The video behind the page and the API: a clip and values -> the painted clip's file."""

import contextlib
import tempfile
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nst.pictures.reading import open_image
from nst.settings import INSTANT_SPECS, OWN_STYLE, InstantSettings
from nst.specs import InputError
from nst.video import instant, reading, writing
from nst.video.clip import Clip, Frame
from web.runs.instant_run import settings_of, style_of
from web.runs.kept.jpeg import fitted
from web.runs.naming import result_name
from web.runs.refusals import sentences
from web.server.disk import make_room
from web.server.limits import CLIP_SECONDS, CLIP_SIDE, FRAMES_A_SECOND, RUN_SECONDS
from web.server.server import Server

SEEN = 320
"""Longest side in pixels of the latest frame, which is shown meanwhile."""
CUT_SHORT = "There was no time for all of it: after {seconds:.1f} s the video stands still."


@dataclass(frozen=True, kw_only=True)
class ClipProgress:
    """How far a video is.

    Attributes:
        frame: how many are painted.
        frames: how many there are, about.
        seconds: since the beginning.
        eta_seconds: left, by what the last ones took; None before the first.
        device: that paints.
        done: whether there is a file.
        note: a sentence about what went wrong, or "".
    """

    frame: int
    frames: int
    seconds: float
    eta_seconds: float | None
    device: str
    done: bool = False
    note: str = ""


@dataclass(frozen=True)
class ClipUpdate:
    """What is known after a frame.

    Attributes:
        file: of the painted video, there until the next update is asked for; None before its end.
        seen: the latest frame, a small JPEG file; None where there is none yet.
    """

    progress: ClipProgress
    seen: bytes | None = None
    file: str | None = None


class ClipRuns:
    """The videos of a server."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def open(
        self, clip: str | None, style: str | None = None, **values: object
    ) -> Generator[ClipUpdate, None, None]:
        """Paint a video at once, frame by frame.

        Args:
            clip: its file.
            style: a painting's, if the style is "own".
            values: of `InstantSettings`, by the API's names.

        Raises:
            Refused: what cannot be used, with the first update.
        """
        with sentences():
            settings = _settings(values)
            opened = self.look(clip)
            given = open_image(style, "style image") if style else None
            network = self._server.networks.instant(own=settings.style == OWN_STYLE)
            painted = instant.paint_clip(opened, settings, style=given, network=network)
            name = result_name(_name_of(clip), style_of(settings, style))
            with tempfile.TemporaryDirectory(prefix="nst-") as folder:
                make_room()
                path = Path(folder) / f"{name}.mp4"
                with contextlib.closing(self._server.tensor_thread.steps(painted)) as frames:
                    yield from _written(frames, opened, settings, path, str(network.device))

    def look(self, clip: str | None) -> Clip:
        """Look into a video, which may be as long as videos are here.

        Raises:
            Refused: it is missing, damaged or too long.
        """
        with sentences():
            return reading.open_clip(
                clip,
                "video",
                most_seconds=CLIP_SECONDS,
                most_frames=CLIP_SECONDS * FRAMES_A_SECOND,
            )

    def paint_clip(
        self,
        video: str | None,
        style_name: object,
        strength: object,
        size: object,
        second_style: object,
        mix: object,
        color: object = INSTANT_SPECS["color"].default,
        style: str | None = None,
    ) -> Generator[tuple[str | None, dict[str, Any]], None, None]:
        """Paint a video of up to 10 seconds at once, in a style by name or in that of a painting.

        It yields how far it is, at last with the painted video as an MP4 file, its sound kept.

        Args:
            video: The video: MP4, MOV, WebM, MKV, AVI, or an animated GIF or WebP.
            style_name: One of the styles that were learned beforehand, or own for a painting's.
            strength: 0 gives the video back, 85 has all of the style, 100 goes beyond it.
            size: Longest side of the result in pixels, 1024 at most; the aspect ratio is kept.
            second_style: A style to mix in, or none.
            mix: 0 is the first style alone, 100 the second.
            color: style as painted; content the video's own; matched the style's, moved to the
                video's mood.
            style: The painting, if style_name is own.
        """
        values = {"style_name": style_name, "strength": strength, "size": size, "color": color}
        values |= {"second_style": second_style, "mix": mix}
        for update in self.open(video, style, **values):
            yield update.file, vars(update.progress)


def _settings(values: dict[str, object]) -> InstantSettings:
    """Settings by the API's names, checked.

    Raises:
        InputError: one is out of its range, or the size is more than videos may have.
    """
    settings = settings_of(**values)
    if settings.size > CLIP_SIDE:
        raise InputError(f"size of a video must be {CLIP_SIDE} at most here, not {settings.size}.")
    return settings


def _name_of(clip: str | None) -> str:
    """The clip's file; one without a name of its own is "video"."""
    name = result_name(clip, None).partition("-in-the-style-of-")[0]
    return "video" if name == "photograph" else name


def _written(
    frames: Generator[Frame, None, None],
    clip: Clip,
    settings: InstantSettings,
    path: Path,
    device: str,
) -> Generator[ClipUpdate, None, None]:
    """Write frames as they come, and tell how far it is; in time, with those that there are."""
    started, count, note = time.monotonic(), 0, ""
    yield ClipUpdate(_progress(clip, 0, started, device))
    with writing.opened(path, clip, instant.size_of(clip, settings)) as out:
        for count, frame in enumerate(frames, 1):
            out.add(frame)
            yield ClipUpdate(_progress(clip, count, started, device), fitted(frame.image, SEEN))
            if time.monotonic() - started > RUN_SECONDS:
                note = CUT_SHORT.format(seconds=frame.seconds)
                break
    last = ClipProgress(
        frame=count,
        frames=count,
        seconds=round(time.monotonic() - started, 3),
        eta_seconds=0.0,
        device=device,
        done=True,
        note=f"{note} {out.note}".strip(),
    )
    yield ClipUpdate(last, file=str(path))


def _progress(clip: Clip, count: int, started: float, device: str) -> ClipProgress:
    seconds, frames = time.monotonic() - started, max(clip.frames, count)
    left = seconds / count * (frames - count) if count else None
    return ClipProgress(
        frame=count,
        frames=frames,
        seconds=round(seconds, 3),
        eta_seconds=None if left is None else round(left, 1),
        device=device,
    )
