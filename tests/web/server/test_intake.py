"""What is sent to Gradio and what it sends, where that fails."""

import asyncio
import errno
from types import SimpleNamespace

import gradio as gr
import pytest

from web.server.disk import FULL, PREFIX
from web.server.http.intake import GONE, UNREADABLE, Intake

FUNCTION = SimpleNamespace(inputs=[], outputs=[])
HASH = "0" * 64


def failing(error, times):
    """A method of Gradio's that fails so many times."""
    calls = []

    async def method(*_, **__):
        calls.append(1)
        if len(calls) <= times:
            raise error
        return ["done"]

    return method


def refused(monkeypatch, inputs, error):
    monkeypatch.setattr(gr.Blocks, "preprocess_data", failing(error, 1))
    with pytest.raises(gr.Error) as caught:
        asyncio.run(Intake().preprocess_data(FUNCTION, inputs, None))
    return caught.value.message


def test_what_was_uploaded_to_a_server_that_is_gone_is_to_be_added_again(monkeypatch, tmp_path):
    upload = f"{tmp_path}/{PREFIX}x/gradio/{HASH}/photo.png"
    assert refused(monkeypatch, [{"path": upload}], ValueError("not allowed")) == GONE
    # Of any other path nothing is told.
    for path in ("/etc/none", "/etc/passwd", f"{tmp_path}/{PREFIX}x/../{HASH}/photo.png", 3):
        assert refused(monkeypatch, [{"path": path}], ValueError("not allowed")) == UNREADABLE
    assert refused(monkeypatch, [], OSError(errno.ENOSPC, "full")) == FULL


def test_a_result_is_copied_once_there_is_room(monkeypatch):
    made = []
    monkeypatch.setattr("web.server.http.intake.make_room", lambda: made.append(1))
    full = OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr(gr.Blocks, "postprocess_data", failing(full, 1))
    assert asyncio.run(Intake().postprocess_data(FUNCTION, [], None)) == ["done"]
    assert made
    monkeypatch.setattr(gr.Blocks, "postprocess_data", failing(full, 2))
    with pytest.raises(gr.Error) as caught:
        asyncio.run(Intake().postprocess_data(FUNCTION, [], None))
    assert caught.value.message == FULL
