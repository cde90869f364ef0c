"""What is done with what is given to the two places."""

import asyncio
from types import SimpleNamespace

import gradio as gr
import pytest
from PIL import Image, ImageCms

from nst import InputError
from nst.pictures.reading import open_image
from web.page.pictures import given
from web.page.pictures.places import KEEP_NONE, OTHERS, PLACES
from web.runs.files import PICTURES

RED, BLUE = (220, 30, 30), (30, 30, 220)


@pytest.fixture
def halves(tmp_path):
    """A photograph that is red on its left, on its side by EXIF: upright, its top is red."""
    image = Image.new("RGB", (80, 40), BLUE)
    image.paste(RED, (0, 0, 40, 40))
    exif = Image.Exif()
    exif[274] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image.save(tmp_path / "halves.jpg", exif=exif, icc_profile=profile, quality=95)
    return str(tmp_path / "halves.jpg")


def event(**sent):
    return SimpleNamespace(**sent)


def edited(path, **sent):
    """The picture after an edit of the painting, decoded; its file is gone by then."""
    for update in given.edit(None, path, event(place="style", **sent)):
        if "style" in update:
            return open_image(update["style"])
        return update["style_note"]


def near(pixel, colour):
    return all(abs(a - b) < 30 for a, b in zip(pixel, colour, strict=True))


def test_a_picture_is_turned_to_the_right_as_it_is_seen(halves):
    assert near(open_image(halves).getpixel((20, 10)), RED)
    turned = edited(halves)
    assert turned.size == (80, 40)
    assert near(turned.getpixel((70, 20)), RED) and near(turned.getpixel((10, 20)), BLUE)


def test_a_box_is_cut_out_of_a_picture_as_it_is_seen(halves):
    part = edited(halves, box=[0, 0.5, 1, 1])
    assert part.size == (40, 40) and near(part.getpixel((20, 20)), BLUE)


def test_what_is_see_through_stays_so(tmp_path):
    Image.new("RGBA", (40, 30), (9, 9, 9, 100)).save(tmp_path / "a.png")
    turned = edited(str(tmp_path / "a.png"))
    assert turned.mode == "RGBA" and turned.size == (30, 40)


@pytest.mark.parametrize(
    "box",
    [
        *([], [0, 0, 1], "0011", {}, 1, [0, 0, 1, None], [0, 0, 1, True], [0, 0, 1, "1"]),
        *([0, 0, 1, float("nan")], [0, 0, 1, 1e9], [-1, 0, 1, 1], [0, 0, 0.01, 1], [1, 1, 0, 0]),
    ],
)
def test_boxes_that_are_none_are_one_sentence_under_the_place(halves, box):
    assert 'role="alert"' in edited(halves, box=box)


@pytest.mark.parametrize("place", [None, "paint", "content_note", ["content"]])
def test_places_that_are_none_are_refused(place):
    with pytest.raises(gr.Error, match="load the page again"):
        given.refuse(event(place=place, kind="video"))


def test_a_refusal_names_the_kind():
    assert "That is a video" in given.refuse(event(place="style", kind="video"))["style_note"]
    assert "not a picture" in given.refuse(event(place="style", kind=["?"]))["style_note"]


@pytest.mark.parametrize("place", ["style_3", "mask", "style_4_mask", "start", *KEEP_NONE])
def test_every_other_place_says_for_itself_what_it_does_not_take(place):
    assert "That is a video" in given.refuse(event(place=place, kind="video"))[f"{place}_note"]


def test_the_other_places_are_those_of_a_runs_pictures():
    assert {*PLACES, *OTHERS} - {*KEEP_NONE} == {*PICTURES}


@pytest.mark.parametrize("place", KEEP_NONE)
def test_a_place_that_keeps_no_picture_fetches_none(place):
    async def said():
        sent = event(place=place, address="http://127.0.0.1/")
        return [update async for update in given.take_address(sent)]

    (only,) = asyncio.run(said())
    assert list(only) == [f"{place}_note"] and "not a picture" in only[f"{place}_note"]


def test_only_the_first_two_places_are_edited():
    with pytest.raises(gr.Error, match="load the page again"):
        list(given.edit(None, None, event(place="mask")))


def brought(monkeypatch, data, **sent):
    """What comes of an address whose answer is `data`: the picture's format, or the last words."""

    async def fetch(url, folder):
        path = folder / "picture"
        path.write_bytes(data)
        return path

    async def last():
        async for update in given.take_address(event(place="content", **sent)):
            if "content" in update:
                with Image.open(update["content"]) as image:
                    return image.format
            said = update["content_note"]
        return said

    monkeypatch.setattr(given, "fetch", fetch)
    return asyncio.run(last())


@pytest.mark.parametrize(("fmt", "shown"), [("PNG", "PNG"), ("WEBP", "WEBP"), ("HEIF", "JPEG")])
def test_a_web_address_fills_its_place_with_what_browsers_show(monkeypatch, tmp_path, fmt, shown):
    Image.new("RGB", (40, 30), RED).save(tmp_path / "a", fmt)
    data = (tmp_path / "a").read_bytes()
    assert brought(monkeypatch, data, address="https://site.example/a") == shown


def test_an_address_of_something_else_says_what_it_is(monkeypatch):
    said = brought(monkeypatch, b"<!doctype html>", address="https://site.example/")
    assert "That is a web page" in said


@pytest.mark.parametrize("address", [None, 7, ["https://site.example"], "https://" + "a" * 5000])
def test_addresses_that_are_none_are_one_sentence(monkeypatch, address):
    assert 'role="alert"' in brought(monkeypatch, b"", address=address)


def test_only_public_addresses_are_fetched():
    async def last():
        async for update in given.take_address(event(place="style", address="http://127.0.0.1/")):
            said = update["style_note"]
        return said

    assert "not a public one" in asyncio.run(last())


def test_a_part_is_within_the_limits_of_pictures():
    with pytest.raises(InputError, match="too small"):
        given.cropped(Image.new("RGB", (100, 100)), [0, 0, 0.05, 0.05], "photograph")
