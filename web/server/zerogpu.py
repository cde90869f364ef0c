"""What is asked of ZeroGPU, and what it answers, in plain words.

ZeroGPU, Hugging Face's shared hardware, lends a GPU for seconds that are asked for beforehand, and
counts them against the visitor's daily quota. On other hardware none of this is used.
"""

from collections.abc import Mapping
from typing import Any

import gradio as gr

from nst import Settings
from nst.costs.seconds import REGION_SHARE
from nst.pictures.bounds import fit
from nst.scales import plan
from web.server import gradio_private

HERE = gradio_private.is_zerogpu()
"""Whether this is ZeroGPU."""
START_SECONDS, ITERATION_SECONDS, MEGAPIXEL_SECONDS = 12.0, 0.02, 0.03
"""What a run takes at most: to start, an iteration, and what it adds for each megapixel."""
COLOR_SECONDS = 0.5
"""What a choice of colours adds at most for each megapixel of the photograph: it is changed, and
each preview is finished, on the processor."""
MOST_SECONDS = 120
"""What a run takes at most of a quota: the daily one of a visitor without an account."""
LESS = "A smaller size or fewer iterations need less GPU time."
AGAIN = "Please try again in a moment."
WORDS = {
    "ZeroGPU quota exceeded": "{message}. " + LESS,
    "ZeroGPU pending credits exceeded": "{message}.",
    "ZeroGPU illegal duration": "This run would need a GPU for longer than it is lent. " + LESS,
    "ZeroGPU queue timeout": "No GPU became free in time. " + AGAIN,
    "ZeroGPU client error": "No GPU could be had. " + AGAIN,
    "ZeroGPU worker error": "The GPU was taken back before the run ended. " + LESS,
}
"""Title of an error of the `spaces` package -> the sentence that is shown; its own may be HTML."""


def device_of(features: Any) -> str:  # noqa: ANN401 - a FeatureNetwork; tensors stay in nst
    """Where a network is when it is used.

    ZeroGPU's only pretends to be on a GPU until it is lent one, and only to the first thread.
    """
    return "cuda:0" if HERE else str(features.device)


def gpu_seconds(
    pictures: Mapping[str, Any], settings: Settings, features_name: str, state: object = None
) -> int:
    """The time to ask for a run with these arguments: what `spaces.GPU` calls."""
    masks = [pictures.get("mask"), *pictures.get("style_masks", ())]
    regions = sum(mask is not None for mask in masks) + any(mask is not None for mask in masks)
    return seconds_to_ask(pictures["content"].size, settings, state is not None, regions)


def seconds_to_ask(
    content_size: tuple[int, int], settings: Settings, goes_on: bool = False, regions: int = 0
) -> int:
    """The time to ask for a run, for a content picture of (width, height).

    Too much fails for visitors with little quota left, and after too little the run is killed.

    Args:
        regions: that masks make, at most.
    """
    size = fit(*content_size, settings.size, "content image")
    work = sum(s.iterations * s.pixels / 1e6 for s in plan(size, settings, goes_on))
    work *= 1 + REGION_SHARE * regions
    seconds = START_SECONDS + ITERATION_SECONDS * settings.iterations + MEGAPIXEL_SECONDS * work
    if settings.color != "style":
        seconds += COLOR_SECONDS * content_size[0] * content_size[1] / 1e6
    return min(round(seconds), int(MOST_SECONDS / quota_factor()))


def quota_factor() -> float:
    """Seconds of a visitor's quota that a second of the GPU takes: more than one on some."""
    if not HERE:
        return 1.0
    return gradio_private.quota_factor()


def in_plain_words(error: gr.Error) -> gr.Error:
    """The same error, in a sentence that says what to do if it is ZeroGPU's."""
    words = WORDS.get(error.title)
    if words is None:
        return error
    message = words.format(message=str(error.message).strip().rstrip("."))
    return gr.Error(message, title=error.title, print_exception=False)
