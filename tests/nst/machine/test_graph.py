"""What has to hold for an evaluation to be replayed as a CUDA graph, found out without a GPU."""

from contextlib import contextmanager

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx.experimental.proxy_tensor import make_fx
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import TorchDispatchMode

from nst import Settings, load_features
from nst.features.metric import Metric
from nst.features.network import COMPACT, VGG19, FeatureNetwork
from nst.loss.balance import RemainingStyle
from nst.loss.evaluated import AmongGreys
from nst.loss.objective import Objective
from nst.loss.regions import Region, Within
from nst.machine.graph import FIRST_CALLS, Recorder
from nst.optim.iterations import Together
from nst.optim.optimizer import OPTIMIZERS


def pictures(count, side=48):
    generator = torch.Generator().manual_seed(count)
    return torch.rand(count, 1, 3, side, side + 8, generator=generator)


@pytest.mark.parametrize("guided", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_no_number_of_one_evaluation_is_used_in_another(dtype, guided):
    content, *styles, first, second = pictures(5)
    guide = torch.linspace(0, 1, content.shape[3]).expand(1, 1, *content.shape[2:])
    guides = (guide, 1 - guide) if guided else (None, None)
    regions = [Region([(s, 1.0)], g) for s, g in zip(styles, guides, strict=True)]
    features = load_features("compact", "cpu", dtype)
    objective = Objective(features, content, regions, Settings(tv_weight=1))
    recorded = make_fx(lambda image: objective.measure(image))(first)
    for image in (second, first):
        for seen, expected in zip(recorded(image), objective.measure(image), strict=True):
            assert torch.equal(seen, expected)


class OnOneDevice(TorchDispatchMode):
    """Refuses each operation that a tensor of the processor goes into or comes out of.

    One of a single number may be mixed with a GPU's. But it would be copied there, which the
    recording of a graph does not allow.
    """

    def __torch_dispatch__(self, operation, types, given=(), named=None):
        results = operation(*given, **(named or {}))
        for value in pytree.tree_leaves((given, named, results)):
            assert not isinstance(value, torch.Tensor) or value.device.type == "cuda", operation
        return results


@pytest.mark.parametrize("loss", ["wasserstein", "gram"])
@pytest.mark.parametrize("table", [COMPACT, VGG19])
def test_an_iteration_stays_on_the_gpu(table, loss):
    # Operations know no more than the shapes here; one that reads a number raises.
    with FakeTensorMode(), torch.device("cuda"):
        features = FeatureNetwork("fake", table)
        features.metrics = {
            row.layer: Metric(torch.rand(70, row.channels), torch.rand(70))
            for row in table
            if row.layer and table is COMPACT
        }
        content, style, other = torch.rand(3, 1, 3, 48, 56)
        guide = torch.rand(1, 1, 48, 56)
        regions, settings = [Region([(style, 1.0)], guide)], Settings(style_loss=loss)
        balance = RemainingStyle(50, 1.0)  # else it would read the style loss of the start
        objective = Within(Objective(features, content, regions, settings, balance), other, guide)
        objective = AmongGreys(objective)
        optimizer = OPTIMIZERS["lbfgs"](content)
        together = Together(objective.measure, optimizer)
        with OnOneDevice():
            for _ in range(2):
                optimizer.image = together._iterate(optimizer.image)[1]
        assert optimizer.image.device.type == "cuda"


class Graph:
    """Stands in for a CUDA graph: replays by calling again what wrote its results."""

    def __init__(self, calls):
        self.calls = calls

    def replay(self):
        function, image, results = self.calls
        results.copy_(function(image))


@pytest.fixture
def recorder(monkeypatch):
    @contextmanager
    def graph(graph, capture_error_mode):
        assert capture_error_mode == "thread_local"
        yield
        graph.calls = tuple(calls)  # what was called inside, and not what is called later

    calls = []
    monkeypatch.setattr(torch.cuda, "CUDAGraph", lambda: Graph(calls))
    monkeypatch.setattr(torch.cuda, "graph", graph)
    return calls


def test_what_is_replayed_is_of_the_image_given_and_stays_what_it_was(recorder):
    seen = []

    def double(image):
        seen.append(image)
        result = 2 * image
        recorder[:] = [lambda x: 2 * x, image, result]
        return (result,)

    recording = Recorder()
    images = list(pictures(7))
    results = [recording(double, image)[0] for image in images]
    assert len(seen) == FIRST_CALLS + 2  # one to record, and one to compare with
    for image, result in zip(images, results, strict=True):
        assert torch.equal(result, 2 * image)


def test_a_graph_that_gives_something_else_is_not_used(recorder, caplog):
    def double(image):
        result = 2 * image
        recorder[:] = [lambda x: 2.1 * x, image, result]
        return (result,)

    recording = Recorder()
    for image in pictures(7):
        assert torch.equal(recording(double, image)[0], 2 * image)
    assert caplog.text.count("something else") == 1


def test_a_graph_that_gives_what_it_saw_whatever_it_is_given_is_not_used(recorder, caplog):
    def double(image):
        result = 2 * image
        recorder[:] = [lambda _, seen=2 * image: seen, image, result]
        return (result,)

    recording = Recorder()
    for image in pictures(7):
        assert torch.equal(recording(double, image)[0], 2 * image)
    assert caplog.text.count("something else") == 1


def test_what_cannot_be_recorded_is_called_as_it_is(recorder, monkeypatch, caplog):
    @contextmanager
    def broken(graph, capture_error_mode):
        yield
        raise RuntimeError("operation not permitted when stream is capturing")

    monkeypatch.setattr(torch.cuda, "graph", broken)
    recording = Recorder()
    for image in pictures(7):
        assert torch.equal(recording(lambda x: (2 * x,), image)[0], 2 * image)
    assert caplog.text.count("No CUDA graph") == 1


def test_memory_that_runs_out_while_recording_is_for_others_to_handle(recorder):
    def hungry(image):
        if len(calls) == FIRST_CALLS:
            raise torch.OutOfMemoryError
        calls.append(image)
        return (image,)

    calls = []
    recording = Recorder()
    with pytest.raises(torch.OutOfMemoryError):
        for image in pictures(7):
            recording(hungry, image)


def counting(replayed):
    """A function with a state, and its recorder, whose graph does what is given instead."""
    total = torch.zeros(())

    def count(image):
        total.add_(image.mean())
        return (total * image,)

    def graph(function, image):
        return lambda image: replayed(total, image)

    return total, count, graph


@pytest.mark.parametrize(("by", "used"), [(1.0, True), (1.5, False)])
@pytest.mark.parametrize("wrong", ["state", "results"])
def test_a_state_is_changed_once_by_each_call_and_judged_as_well(monkeypatch, by, used, wrong):
    def replayed(total, image):
        total.add_(image.mean())
        results = (total * image * (by if wrong == "results" else 1),)
        total.mul_(by if wrong == "state" else 1)
        return results

    total, count, graph = counting(replayed)
    monkeypatch.setattr("nst.machine.graph._recorded", graph)
    recording, expected = Recorder([total]), 0.0
    for image in pictures(7):
        expected += image.mean()
        assert torch.allclose(recording(count, image)[0], expected * image)
        assert torch.allclose(total, expected)
    assert (recording.replays, recording.failed) == (used, not used)
