import numpy as np
import pytest
from PIL import Image

from nst.pictures import bounds, color
from nst.pictures.color import LUMA, Gaussian, finish, greyed, match, moved, prepare
from nst.pictures.deep import Deep
from nst.pictures.grey import is_grey
from nst.pictures.tensors import blended, keep_outside, to_style


def colours(image):
    return np.asarray(image.convert("RGB"), dtype=np.float64) / 255


def covariance(x):
    flat = x.reshape(-1, x.shape[2])
    return np.cov(flat.T, bias=True)


def matched(colours, target, *seen):
    """Colours moved to others, of what is seen of both."""
    pairs = zip((colours, target), seen or (None, None), strict=True)
    own, other = (Gaussian.of([(np.asarray(x), weights)]) for x, weights in pairs)
    return match(own, other)(colours)


def test_matched_colours_have_the_targets_mean_and_covariance():
    generator = np.random.default_rng(0)
    source = generator.normal(0.4, 0.1, (40, 50, 3)) @ np.array(
        [[1, 0.3, 0], [0, 1, 0.2], [0, 0, 1]]
    )
    target = generator.normal(0.6, 0.05, (30, 20, 3)) @ np.array(
        [[1, 0, 0.5], [0, 2, 0], [0, 0, 1]]
    )
    changed = matched(source, target)
    assert np.allclose(changed.mean((0, 1)), target.mean((0, 1)))
    assert np.allclose(covariance(changed), covariance(target))


def test_matching_by_hand():
    # One channel: mean 0.5 and deviation 0.1 become mean 0.3 and deviation 0.2.
    source, target = np.array([[[0.4], [0.6]]]), np.array([[[0.1], [0.5]]])
    assert np.allclose(matched(source, target), [[[0.1], [0.5]]])


def test_matching_equal_colours_changes_nothing(style):
    x = colours(style)
    assert np.allclose(matched(x, x), x, atol=2e-3)


@pytest.mark.parametrize("colour", ["black", "#806040"])
@pytest.mark.parametrize("choice", ["content", "matched"])
def test_flat_pictures_of_either_kind_are_fine(colour, choice, content, style):
    flat = Image.new("RGB", (20, 16), colour)
    for pair in ((flat, style), (content, flat), (flat, flat)):
        prepared, (example,) = prepare(pair[0], pair[1:], choice)
        assert (prepared.size, example.size) == (pair[0].size, pair[1].size)
    # A flat style is moved to the content's mean, and stays flat.
    changed = colours(prepare(content, [flat], "matched")[1][0])
    assert np.ptp(changed, axis=(0, 1)).max() == 0
    assert np.allclose(changed[0, 0], colours(content).mean((0, 1)), atol=1 / 255)


def test_grey_content_makes_the_matched_style_grey(content, style):
    changed = colours(prepare(content.convert("L").convert("RGB"), [style], "matched")[1][0])
    assert np.ptp(changed, axis=2).max() <= 3 / 255


def test_style_changes_nothing(content, style):
    assert prepare(content, [style], "style") == (content, [style])
    assert finish(style, content, "style") is style
    assert finish(style, content, "matched") is style


def test_content_optimises_in_grey(content, style):
    other = style.rotate(90).point(lambda level: level // 2)
    prepared, styles = prepare(content, [style, other], "content")
    for picture in (prepared, *styles):
        assert np.ptp(colours(picture), axis=2).max() == 0
    grey, *matched = (colours(picture)[..., 0] for picture in (prepared, *styles))
    for light in matched:
        assert light.mean() == pytest.approx(grey.mean(), abs=0.02)
        assert light.std() == pytest.approx(grey.std(), rel=0.1)


def test_finishing_gives_the_contents_chroma_and_the_results_luminance(content, style):
    result = style.resize((48, 32))
    finished = finish(result, content, "content")
    assert finished.size == result.size
    light = colours(result) @ LUMA
    assert np.allclose(colours(finished) @ LUMA, light, atol=2 / 255)
    # The content's own luminance gives the content back.
    assert np.allclose(colours(finish(content, content, "content")), colours(content), atol=2 / 255)


def test_finishing_a_grey_photograph_leaves_it_grey(content, style):
    grey = content.convert("L").convert("RGB")
    assert np.ptp(colours(finish(style, grey, "content")), axis=2).max() <= 1 / 255


def test_alpha_stays(content, style):
    content.putalpha(Image.linear_gradient("L").resize(content.size))
    prepared, _ = prepare(content, [style], "content")
    assert np.array_equal(prepared.getchannel("A"), content.getchannel("A"))
    assert np.array_equal(
        finish(prepared, content, "content").getchannel("A"), content.getchannel("A")
    )


def cut_out(picture, hidden):
    """A picture whose right half is transparent, with colours under it that nobody sees."""
    middle = picture.width // 2
    whole = picture.copy()
    whole.paste(hidden, (middle, 0, picture.width, picture.height))
    alpha = Image.new("L", picture.size)
    alpha.paste(255, (0, 0, middle, picture.height))
    whole.putalpha(alpha)
    return whole


def test_weighted_matching_by_hand():
    # What is seen has mean 0.5 and deviation 0.1, the target's 0.3 and 0.2; the rest goes along.
    source, target = np.array([[[0.4], [0.6], [0.9]]]), np.array([[[0.1], [0.5], [1.0]]])
    seen = np.array([[1.0, 1.0, 0.0]])
    assert np.allclose(matched(source, target, seen, seen), [[[0.1], [0.5], [1.1]]])


@pytest.mark.parametrize("choice", ["content", "matched"])
def test_colours_under_transparency_change_nothing_that_is_seen(choice, content, style):
    def made(hidden):
        photograph, painting = cut_out(content, hidden), cut_out(style, hidden)
        prepared, (example,) = prepare(photograph, [painting], choice)
        result = finish(style.resize(content.size), photograph, choice)
        return [
            colours(picture)[:, : picture.width // 2 - 1] for picture in (prepared, example, result)
        ]

    for black, magenta in zip(made("black"), made("magenta"), strict=True):
        assert np.array_equal(black, magenta)


@pytest.mark.parametrize("choice", ["content", "matched"])
def test_what_is_cut_out_is_as_if_it_were_cropped(choice, content, style):
    half = content.width // 2
    cropped = content.crop((0, 0, half, content.height))
    _, (whole,) = prepare(cut_out(content, "magenta"), [style], choice)
    _, (expected,) = prepare(cropped, [style], choice)
    assert np.abs(colours(whole) - colours(expected)).max() < 1.5 / 255


def of_numpy(picture):
    """Mean and covariance by the book, of what is seen."""
    weights = np.asarray(picture.getchannel("A"), float).ravel() if picture.mode == "RGBA" else None
    flat = colours(picture).reshape(-1, 3)
    return np.average(flat, axis=0, weights=weights), np.cov(flat.T, ddof=0, aweights=weights)


@pytest.mark.parametrize("transparent", [False, True])
def test_means_and_covariances_are_those_of_the_whole_picture(transparent, content):
    if transparent:
        content.putalpha(Image.linear_gradient("L").resize(content.size))
    mean, spread = of_numpy(content)
    # A deep picture's colours are in float32.
    for picture, exact in ((content, 1e-14), (Deep.of(content), 1e-7)):
        found = color._gaussian(picture)
        assert np.allclose(found.mean, mean, rtol=0, atol=exact)
        assert np.allclose(found.covariance, spread, rtol=0, atol=exact)


def test_sums_of_many_bright_pixels_are_not_cut_off():
    # In float32, what is added one by one to 2²⁴ is lost.
    rows = ((np.full((1, 2**20, 3), 255.0), None) for _ in range(20))
    assert np.array_equal(Gaussian.of(rows).mean, [255.0] * 3)


def made_in_strips(content, style):
    """All that is made of whole pictures strip by strip, as bytes."""
    mask = Image.radial_gradient("L").resize((50, 40))
    content.putalpha(Image.linear_gradient("L").resize(content.size))
    result = style.resize(content.size).convert("RGBA")
    deep = Deep.of(result)
    made = [keep_outside(result, content, mask), blended(result, content, mask)]
    made += [greyed(result), moved(style, content), finish(result, content, "content")]
    for choice in ("content", "matched"):
        made += [prepare(style, [content], choice)[1][0], prepare(content, [style], choice)[1][0]]
    arrays = [np.asarray(picture) for picture in made]
    arrays += [moved(deep, content).colours, blended(deep, content, mask).colours]
    return [*(array.tobytes() for array in arrays), to_style(content).numpy().tobytes()]


def test_nothing_depends_on_the_height_of_strips(content, style, monkeypatch):
    whole = made_in_strips(content.copy(), style)
    for pixels in (1, 7 * content.width, 2**12):
        monkeypatch.setattr(bounds, "STRIP_PIXELS", pixels)
        assert made_in_strips(content.copy(), style) == whole
        assert not is_grey(content) and is_grey(greyed(content))
