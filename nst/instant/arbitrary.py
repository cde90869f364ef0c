"""Any painting's style at once: a photograph goes towards it in a few steps of a trained decoder.

From coarse to fine, as the optimisation does: at each size the network looks at the picture, closed
forms say what the painting asks of it (`nst.instant.transport`), and the decoder takes a step there
(`nst.instant.decoder`). The first size has two steps, in which the large shapes of strokes come,
each further one has one. At the end come the painting's own tones (`nst.instant.palette`), which
Gaussians do not know.
"""

from collections import OrderedDict
from collections.abc import Hashable
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from nst.features.loading import load_features
from nst.instant import palette
from nst.instant.decoder import Decoder, grain
from nst.instant.named import coarse_to_fine
from nst.instant.names import INSTANT
from nst.instant.transformer import SEED
from nst.instant.transport import LAYERS, Aim, Moments, Transport, mixed
from nst.instant.view import View
from nst.machine.defaults import usual_defaults
from nst.machine.weights import damaged, fingerprint, read_weights
from nst.pictures import bounds, tensors
from nst.settings import INSTANT_SPECS

DECODER_FILE = Path(__file__).parents[1] / "weights" / "decoder.safetensors"
COARSEST = 256
"""Longest side, in pixels, near which every picture is painted first."""
FIRST_STEPS = 2
"""At that size; one at each further one."""
MARGIN = 8
"""Pixels that a picture is reflected by at its borders before a step, and cut off after it: the
feature network sees zeros beyond a border, and asks for a line there."""
TONED = 0.8
"""Share of the way to the painting's own tones. Going all of it leaves less of the style with some
paintings and more with others, and costs more of the photograph with each."""
MOST_KEPT = 24
"""Moments of styles at a size that are kept, 0.15 MB each: a style is often asked for again."""
USUAL = float(INSTANT_SPECS["strength"].default)
"""The strength that asks for all of a style; beyond it goes one more step."""


class Arbitrary:
    """What paints in the manner of any painting.

    Attributes:
        name: "instant".
        transport: the feature network's view.
        decoder: what takes the steps.
        version: eight hexadecimal digits that change with the weights of both.
    """

    name = INSTANT

    def __init__(self, transport: Transport, decoder: Decoder, version: str = "") -> None:
        self.transport, self.decoder, self.version = transport, decoder, version
        self._kept: OrderedDict[Hashable, Moments] = OrderedDict()

    @property
    def dtype(self) -> torch.dtype:
        """The precision of the convolutions."""
        return self.decoder.dtype

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.transport.features.device

    @torch.inference_mode()
    def painted(
        self, content: Image.Image, style: Image.Image, size: tuple[int, int], strength: float
    ) -> Tensor:
        """Paint a photograph.

        Args:
            content: the photograph; both from `nst.pictures.prepared.prepare`.
            style: the painting.
            size: of the result (width, height).
            strength: 0 … 100; from the usual one on all of the style is asked for.

        Returns:
            (1, 3, H, W) in [0, 1]; of a size that is small beside `COARSEST`, twice as large or
            more.
        """
        share, beyond = min(1.0, strength / USUAL), (strength - USUAL) / (100 - USUAL)
        sizes = coarse_to_fine(size, COARSEST)
        photograph = self._view(content, sizes[0])
        aim = self._aim(style, photograph, share)
        painted = self._stepped(photograph, photograph, aim)
        for _ in range(FIRST_STEPS - 1):
            painted = self._stepped(painted, photograph, aim)
        for larger in sizes[1:]:
            small, photograph = photograph, self._view(content, larger)
            aim = self._aim(style, photograph, share)
            begun = tensors.enlarged(
                _inside(small.image), _inside(painted.image), _inside(photograph.image)
            )
            painted = self._stepped(self._reflected(begun), photograph, aim)
        result = painted.image
        if beyond > 0:
            result = result.lerp(self._stepped(painted, photograph, aim).image, beyond)
        return self._toned(_inside(result), style, share)

    def _toned(self, painted: Tensor, style: Image.Image, share: float) -> Tensor:
        """A painting (1, 3, H, W) nearer to the tones that a style has at its size."""
        seen = tensors.resize_image(style, _size_of_style(style, max(painted.shape[2:])))
        tones = palette.tones_of(seen).to(self.device)
        return painted.lerp(palette.toned(painted, tones), TONED * share)

    def _moments(self, style: Image.Image, size: tuple[int, int]) -> Moments:
        """Of a style at a size; those of the last few are kept."""
        key = size, style.mode, style.size, hash(style.tobytes())
        kept = self._kept.pop(key, None) or self._view(style, size).moments()
        self._kept[key] = kept  # now the last
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return kept

    def _view(self, picture: Image.Image, size: tuple[int, int]) -> View:
        tensor = tensors.to_style(tensors.resize_image(picture, size))
        return self._reflected(tensor[:, :3].to(self.device))  # what is cut out in a mean colour

    def _reflected(self, image: Tensor) -> View:
        """The view of a picture with a margin."""
        return View(self.transport, F.pad(image, (MARGIN,) * 4, mode="reflect"))

    def _aim(self, style: Image.Image, photograph: View, share: float) -> Aim:
        """Where a photograph goes: to a style at its size, or a part of the way."""
        longest = max(photograph.image.shape[2:]) - 2 * MARGIN
        asked = self._moments(style, _size_of_style(style, longest))
        if share < 1:
            asked = mixed([(asked, share), (photograph.moments(), 1 - share)])
        return self.transport.aim(asked)

    def _stepped(self, view: View, photograph: View, aim: Aim) -> View:
        """A picture after a step towards an aim, holding on to its photograph: in [0, 1]."""
        size = view.image.shape[2], view.image.shape[3]
        noise = [n.to(self.device) for n in grain(size, torch.Generator().manual_seed(SEED))]
        own, result = view.moments(), torch.empty_like(view.image)
        for tile in view.tiles:
            content, seen = photograph.content(tile), view.take(tile)
            held = self.transport.held(seen, content)
            moves = self.transport.displacements(seen, own, aim)
            seen = seen.only(LAYERS[-1])  # all that is needed of it: the others are large
            grains = [tile.of(n, stride) for n, stride in zip(noise, (4, 2, 1), strict=True)]
            painted = self.decoder(seen, moves, held, grains)
            result[:, :, tile.rows, tile.columns] = tile.inner(painted)
        return self._reflected(_inside(result).clamp(0, 1))


def _size_of_style(style: Image.Image, longest: int) -> tuple[int, int]:
    """The size (width, height) of a style whose longest side is to be `longest` pixels.

    A narrow one stays wide enough to be seen, and is longer.
    """
    factor = max(longest / max(style.size), bounds.MIN_RESULT_SIDE / min(style.size))
    return bounds.within_limits(round(style.width * factor), round(style.height * factor))


def _inside(image: Tensor) -> Tensor:
    """A picture without its margin."""
    return image[:, :, MARGIN:-MARGIN, MARGIN:-MARGIN]


@usual_defaults()
def load_arbitrary(
    device: str | torch.device | None = None,
    dtype: torch.dtype | None = None,
    path: Path = DECODER_FILE,
) -> Arbitrary:
    """Load what paints in the manner of any painting, frozen and ready for use.

    Args:
        device: where to put it; a GPU if there is one when None.
        dtype: of the convolutions; the device's fastest when None.
        path: a file that `training.decoder.learn` wrote.

    Raises:
        InputError: the file is missing or damaged.
    """
    features = load_features("compact", device=device, dtype=dtype)
    weights, _ = read_weights(path, "the decoder of any painting")
    decoder = Decoder()
    try:
        decoder.load_state_dict(weights)
    except RuntimeError as error:  # whole, but another network's
        raise damaged("the decoder of any painting", path) from error
    seen_by = torch.tensor([float(int(features.version, 16))])
    version = fingerprint([seen_by, *decoder.parameters()])
    decoder = decoder.to(features.device, features.dtype).requires_grad_(False).eval()
    return Arbitrary(Transport(features), decoder, version)
