"""What a browser sends of a painted mask."""

import io
from types import SimpleNamespace

import gradio as gr
import pytest
from PIL import Image

from web.page.pictures import drawings


def png(mode="RGBA", size=(30, 20)):
    file = io.BytesIO()
    Image.new(mode, size).save(file, "PNG")
    return file.getvalue()


def blob(data, name="a", layer="0", kind="layer"):
    sent = {"type": kind, "index": layer, "id": name}
    return SimpleNamespace(data=sent, files=[("file", data)])


def drawn(name="a"):
    return SimpleNamespace(id=name, layers=[])


@pytest.fixture
def editor():
    return drawings.bounded(gr.ImageEditor())


def test_layers_are_handed_over_in_their_order_once(editor):
    editor.accept_blobs(blob(png(size=(31, 20)), layer="1"))
    editor.accept_blobs(blob(png(size=(30, 20)), layer="0"))
    sizes = [layer.size for layer in editor.preprocess(drawn())["layers"]]
    assert sizes == [(30, 20), (31, 20)]
    assert editor.preprocess(drawn())["layers"] == [] and editor.preprocess(None) is None


@pytest.mark.parametrize("layer", ["1000000000", "-1", "null", None])
def test_layers_without_end_are_not_kept(editor, layer):
    editor.accept_blobs(blob(png(), layer=layer))
    editor.accept_blobs(blob(bytes(drawings.MOST_MEGABYTES * 10**6 + 1)))
    editor.accept_blobs(blob(png(), kind="background"))
    assert editor.preprocess(drawn())["layers"] == []


def test_drawings_without_end_are_not_kept(editor):
    for number in range(drawings.MOST_DRAWINGS + 3):
        editor.accept_blobs(blob(png(), name=number))
    assert editor.preprocess(drawn("0"))["layers"] == []
    assert len(editor.preprocess(drawn("5"))["layers"]) == 1


@pytest.mark.parametrize("data", [b"", b"<html>", png("1", (13000, 13000))])
def test_what_is_no_layer_is_one_sentence(editor, data):
    editor.accept_blobs(blob(data))
    with pytest.raises(gr.Error, match="The painted mask is"):
        editor.preprocess(drawn())
