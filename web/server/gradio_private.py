"""Every name of Gradio's and ZeroGPU's packages that they do not promise, in one place.

They are read from the versions below; another one may have moved or changed any of them, so that
the server says so at its start, and a test fails before it is pinned.
"""

import os
import warnings
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import gradio as gr
import gradio.mcp
from gradio.queueing import Event, Queue
from gradio.server_messages import ProcessCompletedMessage
from gradio.utils import error_payload, get_upload_folder
from gradio_client import utils as client_utils
from spaces.config import Config

VERSIONS = {"gradio": "6.31", "spaces": "0.51"}
"""The versions that all of this was read from, as far as they count."""

__all__ = [
    "VERSIONS",
    "Event",
    "ProcessCompletedMessage",
    "Queue",
    "client_utils",
    "error_payload",
    "event_id",
    "function_id",
    "get_upload_folder",
    "is_zerogpu",
    "keep_files_in",
    "keep_what_was_set",
    "other_versions",
    "queue_of",
    "quota_factor",
]


def other_versions() -> dict[str, str]:
    """The installed versions that are others than those all of this was read from."""
    installed = {name: version(name) for name in VERSIONS}
    return {n: v for n, v in installed.items() if not f"{v}.".startswith(f"{VERSIONS[n]}.")}


def queue_of(page: gr.Blocks) -> Queue:
    """A page's queue."""
    return page._queue


def event_id(event: Event) -> str:
    """An event's name, by which it is cancelled and listened to."""
    return event._id


def function_id(event: Event) -> int:
    """The number of the function that an event calls."""
    return event.fn._id


def keep_what_was_set(component: gr.components.Component, session: Any) -> None:  # noqa: ANN401 - Gradio's
    """Have a session's copy of a component read what it is sent as the first one does.

    At every update of one, and if it is left out of an answer, Gradio makes a new one for the
    visitor's session, of which it forgets what was set on the first.
    """
    if session is not None and "preprocess" in vars(component) and component._id in session:
        session[component._id].preprocess = component.preprocess


def keep_files_in(folder: Path) -> None:
    """Have Gradio keep all files that it is sent, and those of tools, in a folder."""
    os.environ["GRADIO_TEMP_DIR"] = gradio.mcp.DEFAULT_TEMP_DIR = str(folder)


def is_zerogpu() -> bool:
    """Whether this process is on ZeroGPU."""
    return Config.zero_gpu


def quota_factor() -> float:
    """Seconds of a visitor's quota that a second of ZeroGPU's GPU takes: more than one on some."""
    from spaces.zero.client import get_duration_seconds  # not to be had elsewhere

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # it may not know its GPU
        return get_duration_seconds(timedelta(seconds=1000), None) / 1000
