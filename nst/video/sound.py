"""A clip's sound, taken over into the painted clip: as it is where the container takes it."""

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, cast

from nst.video import containers
from nst.video.clip import Clip

if TYPE_CHECKING:
    from av.audio.codeccontext import AudioCodecContext
    from av.audio.stream import AudioStream
    from av.container import InputContainer, OutputContainer
    from av.packet import Packet

DAMAGED = "The clip's sound is damaged: what comes after the damage was left out."
AHEAD = 0.5
"""Seconds that sound is written before the picture that it belongs to."""
ENCODED_RATE = 48_000
"""Samples a second of sound that is encoded anew: every encoder here takes it."""
Packets = Generator[tuple[float, "Packet"], None, None]
"""Packets for the output, each with the seconds at which it is heard."""


class Sound:
    """Packets of sound on their way from one file to another.

    Attributes:
        note: a sentence if not all of it could be taken over, or "".
    """

    def __init__(self, out: "OutputContainer", packets: Packets) -> None:
        self._out, self._packets = out, packets
        self._next = next(packets, None)  # adds the stream, before the first packet of all
        self.note = ""

    @classmethod
    def of(cls, clip: Clip, out: "OutputContainer", codecs: Sequence[str]) -> "Sound":
        """The sound of a clip as a new stream of an output.

        Args:
            codecs: what the output's container takes; the first is an encoder for the rest.
        """
        return cls(out, _packets(clip, out, codecs))

    def mux(self, seconds: float | None) -> None:
        """Write what is heard until then, and a little more; all that is left if None."""
        from av.error import FFmpegError

        try:
            while self._next and (seconds is None or self._next[0] <= seconds + AHEAD):
                self._out.mux(self._next[1])
                self._next = next(self._packets, None)
        except FFmpegError:  # no reason to lose the picture
            self._next, self.note = None, DAMAGED

    def close(self) -> None:
        """Let go of the file that it comes from."""
        self._packets.close()


def _packets(clip: Clip, out: "OutputContainer", codecs: Sequence[str]) -> Packets:
    with containers.opened(clip.path) as source:
        stream = source.streams.audio[0]
        began = (source.start_time or 0) / 1e6
        context: AudioCodecContext | None = stream.codec_context
        if context is None:  # FFmpeg has no decoder for it
            return
        if context.codec.canonical_name in codecs:
            yield from _copied(source, stream, out, began)
        elif context.name in containers.CODECS:
            yield from _encoded(source, stream, out, codecs[0], began)


def _copied(
    source: "InputContainer", stream: "AudioStream", out: "OutputContainer", began: float
) -> Packets:
    """The packets as they are."""
    own = out.add_stream_from_template(stream)
    for packet in source.demux(stream):
        if packet.pts is None or packet.dts is None or packet.time_base is None:
            continue  # what ends a file has no time
        first = round(began / packet.time_base)
        packet.pts, packet.dts = packet.pts - first, packet.dts - first
        packet.stream = own
        yield float(packet.pts * packet.time_base), packet


def _encoded(
    source: "InputContainer",
    stream: "AudioStream",
    out: "OutputContainer",
    codec: str,
    began: float,
) -> Packets:
    """The sound encoded anew, in stereo or less."""
    from av.audio.resampler import AudioResampler

    layout = "mono" if stream.codec_context.channels == 1 else "stereo"
    own = cast("AudioStream", out.add_stream(codec, rate=ENCODED_RATE, layout=layout))
    resampler = AudioResampler(own.codec_context.format, layout, ENCODED_RATE)
    for decoded in source.decode(stream):
        for frame in resampler.resample(decoded):
            yield from _timed(own, own.encode(frame), began)
    for frame in resampler.resample(None):
        yield from _timed(own, own.encode(frame), began)
    yield from _timed(own, own.encode(None), began)


def _timed(stream: "AudioStream", packets: "list[Packet]", began: float) -> Packets:
    for packet in packets:
        if packet.pts is not None and packet.time_base is not None:
            yield float(packet.pts * packet.time_base), packet
