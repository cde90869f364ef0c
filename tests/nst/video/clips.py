"""Small clips that the tests make themselves."""

import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

from nst.video.clip import Clip, Frame

TICK = Fraction(1, 90_000)


def bars(width: int = 64, height: int = 48) -> tuple[Image.Image, list[tuple[int, int, int]]]:
    """Upright bars of colours, and these."""
    colours = [(230, 20, 30), (20, 200, 40), (30, 40, 220), (200, 200, 60)]
    levels = np.repeat(np.array(colours, np.uint8), width // len(colours), 0)
    return Image.fromarray(np.broadcast_to(levels, (height, *levels.shape)).copy()), colours


def film(
    path: Path,
    images: Sequence[Image.Image],
    times: Sequence[float],
    *,
    matrix: int = 1,
    transfer: int = 1,
    tagged: bool = True,
    full: bool = False,
    sound: str = "",
    codec: str = "libx264",
    tick: Fraction = TICK,
) -> Path:
    """Write pictures as a film, with a tone as sound if a codec of sound is given."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=10)
        stream.width, stream.height = images[0].size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = stream.time_base = tick
        if codec == "libx264":
            stream.options = {"crf": "4", "preset": "ultrafast"}
        if tagged:
            stream.codec_context.colorspace = stream.codec_context.color_primaries = matrix
            stream.codec_context.color_trc = transfer
            stream.codec_context.color_range = 2 if full else 1
        heard = out.add_stream(sound, rate=48_000, layout="mono") if sound else None
        for image, seconds in zip(images, times, strict=True):
            frame = av.VideoFrame.from_ndarray(np.asarray(image)).reformat(
                format="yuv420p", dst_colorspace=matrix, dst_color_range=2 if full else 1
            )
            frame.pts, frame.time_base = round(seconds / tick), tick
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if heard:
            _sound(out, heard, times[-1])
    return path


def _sound(out: av.container.OutputContainer, stream: av.AudioStream, seconds: float) -> None:
    count = int(seconds * 48_000)
    wave = (np.sin(np.arange(count) / 17) * 8000).astype(np.int16)[None]
    frame = av.AudioFrame.from_ndarray(wave, format="s16", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = 48_000, 0, Fraction(1, 48_000)
    resampler = av.AudioResampler(stream.codec_context.format, "mono", 48_000, frame_size=960)
    for part in [*resampler.resample(frame), *resampler.resample(None)]:
        out.mux(stream.encode(part))
    out.mux(stream.encode(None))


def song(path: Path) -> Path:
    """A file that has sound and no picture."""
    with av.open(str(path), "w") as out:
        _sound(out, out.add_stream("aac", rate=48_000, layout="mono"), 0.2)
    return path


def turned(path: Path, matrix: tuple[int, int, int, int]) -> Path:
    """The same MP4 with a display matrix (a, b, c, d), written into its track's header."""
    data = path.read_bytes()
    at = data.index(b"tkhd") + 44
    a, b, c, d = (part << 16 for part in matrix)
    path.write_bytes(
        data[:at] + struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30) + data[at + 36 :]
    )
    return path


def clip_of(images: Sequence[Image.Image], closed: list[bool] | None = None) -> Clip:
    """A clip of pictures that are at hand, ten a second."""

    def read(_path: Path):
        try:
            for number, image in enumerate(images):
                yield Frame(image, number / 10)
        finally:
            if closed is not None:
                closed.append(True)

    return Clip(
        path=Path("none"),
        size=images[0].size,
        frames=len(images),
        seconds=len(images) / 10,
        sound=False,
        most_frames=len(images),
        _read=read,
    )


def textured(width: int, height: int, seed: int = 0) -> Image.Image:
    """A photograph of a kind: smooth noise, different everywhere."""
    generator = np.random.default_rng(seed)
    coarse = generator.integers(0, 256, (height // 6 + 2, width // 6 + 2, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
