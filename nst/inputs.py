"""The pictures of a run, prepared and checked together: content, styles, masks, start."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

import torch
from PIL import Image
from torch import Tensor

from nst.loss.regions import painted
from nst.loss.temporal import Held
from nst.pictures import bounds, color, prepared, tensors
from nst.pictures.alpha import alpha_of
from nst.pictures.deep import Result
from nst.pictures.grey import is_grey
from nst.roles import called
from nst.settings import MOST_STYLES, Settings
from nst.specs import InputError


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """What a run works on; all from `nst.pictures.prepared.prepare`.

    Attributes:
        styles: as many as have a weight, with the weights that they are blended by.
        mask: mode L, white where the styles go; None for everywhere.
        style_masks: mode L, the region of the content that each style paints; None where it paints
            what is left.
        start: where the optimisation starts if `Settings.init` is "image".
        held: what a frame of a clip holds on to; None for a picture by itself.
    """

    content: Image.Image
    styles: tuple[tuple[Image.Image, float], ...]
    mask: Image.Image | None = None
    style_masks: tuple[Image.Image | None, ...] = ()
    start: Image.Image | None = None
    held: Held | None = None

    @property
    def start_size(self) -> tuple[int, int] | None:
        """Of the start, (width, height), if there is one."""
        return self.start.size if self.start else None

    @property
    def guided(self) -> int:
        """How many regions the masks and the content's alpha make; 0 without any."""
        placed = sum(mask is not None for mask in self.style_masks)
        rest = placed < len(self.styles)
        return placed + rest if placed or self.mask or self._cut_out else 0

    @cached_property
    def _cut_out(self) -> Image.Image | None:
        """The content's alpha, if some of it is seen and some is not."""
        alpha = alpha_of(self.content)
        return alpha if alpha and alpha.getbbox() else None

    def seen(
        self, size: tuple[int, int], mask: Tensor | None, device: torch.device | None = None
    ) -> Tensor | None:
        """The mask (1, 1, H, W) at `size` (width, height), where the content is seen through it."""
        if self._cut_out is None:
            return mask
        alpha = tensors.to_guide(self._cut_out, size).to(device)
        return alpha if mask is None else alpha * mask

    @property
    def notes(self) -> str:
        """Sentences about what was assumed of them, or ""."""
        pictures = [self.content, *(style for style, _ in self.styles), self.start]
        return " ".join(note for note in map(prepared.note_of, pictures) if note)

    @cached_property
    def grey(self) -> bool:
        """Whether the photograph and all styles are grey: then the result is."""
        return all(is_grey(picture) for picture in (self.content, *(s for s, _ in self.styles)))

    def guides(
        self, size: tuple[int, int], device: torch.device | None = None
    ) -> tuple[list[Tensor | None], Tensor | None]:
        """Return the style masks and the mask at `size` (width, height): (1, 1, H, W) or None."""
        mask, *guides = (
            None if m is None else tensors.to_guide(m, size).to(device)
            for m in (self.mask, *self.style_masks)
        )
        return guides, mask

    def check_masks(self, size: tuple[int, int]) -> None:
        """Refuse masks that leave nothing to paint at `size` (width, height).

        Raises:
            InputError: they do not overlap, or are too small to be seen at that size.
        """
        guides, mask = self.guides(size)
        if self.guided and not painted(guides, self.seen(size, mask)):
            raise InputError(
                f"The masks leave nothing to paint at {max(size)} pixels: the mask and a style "
                "mask must be white in the same place, where the content image is not transparent, "
                "large enough to be seen at that size."
            )

    def coloured(self, choice: str) -> "Pictures":
        """The same with the colours that are optimised for a choice of `Settings.color`."""
        own, weights = zip(*self.styles, strict=True)
        content, styles = color.prepare(self.content, own, choice)
        return replace(
            self,
            content=content,
            styles=tuple(zip(styles, weights, strict=True)),
            start=self.start and color.prepare(self.start, [], choice)[0],
            held=self.held and self.held.coloured(choice),
        )

    def finished(self, result: Result, choice: str) -> Result:
        """A result in the colours of a choice of `Settings.color`, where the mask has it."""
        result = color.finish(result, self.content, choice)
        return tensors.keep_outside(result, self.content, self.mask) if self.mask else result

    def digest(self) -> str:
        """A fingerprint of all of them but the start."""
        pictures = [self.content, *(s for s, _ in self.styles), self.mask, *self.style_masks]
        digest = hashlib.sha256()
        for picture in pictures:
            if picture is not None:
                digest.update(f"{picture.mode}{picture.size}".encode())
                for rows in bounds.strips(picture.size):
                    digest.update(picture.crop((0, rows.start, picture.width, rows.stop)).tobytes())
            digest.update(b";")
        return digest.hexdigest()


def prepare(
    content: Image.Image,
    style: Image.Image | Sequence[Image.Image | None],
    settings: Settings,
    *,
    mask: Image.Image | None = None,
    style_masks: Sequence[Image.Image | None] = (),
    start: Image.Image | None = None,
) -> Pictures:
    """Prepare the pictures of `nst.stylize`; styles after the first may be None, and are skipped.

    Raises:
        InputError: a picture that cannot be used, too many styles, no style with a weight, a mask
            that is black everywhere, a start where the settings want none, or none where they do.
    """
    if not isinstance(settings, Settings):
        raise InputError(f"settings must be of type Settings, not {type(settings).__name__}.")
    styles: list[Image.Image | None]
    styles = list(style) if isinstance(style, list | tuple) else [cast(Image.Image, style)]
    masks = [*style_masks, *[None] * (len(styles) - len(style_masks))]
    _check_given(styles, masks, start, settings)
    content = prepared.prepare(content, "content image", settings.size)
    used = list(_used(styles, masks, settings))
    if not used:
        raise InputError("At least one style image must have a weight above 0.")
    if settings.init == "image":
        start = prepared.prepare(start, "start image", settings.size)
    return Pictures(
        content=content,
        styles=tuple((picture, weight) for picture, weight, _ in used),
        mask=prepared.prepare_mask(mask, "mask", settings.size),
        style_masks=tuple(m for *_, m in used),
        start=start,
    )


def _used(
    styles: Sequence[Image.Image | None],
    masks: Sequence[Image.Image | None],
    settings: Settings,
) -> Iterator[tuple[Image.Image, float, Image.Image | None]]:
    """The styles that count, prepared, each with its weight and mask."""
    size, given = settings.size, zip(styles, masks, settings.style_weights, strict=False)
    for i, (style, mask, weight) in enumerate(given):
        if weight and (style is not None or i == 0):
            picture = prepared.prepare(style, called(i, "image"), size)
            yield picture, weight, prepared.prepare_mask(mask, called(i, "mask"), size)


def _check_given(
    styles: Sequence[Image.Image | None],
    masks: Sequence[Image.Image | None],
    start: Image.Image | None,
    settings: Settings,
) -> None:
    """Refuse too many styles or none, and what would have no effect."""
    if not 1 <= len(styles) <= MOST_STYLES:
        raise InputError(f"There must be 1 to {MOST_STYLES} style images, not {len(styles)}.")
    for i, given in enumerate(masks):
        if given is not None and (i >= len(styles) or styles[i] is None):
            raise InputError(f"There is a {called(i, 'mask')} but no {called(i, 'image')}.")
    if start is not None and settings.init != "image":
        raise InputError(
            "There is a start image, which only init image starts from: choose that, or leave the "
            "start image out."
        )
