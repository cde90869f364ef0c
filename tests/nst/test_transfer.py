import itertools
import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from nst import InputError, Settings, stylize
from nst.costs.work import CONSTANT_PIXELS
from nst.features.trace import Trace
from nst.loss.balance import PLAIN
from nst.loss.evaluated import Evaluated
from nst.loss.objective import Objective
from nst.loss.regions import everywhere
from nst.optim.adam import ProjectedAdam
from nst.optim.descent import optimise
from nst.optim.optimizer import OPTIMIZERS
from nst.optim.watch import STALLED
from nst.pictures import prepared, tensors
from nst.scales import Scale
from nst.transfer import MOST_PREVIEWS, _style_tensor

QUICK = {"iterations": 12, "size": 64}


def last(steps):
    *_, step = steps
    return step


def pixels(image):
    return np.asarray(image.convert("RGB"), dtype=np.float32) / 255


def test_iterations_are_counted_over_all_scales(content, style, tiny):
    steps = list(stylize(content, style, Settings(iterations=45, size=400), features=tiny))
    assert [step.iteration for step in steps] == list(range(1, 46))
    assert {step.total for step in steps} == {45}
    sizes = [step.size for step in steps]
    assert sizes == sorted(sizes) and sizes[-1] == 400
    assert [step.iteration for step in steps if step.size < 400] == list(range(1, 28))


def test_the_seconds_left_are_right_where_work_takes_what_is_expected(
    content, style, tiny, monkeypatch
):
    clock, evaluate = SimpleNamespace(now=50.0), Objective.evaluate

    def timed(self, image):
        clock.now += (image.shape[2] * image.shape[3] + CONSTANT_PIXELS["cpu"]) / 1e5
        return evaluate(self, image)

    monkeypatch.setattr(Objective, "evaluate", timed)
    monkeypatch.setattr("nst.costs.work.SETUP_ITERATIONS", 0)
    monkeypatch.setattr("nst.transfer.time", SimpleNamespace(monotonic=lambda: clock.now))
    # 27 iterations at 200 × 134 and 18 at 400 × 267.
    steps = stylize(content, style, Settings(iterations=45, size=400), features=tiny)
    said = [(clock.now, step.seconds_left) for step in steps]
    assert [left for _, left in said] == pytest.approx([clock.now - then for then, _ in said])
    assert clock.now - 50 == pytest.approx(27 * 0.338 + 18 * 1.138)


@pytest.mark.parametrize("total", [1, 2, 19, 20, 41])
def test_previews_are_spread_evenly_and_the_last_step_has_one(
    content, style, tiny, total, monkeypatch
):
    monkeypatch.setattr("nst.transfer.PREVIEW_SECONDS", math.inf)
    steps = stylize(content, style, Settings(iterations=total, size=64), features=tiny)
    shown = [step.iteration for step in steps if step.image]
    assert len(shown) == min(total, MOST_PREVIEWS) and shown[-1] == total
    gaps = {b - a for a, b in itertools.pairwise([0, *shown])}
    assert max(gaps) - min(gaps) <= 1


def test_the_result_keeps_the_contents_aspect_ratio(content, style, tiny):
    assert last(stylize(content, style, Settings(**QUICK), features=tiny)).image.size == (64, 43)


def test_the_style_loss_falls(content, style, tiny):
    steps = list(
        stylize(content, style, Settings(iterations=30, size=96, tv_weight=0), features=tiny)
    )
    assert steps[0].content_loss == 0
    assert steps[-1].style_loss < 0.5 * steps[0].style_loss


def test_strength_0_gives_the_photograph_back(content, style, tiny):
    settings = Settings(iterations=10, size=96, style_strength=0)
    result = last(stylize(content, style, settings, features=tiny)).image
    assert np.array_equal(pixels(result), pixels(content))


def test_more_strength_is_more_style_and_less_content(content, style, tiny):
    ends = [
        last(
            stylize(
                content,
                style,
                Settings(iterations=40, size=64, style_strength=strength, tv_weight=0),
                features=tiny,
            )
        )
        for strength in (10, 40, 90)
    ]
    assert [e.style_loss for e in ends] == sorted((e.style_loss for e in ends), reverse=True)
    assert [e.content_loss for e in ends] == sorted(e.content_loss for e in ends)


def test_a_picture_in_its_own_style_stays_as_it_is(content, tiny):
    result = last(stylize(content, content, Settings(**QUICK, tv_weight=0), features=tiny))
    assert result.style_loss < 1e-6 and result.content_loss < 1e-6


@pytest.mark.parametrize("init", ["content", "noise", "style"])
@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_the_same_seed_gives_the_same_picture(content, style, tiny, init, optimizer):
    settings = Settings(**QUICK, init=init, optimizer=optimizer, seed=3)
    a, b = (last(stylize(content, style, settings, features=tiny)).image for _ in range(2))
    assert a.tobytes() == b.tobytes()


def test_another_seed_gives_another_picture(content, style, tiny):
    a, b = (
        last(stylize(content, style, Settings(**QUICK, init="noise", seed=seed), features=tiny))
        for seed in (1, 2)
    )
    assert a.image.tobytes() != b.image.tobytes()


def test_noise_and_style_are_where_those_runs_start(content, style, tiny):
    first = {
        init: pixels(
            next(
                stylize(content, style, Settings(iterations=1, size=64, init=init), features=tiny)
            ).image
        )
        for init in ("content", "noise", "style")
    }
    assert first["noise"].std() > 0.25
    expected = pixels(content.resize((64, 43), Image.Resampling.LANCZOS))
    assert np.abs(first["content"] - expected).max() < 0.02
    assert abs(first["style"].mean() - pixels(style).mean()) < 0.05


def test_closing_stops_the_work(content, style, tiny):
    calls = []
    handle = tiny.convolutions[0].register_forward_hook(lambda *_: calls.append(1))
    steps = stylize(content, style, Settings(iterations=1000, size=64), features=tiny)
    for _ in itertools.islice(steps, 3):
        pass
    steps.close()
    handle.remove()
    assert len(calls) == 2 + 3  # two targets, three evaluations


def test_slow_iterations_are_all_shown(content, style, tiny, monkeypatch):
    monkeypatch.setattr("nst.transfer.time.monotonic", itertools.count(step=10).__next__)
    steps = list(stylize(content, style, Settings(iterations=60, size=64), features=tiny))
    assert all(step.image is not None for step in steps)


def test_alpha_comes_back(content, style, tiny):
    alpha = Image.linear_gradient("L").resize(content.size)
    content.putalpha(alpha)
    result = last(stylize(content, style, Settings(iterations=3, size=96), features=tiny)).image
    assert result.mode == "RGBA"
    assert np.array_equal(np.asarray(result.getchannel("A")), np.asarray(alpha))


def test_layer_weights_change_the_picture_but_not_their_common_factor(content, style, tiny):
    def paint(**weights):
        settings = Settings(**QUICK, **weights)
        return last(stylize(content, style, settings, features=tiny)).image.tobytes()

    layers = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
    assert paint() == paint(**{f"{layer}_weight": 2 for layer in layers})
    assert paint() != paint(relu1_1_weight=0)


@pytest.mark.parametrize(
    ("pictures", "settings", "named"),
    [
        ((None, "style"), None, "content image"),
        (("content", None), None, "style image"),
        (("content", "a path"), None, "style image"),
        (("content", "style"), {"iterations": 5}, "settings"),
    ],
)
def test_bad_input_is_refused_at_once(pictures, settings, named, content, style):
    known = {"content": content, "style": style}
    with pytest.raises(InputError, match=named):
        stylize(*(known.get(p, p) for p in pictures), settings)


def test_masks_that_leave_nothing_to_paint_are_refused_at_once(content, style, tiny):
    left, right, dot = (Image.new("L", (400, 400)) for _ in range(3))
    left.paste(255, (0, 0, 190, 400))
    right.paste(255, (210, 0, 400, 400))
    dot.putpixel((200, 200), 1)
    settings = Settings(iterations=2, size=64)
    for masks in ({"mask": left, "style_masks": [right]}, {"mask": dot}, {"style_masks": [dot]}):
        with pytest.raises(InputError, match="leave nothing to paint at 64 pixels"):
            stylize(content, style, settings, features=tiny, **masks)
    whole = Image.new("L", (8, 8), 255)
    with pytest.raises(InputError, match="leave nothing"):
        masks = {"mask": left, "style_masks": [right, right]}
        stylize(content, [style, style], settings, features=tiny, **masks)
    # What is left for a style without a mask is enough, and so is what two masks share.
    for other in ([right, None], [whole, right]):
        masks = {"mask": left, "style_masks": other}
        assert last(stylize(content, [style, style], settings, features=tiny, **masks)).image


def test_a_content_picture_too_narrow_for_the_size_is_refused(style, tiny):
    with pytest.raises(InputError, match="too narrow for size 64"):
        stylize(Image.new("RGB", (400, 30)), style, Settings(size=64), features=tiny)


def test_a_narrow_style_picture_is_fine(content, tiny):
    steps = stylize(content, Image.new("RGB", (400, 30)), Settings(**QUICK), features=tiny)
    assert last(steps).iteration == 12


@pytest.mark.parametrize("kind", ["black", "white", "flat", "identical"])
def test_flat_and_equal_pictures_give_finite_losses(kind, content, style, tiny):
    flat = Image.new("RGB", (64, 64), {"black": "black", "white": "white"}.get(kind, "#777"))
    pairs = [(content, content)] if kind == "identical" else [(flat, style), (content, flat)]
    for pair in pairs:
        step = last(stylize(*pair, Settings(**QUICK), features=tiny))
        assert math.isfinite(step.content_loss + step.style_loss + step.tv_loss)


def test_a_partial_network_without_a_layer_in_use_is_refused(content, style, tiny):
    from nst.features.network import FeatureNetwork

    shallow = FeatureNetwork("vgg19", tiny.table[:2])
    weights = {f"{layer}_weight": 0 for layer in ("relu1_1", "relu2_1")}
    with pytest.raises(InputError, match="relu1_1_weight, relu2_1_weight"):
        stylize(content, style, Settings(**weights), features=shallow)


def test_the_best_picture_is_the_last_one_given(tiny):
    class Bumpy(Evaluated):
        """A loss that rises in its second half."""

        def __init__(self):
            self.losses = iter([5.0, 3.0, 2.0, 2.5, 2.9])

        def evaluate(self, image):
            loss = next(self.losses)
            return loss, torch.rand_like(image) + 0.1, loss

        def picture(self, image):
            return image

    seen = list(optimise(Bumpy(), ProjectedAdam(torch.full((1, 3, 4, 4), 0.5)), 5))
    assert [losses for losses, _ in seen] == [5.0, 3.0, 2.0, 2.5, 2.0]
    assert torch.equal(seen[-1][1], seen[2][1])


@pytest.fixture
def poisoned(monkeypatch):
    """Have the loss or the gradient of some evaluations (from 1) contain a NaN."""

    def poison(bad, where="gradient", evaluate=Objective.evaluate, back=Trace.gradient):
        count, counted = itertools.count(1), itertools.count(1)

        def evaluated(self, image):
            loss, gradient, losses = evaluate(self, image)
            if next(count) in bad:
                loss, losses = math.nan, replace(losses, style=math.nan)
            return loss, gradient, losses

        def gradient_of(self, sources):
            gradient = back(self, sources)
            if next(counted) in bad:
                gradient[0, 0, 3, 4] = math.nan
            return gradient

        if where == "gradient":
            monkeypatch.setattr(Trace, "gradient", gradient_of)
        else:
            monkeypatch.setattr(Objective, "evaluate", evaluated)

    return poison


@pytest.mark.parametrize("where", ["gradient", "loss"])
@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
class TestNumbersThatBreakDown:
    def steps(self, content, style, tiny, optimizer):
        settings = Settings(iterations=19, size=64, optimizer=optimizer)
        steps = list(stylize(content, style, settings, features=tiny))
        for step in steps:
            assert math.isfinite(step.style_loss) and math.isfinite(step.content_loss)
            assert pixels(step.image).mean() > 0.1
        assert [step.done for step in steps] == [False] * (len(steps) - 1) + [True]
        assert steps[-1].seconds_left == 0 and steps[-1].state
        return steps

    def test_once_the_run_goes_on(self, content, style, tiny, optimizer, where, poisoned):
        poisoned({8}, where)
        steps = self.steps(content, style, tiny, optimizer)
        assert len(steps) == 19
        assert [step.note for step in steps[:7]] == [""] * 7
        assert "at iteration 8: the run went on" in steps[-1].note
        assert steps[-1].style_loss < 0.9 * steps[6].style_loss

    def test_twice_it_ends_with_the_best(self, content, style, tiny, optimizer, where, poisoned):
        poisoned({8, 9}, where)
        steps = self.steps(content, style, tiny, optimizer)
        assert len(steps) == 9 and steps[-1].total == 19
        assert "at iteration 9: this is the last good picture" in steps[-1].note
        assert steps[-1].style_loss == min(step.style_loss for step in steps)

    def test_at_a_finer_scale_the_coarser_picture_is_left(
        self, content, style, tiny, optimizer, where, poisoned
    ):
        poisoned(range(13, 100), where)
        settings = Settings(iterations=20, size=400, optimizer=optimizer)
        *_, end = stylize(content, style, settings, features=tiny)
        assert end.iteration == 14 and end.image.size == (400, 267)
        assert pixels(end.image).mean() > 0.1 and math.isfinite(end.style_loss)

    def test_from_the_start_there_is_no_picture(
        self, content, style, tiny, optimizer, where, poisoned
    ):
        poisoned(range(100), where)
        with pytest.raises(FloatingPointError):
            next(stylize(content, style, Settings(**QUICK, optimizer=optimizer), features=tiny))


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_a_tiny_loss_is_optimised_all_the_same(content, style, tiny, optimizer, monkeypatch):
    def scaled(self, image, evaluate=Objective.evaluate):
        loss, gradient, losses = evaluate(self, image)
        return loss * 1e-9, gradient * 1e-9, losses

    settings = Settings(iterations=30, size=64, optimizer=optimizer)
    plain = last(stylize(content, style, settings, features=tiny))
    monkeypatch.setattr(Objective, "evaluate", scaled)
    end = last(stylize(content, style, settings, features=tiny))
    assert end.iteration == 30 and not end.note
    assert end.style_loss == pytest.approx(plain.style_loss, rel=0.1)


def test_a_picture_that_stops_changing_ends_the_run(content, style, tiny):
    settings = Settings(iterations=500, size=64, style_strength=0)
    end = last(stylize(content, style, settings, features=tiny))
    assert end.done and end.iteration == STALLED + 1 and end.seconds_left == 0
    assert end.note == f"The picture stopped changing at iteration {STALLED + 1}."


def odd_pictures():
    """Pictures that optimisers stumble over: flat, black, white, tiny, noisy, saturated, plain."""
    generator = np.random.default_rng(0)
    noise = Image.fromarray(generator.integers(0, 256, (50, 60, 3), dtype=np.uint8))
    tiny_picture = Image.fromarray(generator.integers(0, 256, (8, 9, 3), dtype=np.uint8))
    saturated = Image.fromarray((generator.integers(0, 2, (48, 64, 3)) * 255).astype(np.uint8))
    yield from (Image.new("RGB", (64, 48), colour) for colour in ("black", "white", "#806040"))
    yield from (tiny_picture, noise, saturated)


def pairs(content, style):
    """Thirty of them: each odd picture with each other one as style, and with itself."""
    pictures = list(odd_pictures())
    plain = [(content, odd) for odd in pictures] + [(odd, style) for odd in pictures]
    mixed = [(a, b) for a in pictures[:5] for b in pictures[3:6] if a is not b]
    equal = [(content, content), (style, style), *((odd, odd) for odd in pictures[:3])]
    return [(content, style), *plain, *mixed, *equal][:30]


def test_lbfgs_neither_stalls_nor_explodes_on_thirty_pairs(content, style, tiny):
    """After 30 iterations it is never above Adam, whatever the pictures."""
    couples = pairs(content, style)
    assert len(couples) == 30
    for number, pair in enumerate(couples):
        images = [tensors.to_tensor(tensors.resize_image(image, (40, 32))) for image in pair]
        objective = Objective(tiny, images[0], everywhere(images[1]), Settings(tv_weight=0), PLAIN)
        losses = {}
        for optimizer in ("lbfgs", "adam"):
            parts, _ = last(optimise(objective, OPTIMIZERS[optimizer](images[0]), 30))
            losses[optimizer] = parts.content + 20 * parts.style
        assert losses["lbfgs"] <= 1.001 * losses["adam"] + 1e-6, (number, losses)


def test_the_contents_colours_are_kept(content, style, tiny):
    *_, step = stylize(content, style, Settings(**QUICK, color="content"), features=tiny)
    small = content.resize(step.image.size, Image.Resampling.LANCZOS)
    chroma = [
        np.asarray(image.convert("YCbCr"))[..., 1:].astype(int) for image in (step.image, small)
    ]
    assert np.abs(chroma[0] - chroma[1]).mean() < 6
    *_, painted = stylize(content, style, Settings(**QUICK), features=tiny)
    other = np.asarray(painted.image.convert("YCbCr"))[..., 1:].astype(int)
    assert np.abs(other - chroma[1]).mean() > 6


def test_the_style_picture_has_the_size_of_its_scale(tiny):
    style = Image.new("RGB", (300, 150))
    for style_scale, expected in ((1.0, (64, 128)), (0.5, (32, 64)), (2.0, (128, 256))):
        settings = Settings(style_scale=style_scale)
        tensor = _style_tensor(style, Scale((128, 100), 10), tiny, settings)
        assert tensor.shape[2:] == expected


def test_weights_1_and_0_give_the_single_styles_picture(content, style, tiny):
    single = last(stylize(content, style, Settings(**QUICK), features=tiny))
    settings = Settings(**QUICK, style_2_weight=0)
    double = last(stylize(content, [style, content], settings, features=tiny))
    assert double.image.tobytes() == single.image.tobytes()


def test_two_equal_styles_are_one(content, style, tiny):
    single, double = (
        last(stylize(content, given, Settings(**QUICK), features=tiny)).image
        for given in (style, [style, style])
    )
    assert np.abs(pixels(single) - pixels(double)).max() < 0.01


def test_outside_the_mask_the_photograph_stays_to_the_bit(content, style, tiny):
    mask = Image.new("L", content.size)
    mask.paste(255, (0, 0, content.width // 2, content.height))
    small = content.resize((64, 43), Image.Resampling.LANCZOS)
    for choice in ("style", "content", "matched"):
        settings = Settings(**QUICK, color=choice, init="noise")
        result = last(stylize(content, style, settings, features=tiny, mask=mask)).image
        difference = np.abs(np.asarray(result).astype(int) - np.asarray(small))
        assert difference[:, 34:].max() == 0
        assert difference[:, :28].mean() > 3


def test_each_style_paints_its_region(content, tiny):
    red, blue = Image.new("RGB", (64, 64), "red"), Image.new("RGB", (64, 64), "blue")
    left = Image.new("L", content.size)
    left.paste(255, (0, 0, content.width // 2, content.height))
    settings = Settings(iterations=60, size=64, style_strength=100)
    result = pixels(
        last(stylize(content, [red, blue], settings, features=tiny, style_masks=[left])).image
    )
    balance = result[..., 0] - result[..., 2]  # red over blue
    assert balance[:, :26].mean() > balance[:, 38:].mean() + 0.2


def test_only_the_last_step_has_a_state(content, style, tiny):
    steps = list(stylize(content, style, Settings(**QUICK), features=tiny))
    assert [step.state is not None for step in steps] == [False] * 11 + [True]


def cut_out(picture, hidden):
    """A picture whose lower half is transparent, with colours under it that nobody sees."""
    alpha = Image.new("L", picture.size)
    alpha.paste(255, (0, 0, picture.width, picture.height // 2))
    whole = picture.copy()
    whole.paste(hidden, (0, picture.height // 2, picture.width, picture.height))
    whole.putalpha(alpha)
    return whole


@pytest.mark.parametrize("color", ["style", "content", "matched"])
def test_colours_under_transparency_decide_nothing(color, content, style, tiny):
    settings = Settings(**QUICK, color=color)
    black, magenta = (
        last(stylize(cut_out(content, x), cut_out(style, x), settings, features=tiny)).image
        for x in ("black", "magenta")
    )
    alpha = np.asarray(black)[..., 3:] == 255
    assert np.array_equal(np.asarray(black) * alpha, np.asarray(magenta) * alpha)


def test_a_picture_that_is_transparent_everywhere_still_gives_one(content, style, tiny):
    content.putalpha(0)
    style.putalpha(0)
    result = last(stylize(content, style, Settings(**QUICK), features=tiny)).image
    assert result.getchannel("A").getextrema() == (0, 0)


def test_a_narrow_photograph_is_painted_at_every_size(style, tiny):
    narrow = Image.effect_noise((800, 40), 64).convert("RGB")
    for size in (505, 513, 690):
        result = last(stylize(narrow, style, Settings(iterations=40, size=size), features=tiny))
        assert max(result.image.size) == size
        prepared.prepare(result.image)  # it could be painted again
