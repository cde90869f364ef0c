"""The buttons under the result: what can be done with the picture that is there."""

from typing import Any

import gradio as gr

BUTTONS = ("download", "share", "both", "animation", "use_as_content", "more", "large")
"""Their names among the page's outputs."""


def lay_out() -> dict[str, Any]:
    """Lay them out, and the line that says what came of sharing; nothing can be pressed yet."""
    with gr.Row(elem_classes="nst-actions"):
        download = gr.DownloadButton("Download", interactive=False, min_width=120)
        share = gr.Button("Share", interactive=False, min_width=120)
    with gr.Row(elem_classes="nst-actions nst-more-actions"):
        small = {"interactive": False, "size": "sm", "min_width": 120}
        both = gr.DownloadButton("Save before and after", **small)
        animation = gr.DownloadButton("Save the film", **small)
        use_as_content = gr.Button("Use as photograph", **small)
        more = gr.Button("Paint on from here", **small)
        large = gr.Button("Paint it large", **small)
    return {
        "download": download,
        "share": share,
        "both": both,
        "animation": animation,
        "use_as_content": use_as_content,
        "more": more,
        "large": large,
        "share_said": gr.HTML(elem_classes="nst-said"),
    }


def offered(picture: str) -> dict[str, Any]:
    """Updates that offer a picture."""
    return {
        "download": gr.update(value=picture, interactive=True),
        "share": gr.update(interactive=True),
    }


def not_yet() -> dict[str, Any]:
    """Updates for a run's first picture: what was made of the last run's is not of this one."""
    return {name: gr.update(interactive=False) for name in ("both", "animation", "large")}
