"""Films: video of the usual containers and codecs, decoded by FFmpeg through PyAV.

Files come from anybody. FFmpeg knows hundreds of formats, of which some name other files and web
addresses to read: those below are all that it may try. It is loaded when a film is opened.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from nst.pictures.bounds import check_size
from nst.pictures.light import Conversion, coded
from nst.specs import InputError
from nst.video.clip import Described, Frame

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

CONTAINERS = "mov,mp4,matroska,webm,avi"
VIDEO = ("h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "mpeg4", "mpeg2video", "mjpeg", "prores")
VIDEO_TOO = ("libvpx", "libvpx-vp9", "h263", "msmpeg4v3", "ffv1", "rawvideo", "png", "dvvideo")
SOUND = ("aac", "mp3float", "mp3", "opus", "libopus", "vorbis", "flac", "alac", "ac3", "eac3")
SOUND_TOO = ("pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_u8", "mp2")
CODECS = (*VIDEO, *VIDEO_TOO, *SOUND, *SOUND_TOO)
"""Decoders that a file may reach."""
HIGH_DEFINITION = 720
"""Rows from which on colours that nobody describes are BT.709's, as players have it."""
UNSPECIFIED, BT601, BT709 = 2, 5, 1
"""Codes of colour matrices, ITU-T H.273."""
SDR_TRANSFERS, SDR_PRIMARIES = (1, 2, 4, 5, 6, 13, 14, 15), (1, 2, 4, 5, 6, 7)
"""Codes of what a screen shows as it is; the others are HDR and wide gamuts."""
MOST_ASPECT = 4
"""Of a pixel: what is further from a square is a mistake."""
TURNS = {
    (0, 1, -1, 0): Image.Transpose.ROTATE_270,
    (-1, 0, 0, -1): Image.Transpose.ROTATE_180,
    (0, -1, 1, 0): Image.Transpose.ROTATE_90,
    (-1, 0, 0, 1): Image.Transpose.FLIP_LEFT_RIGHT,
    (1, 0, 0, -1): Image.Transpose.FLIP_TOP_BOTTOM,
    (0, 1, 1, 0): Image.Transpose.TRANSPOSE,
    (0, -1, -1, 0): Image.Transpose.TRANSVERSE,
}
"""Display matrix (a, b, c, d), which shows (x, y) at (ax + cy, bx + dy) -> what sets upright."""


@contextmanager
def opened(path: Path) -> Iterator["InputContainer"]:
    """A film that is opened: its header is read. Whatever FFmpeg raises is raised."""
    import av

    options = {"format_whitelist": CONTAINERS, "codec_whitelist": ",".join(CODECS)}
    with av.open(f"file:{path}", options=options) as container:
        yield container


def video_of(container: "InputContainer", what: str) -> "VideoStream":
    """The stream of pictures of a film, which is not the cover of a song.

    Raises:
        InputError: there is none, or it is of a codec that is not decoded, or too large.
    """
    from av.stream import Disposition

    own = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not own:
        raise InputError(f"The {what} has no moving picture in it.", subject=what, code="missing")
    stream = own[0]
    if stream.codec_context is None or stream.codec_context.name not in CODECS:
        text = f"The {what} is of a kind that cannot be decoded: save it as MP4 with H.264."
        raise InputError(text, subject=what, code="not a picture")
    check_size(stream.width, stream.height, what)
    return stream


def described(path: Path, what: str) -> Described:
    """Look into a film.

    Raises:
        InputError: as `video_of`, or there is no frame. Whatever FFmpeg raises is raised.
    """
    with opened(path) as container:
        stream = video_of(container, what)
        first = next(frames_of(container, stream), None)
        if first is None:
            text = f"The {what} has no frames that can be decoded."
            raise InputError(text, subject=what, code="damaged")
        seconds = _seconds(container, stream)
        rate = stream.average_rate or stream.guessed_rate or Fraction(25)
        number = stream.frames or max(1, round(seconds * rate))
        sound = bool(container.streams.audio)
        return Described(first.image.size, number, seconds or float(number / rate), sound)


def _seconds(container: "InputContainer", stream: "VideoStream") -> float:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return (container.duration or 0) / 1e6


def frames(path: Path) -> Generator[Frame, None, None]:
    """The frames of a film, as they are shown."""
    with opened(path) as container:
        yield from frames_of(container, video_of(container, "clip"))


def frames_of(container: "InputContainer", stream: "VideoStream") -> Generator[Frame, None, None]:
    """The frames of a film's stream, with seconds from the container's beginning on.

    What is damaged amid it is passed over, as players do; the frame before stands as long.
    """
    stream.thread_type = "AUTO"
    step = float(1 / (stream.average_rate or 25))
    seconds, aspect, began = -step, _aspect(stream), _began(container)
    for frame in _decoded(container, stream):
        if began is None:
            began = frame.time or 0.0
        seconds = seconds + step if frame.time is None else max(0.0, frame.time - began)
        yield Frame(_shown(frame, aspect), seconds)


def _decoded(
    container: "InputContainer", stream: "VideoStream"
) -> Generator["VideoFrame", None, None]:
    from av.error import InvalidDataError

    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except InvalidDataError:
            continue


def _began(container: "InputContainer") -> float | None:
    """The time at which picture and sound begin; None if it is the first frame's.

    AVI knows the times of frames in the order in which they are decoded, and is late by some.
    """
    if not container.streams.audio or container.format.name == "avi":
        return None
    return (container.start_time or 0) / 1e6


def _aspect(stream: "VideoStream") -> float:
    """The width of a pixel over its height."""
    aspect = float(stream.sample_aspect_ratio or 1)
    return aspect if 1 / MOST_ASPECT <= aspect <= MOST_ASPECT else 1.0


def _shown(frame: "VideoFrame", aspect: float) -> Image.Image:
    """A decoded frame in sRGB, of square pixels, upright."""
    check_size(frame.width, frame.height, "clip")
    image = frame.to_image(**_matrix(frame))
    if conversion := _conversion(frame.color_primaries, frame.color_trc):
        image = conversion.apply(image)
    if aspect != 1:
        size = max(1, round(image.width * aspect)), image.height
        image = image.resize(size, Image.Resampling.LANCZOS)
    turn = _turn(frame)
    return image if turn is None else image.transpose(turn)


def _matrix(frame: "VideoFrame") -> dict[str, Any]:
    """What FFmpeg has to be told of the colours of a frame that does not describe them."""
    from av.video.reformatter import Interpolation

    exact = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
    if frame.colorspace != UNSPECIFIED or frame.format.name.startswith(("rgb", "gbr", "bgr")):
        return {"interpolation": exact}
    high = frame.height >= HIGH_DEFINITION
    return {"src_colorspace": BT709 if high else BT601, "interpolation": exact}


@cache
def _conversion(primaries: int, transfer: int) -> Conversion | None:
    """What takes colours of HDR or of a wide gamut to sRGB; None for all others."""
    if primaries in SDR_PRIMARIES and transfer in SDR_TRANSFERS:
        return None
    usual = {2: 1}  # what is not said
    return coded(usual.get(primaries, primaries), usual.get(transfer, transfer))


def _turn(frame: "VideoFrame") -> Image.Transpose | None:
    matrix: Any = frame.side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return None
    numbers = np.frombuffer(matrix, np.int32)[[0, 1, 3, 4]]  # of 3 × 3, in 65536ths
    a, b, c, d = (round(n / 65536) for n in numbers.tolist())
    return TURNS.get((a, b, c, d))
