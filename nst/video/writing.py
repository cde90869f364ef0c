"""Clips as files, whole or not at all, written frame by frame: the memory that it takes is bounded.

with writing.opened(path, clip, size) as out:
    for frame in frames:
        out.add(frame)
"""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from PIL import Image

from nst.pictures.writing import part_of
from nst.specs import InputError
from nst.video.clip import Clip, Frame
from nst.video.sound import Sound

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream


@dataclass(frozen=True)
class Kind:
    """How a clip is written.

    Attributes:
        muxer: FFmpeg's name of the container.
        sounds: codecs of sound that the container takes, the first for what is encoded anew.
        tick: of the clock, in seconds.
    """

    muxer: str
    codec: str
    pixels: str = "yuv420p"
    options: Mapping[str, str] = field(default_factory=dict)
    sounds: tuple[str, ...] = ()
    tick: Fraction = Fraction(1, 90_000)


H264 = {"crf": "18", "preset": "medium", "bf": "0"}
"""18 is where x264's losses are hardly seen. With B-frames, frames are stored in another order than
they are shown in, by which MP4 and MOV tell a length wrong where frames are not all as long."""
VP9 = {"crf": "24", "b": "0", "deadline": "good", "cpu-used": "4"}
KINDS: Mapping[str, Kind] = {
    ".mp4": Kind(
        *("mp4", "libx264", "yuv420p"),
        {**H264, "movflags": "+faststart"},
        ("aac", "mp3", "ac3", "eac3", "alac", "opus", "flac"),
    ),
    ".mov": Kind(
        *("mov", "libx264", "yuv420p"),
        {**H264, "movflags": "+faststart"},
        ("aac", "mp3", "ac3", "alac", "pcm_s16le", "pcm_s16be", "pcm_s24le"),
    ),
    ".mkv": Kind(
        *("matroska", "libx264", "yuv420p", H264),
        ("aac", "mp3", "ac3", "eac3", "opus", "vorbis", "flac", "pcm_s16le", "pcm_s24le"),
    ),
    ".webm": Kind("webm", "libvpx-vp9", "yuv420p", VP9, ("libopus", "opus", "vorbis")),
    ".gif": Kind("gif", "gif", "pal8", tick=Fraction(1, 100)),
    ".webp": Kind("webp", "libwebp_anim", "bgra", {"quality": "85"}, tick=Fraction(1, 1000)),
}
"""Ending of a clip's name -> how it is written."""
BT709, LIMITED = 1, 1
"""Codes of ITU-T H.273 and FFmpeg for what films are tagged with."""
COLOURS = 256
"""Of a frame of a GIF."""


def kind_of(path: Path) -> Kind:
    """How a clip of a name is written.

    Raises:
        InputError: its ending is none of `KINDS`.
    """
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise InputError(f"The clip's name must end in one of {', '.join(KINDS)}.")
    return kind


def even(size: tuple[int, int]) -> tuple[int, int]:
    """A size (width, height) with an even number of pixels each way, as films have it."""
    width, height = (side + side % 2 for side in size)
    return width, height


@contextmanager
def opened(path: Path, clip: Clip, size: tuple[int, int]) -> Iterator["Writer"]:
    """What frames are added to; the file is there when the block ends, and not if it raises.

    Args:
        path: its ending says in which format, one of `KINDS`.
        clip: the clip that was painted: its sound is taken over, as it is where that can be.
        size: of the frames (width, height), both even.

    Raises:
        InputError: another ending, or no frame was added.
    """
    import av

    kind, part = kind_of(path), part_of(path)
    try:
        file, options = f"file:{part}", _of_container(kind)
        with (
            av.open(file, "w", format=kind.muxer, options=options) as out,
            closing(Writer(out, kind, clip, size)) as writer,
        ):
            yield writer
            writer.finish()
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _of_container(kind: Kind) -> dict[str, str]:
    """The options of a kind that are its container's: GIF and WebP are shown again and again.

    Matroska and WebM name a film by random numbers, unless they are to be the same each time.
    """
    if kind.muxer in ("gif", "webp"):
        return {"loop": "0"}
    if kind.muxer in ("matroska", "webm"):
        return {"fflags": "+bitexact"}
    return {k: v for k, v in kind.options.items() if k == "movflags"}


class Writer:
    """Encodes frames as they come, a frame late: its time on the screen is known then.

    Attributes:
        note: a sentence about what could not be taken over, or "".
    """

    def __init__(
        self, out: "OutputContainer", kind: Kind, clip: Clip, size: tuple[int, int]
    ) -> None:
        self._out, self._kind, self._clip, self._size = out, kind, clip, size
        self._stream = _stream(out, kind, clip, size)
        heard = clip.sound and kind.sounds
        self._sound = Sound.of(clip, out, kind.sounds) if heard else None
        self._waiting: Frame | None = None
        self._shown: dict[int, int] = {}
        self.note = ""

    def add(self, frame: Frame) -> None:
        """Add a frame, which is shown later than the one before; of another size, it is resized."""
        if self._waiting is not None:
            self._encode(self._waiting, self._ticks(frame.seconds))
        self._waiting = frame

    def finish(self) -> None:
        """Write what is left.

        Raises:
            InputError: no frame was added.
        """
        if self._waiting is None:
            raise InputError("The clip has no frames to write.")
        began = self._ticks(self._waiting.seconds)
        self._encode(self._waiting, max(began + 1, self._ticks(self._clip.seconds)))
        self._mux(self._stream.encode(None))
        if self._sound:
            self._sound.mux(None)
            self.note = self._sound.note

    def close(self) -> None:
        """Let go of the clip's file."""
        if self._sound:
            self._sound.close()

    def _ticks(self, seconds: float) -> int:
        return round(seconds / self._kind.tick)

    def _encode(self, frame: Frame, until: int) -> None:
        picture = _converted(frame.image, self._size, self._kind)
        picture.pts = self._ticks(frame.seconds)
        picture.time_base = self._kind.tick
        picture.duration = self._shown[picture.pts] = max(1, until - picture.pts)
        self._mux(self._stream.encode(picture))
        if self._sound:
            self._sound.mux(frame.seconds)

    def _mux(self, packets: list) -> None:
        for packet in packets:
            # Encoders keep a frame's time and forget how long it is shown, but for the last one's
            # nothing tells it.
            packet.duration = self._shown.pop(packet.pts, packet.duration)
            self._out.mux(packet)


def _stream(out: "OutputContainer", kind: Kind, clip: Clip, size: tuple[int, int]) -> "VideoStream":
    rate = Fraction(clip.frames / max(clip.seconds, 1e-3)).limit_denominator(1001)
    own = {k: v for k, v in kind.options.items() if k != "movflags"}
    stream = cast("VideoStream", out.add_stream(kind.codec, max(rate, Fraction(1)), options=own))
    stream.width, stream.height = size
    stream.pix_fmt = kind.pixels
    stream.time_base = stream.codec_context.time_base = kind.tick
    context = stream.codec_context
    context.thread_count = 1  # so that the same frames give the same file
    if kind.pixels == "yuv420p":
        context.colorspace = context.color_primaries = context.color_trc = BT709
        context.color_range = LIMITED
    return stream


def _converted(image: Image.Image, size: tuple[int, int], kind: Kind) -> "VideoFrame":
    """A picture as an encoder takes it."""
    from av import VideoFrame

    if image.size != size:
        image = image.resize(size, Image.Resampling.LANCZOS)
    if kind.pixels == "pal8":
        return _in_palette(image)
    frame = VideoFrame.from_ndarray(np.asarray(image.convert("RGB")), format="rgb24")
    if kind.pixels != "yuv420p":
        return frame.reformat(format=kind.pixels)
    return frame.reformat(
        format=kind.pixels,
        dst_colorspace=BT709,
        dst_color_range=LIMITED,
        interpolation="BICUBIC",
    )


def _in_palette(image: Image.Image) -> "VideoFrame":
    """A picture in colours of its own palette."""
    from av import VideoFrame

    indexed = image.convert("RGB").quantize(COLOURS)
    colours = np.array(indexed.getpalette("RGB"), np.uint8).reshape(-1, 3)
    palette = np.full((COLOURS, 4), 255, np.uint8)  # alpha, red, green, blue
    palette[: len(colours), 1:] = colours
    both = cast(np.ndarray, (np.asarray(indexed), palette))  # as the format has it
    return VideoFrame.from_ndarray(both, format="pal8")
