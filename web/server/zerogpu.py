"""ZeroGPU: whether this is it, and what it answers, in plain words.

ZeroGPU, Hugging Face's shared hardware, lends a GPU for seconds that are asked for beforehand
(`web.server.gpu_time`), and counts them against the visitor's daily quota. On other hardware none
of this is used.
"""

from typing import Any

import gradio as gr

from web.server import gradio_private

HERE = gradio_private.is_zerogpu()
"""Whether this is ZeroGPU."""
TAKEN_BACK = "ZeroGPU worker error"
"""The title of its error for a run that it ended."""
LESS = "A smaller size or fewer iterations need less GPU time."
AGAIN = "Please try again in a moment."
WORDS = {
    "ZeroGPU quota exceeded": "{message}. " + LESS,
    "ZeroGPU pending credits exceeded": "{message}.",
    "ZeroGPU illegal duration": "This run would need a GPU for longer than it is lent. " + LESS,
    "ZeroGPU queue timeout": "No GPU became free in time. " + AGAIN,
    "ZeroGPU client error": "No GPU could be had. " + AGAIN,
    TAKEN_BACK: "The GPU was taken back before the run ended. " + LESS,
}
"""Title of an error of the `spaces` package -> the sentence that is shown; its own may be HTML."""


def device_of(features: Any) -> str:  # noqa: ANN401 - a FeatureNetwork; tensors stay in nst
    """Where a network is when it is used.

    ZeroGPU's only pretends to be on a GPU until it is lent one, and only to the first thread.
    """
    return "cuda:0" if HERE else str(features.device)


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
