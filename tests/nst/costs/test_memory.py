import math
from dataclasses import replace

import pytest
import torch
from PIL import Image

from nst import InputError, Settings, stylize
from nst.costs import memory
from nst.costs.memory import FIXED_BYTES, SLACK, check_fits, run_bytes, tile_side
from nst.features.network import Convolution, FeatureNetwork
from nst.machine.available import available_bytes

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def small():
    """Two layers in float32: 4 channels, pooled to 8."""
    table = (Convolution(4, "relu1_1"), Convolution(8, "relu2_1", pool=True))
    return FeatureNetwork("small", table)


@pytest.fixture
def free(monkeypatch):
    """Set what is free to a number of bytes."""
    return lambda amount: monkeypatch.setattr(memory, "available_bytes", lambda _: amount)


def asked(amount, settings):
    """What was counted, without what is added for the allocator."""
    return round((amount - FIXED_BYTES[settings.optimizer]) / SLACK)


def test_adams_bytes_by_hand(small):
    # 64 × 32 pixels, 2048 of them; the content layer is relu2_1. Elements of float32:
    pictures = 15 * 3 * 2048
    target_and_difference = 2 * 8 * 512
    # On the way back: both layers, the image, the gradients of relu2_1, of its inputs, of relu1_1.
    back = (3 + 4) * 2048 + 8 * 512 + (8 + 4) * 512 + 4 * 2048
    settings = Settings(size=64, optimizer="adam", iterations=5)
    expected = 4 * (pictures + target_and_difference + back)
    assert asked(run_bytes((640, 320), settings, small), settings) == expected
    # Two guides: copies of relu1_1 and relu2_1 for each.
    guided = run_bytes((640, 320), settings, small, guided=2)
    assert asked(guided, settings) == expected + 4 * 2 * (4 * 2048 + 8 * 512)


def test_a_gpu_keeps_the_places_of_maxima(small, monkeypatch):
    settings = Settings(size=64)
    here = asked(run_bytes((640, 320), settings, small), settings)
    monkeypatch.setattr(FeatureNetwork, "device", torch.device("cuda"))
    monkeypatch.setattr("nst.costs.memory.available_bytes", lambda device: 1e12)
    # 4 channels of 64 × 32 pixels are pooled to 512, whose places are numbers of 8 bytes.
    assert asked(run_bytes((640, 320), settings, small), settings) == here + 8 * 4 * 512


def test_lbfgs_keeps_two_pictures_for_each_pair(small):
    def counted(iterations):
        settings = Settings(size=64, iterations=iterations)
        return asked(run_bytes((64, 64), settings, small), settings)

    picture = 3 * 64 * 64 * 4
    assert counted(6) - counted(5) == 2 * picture
    assert counted(200) == counted(100)


def test_a_large_style_picture_counts_by_hand(small):
    settings = Settings(size=64, style_scale=2.0, optimizer="adam")
    # A narrow photograph, so that the style picture of 128 × 128 pixels is the larger one: itself,
    # relu1_1, its pooled copy and relu2_1.
    expected = 4 * (3 * 128**2 + 4 * 128**2 + (4 + 8) * 64**2)
    assert asked(run_bytes((400, 100), settings, small), settings) == expected


def test_strided_layers_take_room_for_their_gradient_twice():
    strided = (Convolution(64, "relu1_1"), Convolution(64, "relu2_1", stride=2))
    pooled = (Convolution(64, "relu1_1"), Convolution(64, "relu2_1"))
    settings = Settings(size=64)
    counted = [
        asked(run_bytes((64, 64), settings, FeatureNetwork("x", table)), settings)
        for table in (strided, pooled)
    ]
    layer = 64 * 64 * 64 * 4
    # relu2_1, its gradient, its target and the difference to that, at a quarter or at full size;
    # and the scratch space.
    assert counted[1] - counted[0] == 4 * layer - 4 * layer // 4 - layer


def test_more_pixels_and_more_precision_need_more(small, tiny):
    for features in (small, tiny):
        sizes = [run_bytes((300, 200), Settings(size=n), features) for n in range(64, 2049, 64)]
        assert sizes == sorted(sizes) and len(set(sizes)) == len(sizes)
        double = FeatureNetwork("double", features.table).to(torch.float64)
        assert run_bytes((300, 200), Settings(), double) > run_bytes((300, 200), Settings(), tiny)


def test_a_run_that_fits_is_let_through(small, free):
    free(run_bytes((300, 200), Settings(), small))
    check_fits((300, 200), Settings(), small)


@pytest.mark.parametrize("shape", [(300, 200), (200, 300), (2000, 110), (64, 64)])
@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_the_size_that_a_refusal_names_fits_and_hardly_more_does(shape, optimizer, tiny, free):
    settings = Settings(size=2048, optimizer=optimizer)
    free(0)
    fixed = FIXED_BYTES[optimizer]
    amount = fixed + 0.5 * (run_bytes(shape, settings, tiny) - fixed)  # the way that takes least
    free(amount)
    with pytest.raises(InputError) as caught:
        check_fits(shape, settings, tiny)
    text = str(caught.value)
    assert text.startswith("A run at size 2048 needs about ") and " are free: " in text
    named = int(text.removesuffix(".").split()[-1])
    check_fits(shape, replace(settings, size=named), tiny)
    assert run_bytes(shape, replace(settings, size=named + 1), tiny) > memory.HEADROOM * amount


def test_where_no_size_fits_it_says_so(tiny, free):
    free(1e6)
    with pytest.raises(InputError, match=r"0\.00 GB are free: no size fits"):
        check_fits((300, 200), Settings(), tiny)


def test_a_run_that_cannot_fit_is_refused_before_any_work(content, style, tiny, free):
    free(100e6)
    with pytest.raises(InputError, match="the largest size that fits is"):
        stylize(content, style, Settings(size=2048), features=tiny)


def test_tiles_are_taken_where_the_whole_does_not_fit_and_then_the_largest(
    small, free, monkeypatch
):
    size, settings = (2000, 1500), Settings(size=2000)

    def needed(side):
        with monkeypatch.context() as patch:
            patch.setenv(memory.VARIABLE, str(side))
            return run_bytes(size, settings, small)

    free(math.inf)
    assert tile_side(size, settings, small) is None
    whole = run_bytes(size, settings, small)
    assert whole > needed(768) > needed(512) > needed(256)
    free(whole - 1)
    assert tile_side(size, settings, small) == 768
    free(needed(512))
    assert tile_side(size, settings, small) == 512
    assert run_bytes(size, settings, small) == needed(512)
    free(0)
    assert tile_side(size, settings, small) == 256


def test_very_large_pictures_are_in_tiles_whatever_fits(small, free):
    free(math.inf)
    assert tile_side((2048, 2048), Settings(), small) is None
    assert tile_side((2064, 2048), Settings(), small) == 768
    assert tile_side((100, 64), Settings(), small) is None


def test_tiles_bytes_by_hand(small, free, monkeypatch):
    # 64 × 64 pixels, of which a tile of 16 with 4 around it has 24 × 24; elements of float32.
    monkeypatch.setenv(memory.VARIABLE, "16")
    settings = Settings(size=64, optimizer="adam", iterations=5)
    pictures, targets = 15 * 3 * 64**2, 8 * 32**2
    difference, own = 8 * 12**2, 4 * 24**2 + 8 * 12**2
    back = (3 + 4) * 24**2 + 8 * 12**2 + (8 + 4) * 12**2 + 4 * 24**2
    expected = 4 * (pictures + targets + difference + own + back)
    assert asked(run_bytes((64, 64), settings, small), settings) == expected


@pytest.mark.parametrize("named", ["8", "big", "-16"])
def test_a_tile_that_is_none_is_refused(named, small, monkeypatch):
    monkeypatch.setenv(memory.VARIABLE, named)
    with pytest.raises(InputError, match="NST_TILE must be a whole number from 16 to"):
        tile_side((64, 64), Settings(), small)


def test_the_need_does_not_depend_on_the_pictures_own_size(tiny):
    assert run_bytes((300, 200), Settings(), tiny) == run_bytes((3000, 2000), Settings(), tiny)


def write(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


MEMINFO = "MemTotal: 16000 kB\nMemAvailable:    8000 kB\n"


def test_the_machine_is_the_limit_without_groups(tmp_path):
    write(tmp_path, {"proc/meminfo": MEMINFO, "proc/self/cgroup": "0::/\n"})
    assert available_bytes(CPU, tmp_path) == 8000 * 1024


@pytest.mark.parametrize("inside", ["/app/run", "/seen/from/outside"])
def test_a_group_of_version_2_limits_what_is_free(tmp_path, inside):
    files = {"memory.max": "5000", "memory.current": "3000"}
    files["memory.stat"] = "anon 2000\nactive_file 300\ninactive_file 500\n"
    folder = "sys/fs/cgroup/app/" if inside == "/app/run" else "sys/fs/cgroup/"
    write(tmp_path, {"proc/meminfo": MEMINFO, "proc/self/cgroup": f"0::{inside}\n"})
    write(tmp_path, {folder + name: text for name, text in files.items()})
    assert available_bytes(CPU, tmp_path) == 5000 - 3000 + 800


def test_a_group_of_version_1_limits_what_is_free(tmp_path):
    folder = "sys/fs/cgroup/memory/box/"
    write(tmp_path, {"proc/meminfo": MEMINFO, "proc/self/cgroup": "5:cpu:/\n4:memory:/box\n"})
    write(
        tmp_path,
        {
            folder + "memory.limit_in_bytes": "5000",
            folder + "memory.usage_in_bytes": "4000",
            folder + "memory.stat": "inactive_file 1\ntotal_inactive_file 70\ntotal_active_file 7",
        },
    )
    assert available_bytes(CPU, tmp_path) == 5000 - 4000 + 77


def test_a_group_without_a_limit_and_a_machine_that_tells_nothing(tmp_path):
    assert available_bytes(CPU, tmp_path) == math.inf
    write(tmp_path, {"proc/meminfo": MEMINFO, "proc/self/cgroup": "0::/\n"})
    write(tmp_path, {"sys/fs/cgroup/memory.max": "max", "sys/fs/cgroup/memory.current": "1"})
    assert available_bytes(CPU, tmp_path) == 8000 * 1024


def test_this_machine_has_memory_to_run_in(tiny):
    assert available_bytes(CPU) > 1e8
    picture = Image.new("RGB", (64, 64))
    stylize(picture, picture, Settings(size=64), features=tiny).close()
