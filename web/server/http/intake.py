"""What callers send, before Gradio reads it: whatever is wrong with it is one plain sentence."""

import logging
import re
from pathlib import Path
from typing import Any

import gradio as gr

from nst import InputError
from web.server.disk import FULL, PREFIX, is_full, make_room
from web.server.gradio_private import client_utils, get_upload_folder, keep_what_was_set
from web.server.http.fetch import fetch

UNREADABLE = (
    "What was sent cannot be read: pictures must be uploaded files or web addresses, and all "
    "parameters as the API's description says."
)
GONE = "A picture that was sent before is not on the server any more: please add it again."
UPLOADED = re.compile(rf".*/{PREFIX}[^/]+/gradio/[0-9a-f]{{64}}/[^/]+")
"""Where servers like this one keep uploads. Of no other path it is told whether it is there."""
log = logging.getLogger("nst.app")


class Intake(gr.Blocks):
    """Blocks that fetch web addresses by rules of our own, and answer nonsense with a sentence.

    Gradio itself refuses files that are not uploads to this server, but with an empty error and a
    traceback in the log; and it fetches web addresses of any size, however slow.
    """

    async def preprocess_data(
        self,
        block_fn: Any,  # noqa: ANN401 - Gradio's
        inputs: list[Any],
        state: Any,  # noqa: ANN401
        explicit_call: bool = False,
    ) -> list[Any]:
        """As Gradio's, with files of web addresses fetched before."""
        for component in block_fn.inputs:
            keep_what_was_set(component, state)
        try:
            inputs = await client_utils.async_traverse(
                inputs, _fetched, client_utils.is_file_obj_with_meta
            )
            return await super().preprocess_data(block_fn, inputs, state, explicit_call)
        except gr.Error:
            raise
        except InputError as error:
            raise gr.Error(str(error), print_exception=False) from error
        # Gradio and pydantic raise many kinds, all of them about what was sent.
        except Exception as error:
            log.warning("refused an input: %s", type(error).__name__)
            sentence = FULL if is_full(error) else GONE if _are_gone(inputs) else UNREADABLE
            raise gr.Error(sentence, print_exception=False) from error

    async def postprocess_data(
        self,
        block_fn: Any,  # noqa: ANN401 - Gradio's
        predictions: list[Any] | dict[Any, Any],
        state: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """As Gradio's, which copies results; a full disk is told, once there is no room to make."""
        try:
            return await super().postprocess_data(block_fn, predictions, state)
        except OSError as error:
            if not is_full(error):
                raise
            make_room()
        try:
            return await super().postprocess_data(block_fn, predictions, state)
        except OSError as error:
            log.warning("the disk is full: a result could not be copied")
            raise gr.Error(FULL, print_exception=False) from error


def _are_gone(inputs: list[Any]) -> bool:
    """Whether a file that was uploaded to a server, this or an earlier one, is not there."""
    uploads = [x["path"] for x in inputs if isinstance(x, dict) and isinstance(x.get("path"), str)]
    return any(UPLOADED.fullmatch(path) and not Path(path).exists() for path in uploads)


async def _fetched(file: dict[str, Any]) -> dict[str, Any]:
    """A caller's file data, with a local file where it had a web address."""
    path = file.get("path")
    if not isinstance(path, str) or not client_utils.is_http_url_like(path):
        return file
    local = await fetch(path, Path(get_upload_folder()))
    return {"path": str(local), "orig_name": "picture", "meta": file["meta"]}
