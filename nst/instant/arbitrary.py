"""Any painting's style at once: a photograph goes towards it in a few steps of a trained decoder.

From coarse to fine, as the optimisation does: at each size the network looks at the picture, closed
forms say what the painting asks of it (`nst.instant.transport`), and the decoder takes a step there
(`nst.instant.decoder`). The first size has two steps, in which the large shapes of strokes come,
each further one has one.
"""

from pathlib import Path

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from nst.features.loading import load_features
from nst.instant.decoder import Decoder, grain
from nst.instant.named import coarse_to_fine, enlarged
from nst.instant.transformer import INSTANT, SEED
from nst.instant.transport import LAYERS, Aim, Transport, mixed
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
USUAL = float(INSTANT_SPECS["strength"].default)
"""The strength that asks for all of a style; beyond it goes one more step."""


class Arbitrary:
    """What paints in the manner of any painting.

    Attributes:
        name: "instant".
        transport: the feature network's view.
        decoder: what takes the steps.
        version: eight hexadecimal digits that change with the decoder's weights; it goes with one
            feature network.
    """

    name = INSTANT

    def __init__(self, transport: Transport, decoder: Decoder, version: str = "") -> None:
        self.transport, self.decoder, self.version = transport, decoder, version

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
        share = min(1.0, strength / USUAL)
        sizes = coarse_to_fine(size, COARSEST)
        photograph = painted = self._tensor(content, sizes[0])
        aim = self._aim(style, photograph, share)
        for _ in range(FIRST_STEPS):
            painted = self._stepped(painted, photograph, aim)
        for larger in sizes[1:]:
            small, photograph = photograph, self._tensor(content, larger)
            painted = enlarged(small, painted, photograph)
            aim = self._aim(style, photograph, share)
            painted = self._stepped(painted, photograph, aim)
        beyond = (strength - USUAL) / (100 - USUAL)
        if beyond > 0:
            painted = painted.lerp(self._stepped(painted, photograph, aim), beyond)
        return painted

    def _tensor(self, picture: Image.Image, size: tuple[int, int]) -> Tensor:
        return tensors.to_tensor(tensors.resize_image(picture, size)).to(self.device)

    def _aim(self, style: Image.Image, photograph: Tensor, share: float) -> Aim:
        """Where a photograph (1, 3, H, W) goes: to a style at its size, or a part of the way."""
        longest = max(photograph.shape[2:])
        picture = self._tensor(style, bounds.fit(*style.size, longest, "style image"))
        asked = View(self.transport, picture).moments()
        if share < 1:
            own = View(self.transport, photograph).moments()
            asked = mixed([(asked, share), (own, 1 - share)])
        return self.transport.aim(asked)

    def _stepped(self, image: Tensor, photograph: Tensor, aim: Aim) -> Tensor:
        """One step of a picture (1, 3, H, W) that holds on to its photograph; in [0, 1]."""
        image, photograph = (F.pad(x, (MARGIN,) * 4, mode="reflect") for x in (image, photograph))
        size = image.shape[2], image.shape[3]
        noise = [n.to(self.device) for n in grain(size, torch.Generator().manual_seed(SEED))]
        view, result = View(self.transport, image), torch.empty_like(image)
        own = view.moments()
        for tile in view.tiles:
            content = self.transport.content(tile.of(photograph))
            seen = view.take(tile)
            held = self.transport.held(seen, content)
            moves = self.transport.displacements(seen, own, aim)
            seen = seen.only(LAYERS[-1])  # all that is needed of it: the others are large
            grains = [tile.of(n, stride) for n, stride in zip(noise, (4, 2, 1), strict=True)]
            painted = self.decoder(seen, moves, held, grains)
            result[:, :, tile.rows, tile.columns] = tile.inner(painted)
        return result[:, :, MARGIN:-MARGIN, MARGIN:-MARGIN].clamp(0, 1)


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
    version = fingerprint(decoder.parameters())
    decoder = decoder.to(features.device, features.dtype).requires_grad_(False).eval()
    return Arbitrary(Transport(features), decoder, version)
