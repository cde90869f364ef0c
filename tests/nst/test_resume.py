from dataclasses import replace

import numpy as np
import pytest

from nst import InputError, Settings, stylize
from nst.optim.resident import ResidentLBFGS
from nst.settings import SPECS
from nst.specs import Choice

SETTINGS = Settings(iterations=20, size=64)


def last(*pictures, settings, features, **more):
    *_, step = stylize(*pictures, settings, features=features, **more)
    return step


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_two_runs_are_one_long_run(optimizer, content, style, tiny):
    settings = replace(SETTINGS, optimizer=optimizer)
    first = last(content, style, settings=settings, features=tiny)
    second = last(content, style, settings=settings, features=tiny, state=first.state)
    whole = last(content, style, settings=replace(settings, iterations=40), features=tiny)
    assert second.image.tobytes() == whole.image.tobytes()
    assert second.state.iterations == 40
    assert (second.iteration, second.total) == (20, 20)


def test_two_runs_are_one_long_run_on_a_gpu_as_well(content, style, tiny, monkeypatch):
    # A processor in its place, whose graphs call what they have recorded.
    monkeypatch.setattr("nst.transfer.OPTIMIZERS", {"lbfgs": ResidentLBFGS})
    monkeypatch.setattr("nst.machine.graph._recorded", lambda function, image: function)
    first = last(content, style, settings=SETTINGS, features=tiny)
    ends = [
        last(content, style, settings=SETTINGS, features=tiny, state=first.state) for _ in range(2)
    ]
    whole = last(content, style, settings=replace(SETTINGS, iterations=40), features=tiny)
    assert {end.image.tobytes() for end in ends} == {whole.image.tobytes()}
    assert whole.image.tobytes() != first.image.tobytes()


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_a_large_pictures_state_is_on_the_disk(optimizer, content, style, tiny, monkeypatch):
    settings = replace(SETTINGS, optimizer=optimizer)
    small = last(content, style, settings=settings, features=tiny).state
    assert small.bytes > 0 and small.disk_bytes == 0
    monkeypatch.setattr("nst.optim.halved.HALVED_PIXELS", 0)
    first = last(content, style, settings=settings, features=tiny)
    assert first.state.bytes == 0 and first.state.disk_bytes > 3 * 64 * 43 * 4
    whole = last(content, style, settings=replace(settings, iterations=40), features=tiny)
    for _ in range(2):
        second = last(content, style, settings=settings, features=tiny, state=first.state)
        assert second.image.tobytes() == whole.image.tobytes()


def test_a_full_disk_leaves_the_picture_and_no_state(content, style, tiny, monkeypatch):
    def full(optimizer, file):
        raise RuntimeError("PytorchStreamWriter failed writing file")

    monkeypatch.setattr("nst.optim.halved.HALVED_PIXELS", 0)
    monkeypatch.setattr("torch.save", full)
    step = last(content, style, settings=SETTINGS, features=tiny)
    assert step.done and step.image and step.state is None


def test_a_state_can_be_gone_on_from_twice(content, style, tiny):
    first = last(content, style, settings=SETTINGS, features=tiny)
    a, b = (
        last(content, style, settings=SETTINGS, features=tiny, state=first.state) for _ in range(2)
    )
    assert a.image.tobytes() == b.image.tobytes() != first.image.tobytes()


def test_going_on_stays_at_full_size(content, style, tiny):
    settings = Settings(iterations=20, size=512)
    steps = list(stylize(content, style, settings, features=tiny))
    assert {step.size for step in steps} == {256, 512}
    more = stylize(content, style, settings, features=tiny, state=steps[-1].state)
    assert {step.size for step in more} == {512}


def another(name):
    """Another value of a setting than `SETTINGS` has."""
    spec, now = SPECS[name], getattr(SETTINGS, name)
    choices = spec.choices if isinstance(spec, Choice) else (spec.maximum, spec.minimum)
    return next(value for value in choices if value != now and value != "image")


@pytest.mark.parametrize("name", SPECS)
def test_what_a_run_is_after_cannot_change_and_how_it_goes_can(name, content, style, tiny):
    settings = replace(SETTINGS, iterations=2)
    state = last(content, style, settings=settings, features=tiny).state
    changed = replace(settings, **{name: another(name)})
    if name in ("iterations", "init", "seed"):
        assert next(stylize(content, style, changed, features=tiny, state=state)).iteration == 1
        return
    with pytest.raises(InputError, match=f"its {name} changed"):
        stylize(content, style, changed, features=tiny, state=state)


def test_other_pictures_or_features_do_not_go_on(content, style, tiny):
    from nst import load_features

    state = last(content, style, settings=SETTINGS, features=tiny).state
    with pytest.raises(InputError, match="set of pictures changed"):
        stylize(style, content, SETTINGS, features=tiny, state=state)
    with pytest.raises(InputError, match="feature network changed"):
        stylize(content, style, SETTINGS, features=load_features("compact"), state=state)


def test_a_start_of_ones_own_is_where_a_run_starts(content, style, tiny):
    settings = Settings(iterations=1, size=400, init="image")
    step = last(content, style, settings=settings, features=tiny, start=style)
    middle = np.asarray(step.image)[100:160, 150:250]
    assert step.size == 400
    assert abs(middle.mean() - np.asarray(style).mean()) < 20
