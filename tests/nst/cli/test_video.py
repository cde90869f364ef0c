"""python -m nst video CLIP -o OUT: painted, stopped and gone on with, estimated, refused."""

import subprocess
import sys

import pytest

from nst.__main__ import main
from nst.cli.signals import Signalled
from nst.instant.names import instant_styles
from nst.video.kept import Kept
from nst.video.reading import open_clip
from tests.nst.batch.workers import Backwards
from tests.nst.video.clips import bars, film, textured

NAME = instant_styles()[0]
AT_ONCE = ["--instant", NAME, "--size", "128"]


@pytest.fixture(autouse=True)
def painted_small(monkeypatch):
    monkeypatch.setattr("nst.instant.named.PAINTED_SIDE", 64)


@pytest.fixture
def clip(tmp_path):
    times = [0, 0.1, 0.15, 0.3]
    # Of pictures smaller than these, x264 does not always make the same film.
    return film(tmp_path / "in.mp4", [textured(128, 96, s) for s in range(4)], times, sound="aac")


def command(clip, *arguments, out="out.mp4"):
    out = clip.with_name(out)
    return main(["video", str(clip), *map(str, arguments), "-o", str(out)]), out


def test_a_clip_is_painted_at_once(clip, capsys):
    code, out = command(clip, *AT_ONCE)
    assert code == 0
    painted = open_clip(out)
    assert painted.size == (128, 96) and painted.sound
    assert [f.seconds for f in painted.pictures()] == pytest.approx([0, 0.1, 0.15, 0.3], abs=2e-3)
    told = capsys.readouterr().err
    assert "instant on cpu; 128 × 96 px" in told
    assert "out.mp4  4 frames  128 × 96 pixels  " in told and " s a frame" in told
    assert {path.name for path in clip.parent.iterdir()} == {"in.mp4", "out.mp4"}


def test_a_clip_is_optimised_in_the_manner_of_paintings(clip, picture_files, capsys):
    quick = ["--size", "64", "--iterations", "4", "--features", "compact"]
    code, out = command(clip, "--style", *picture_files, "--style-weight", "2", *quick)
    assert code == 0 and open_clip(out).frames == 4
    assert "compact on cpu: asked for; 64 × 48 px" in capsys.readouterr().err


def test_a_painting_gives_the_style_at_once(clip, picture_files):
    style = picture_files[1]
    code, out = command(clip, "--instant-style", style, "--size=64", out="out.gif")
    assert code == 0 and open_clip(out).frames == 4


def stopped_after(monkeypatch, frames, stop):
    """Have a signal come when so many frames are kept."""
    put = Kept.put

    def put_and_stop(self, number, image):
        put(self, number, image)
        if number + 1 == frames:
            raise stop

    monkeypatch.setattr(Kept, "put", put_and_stop)


@pytest.mark.parametrize(("stop", "code"), [(KeyboardInterrupt(), 130), (Signalled(15), 143)])
def test_what_was_stopped_goes_on_and_gives_the_same_file(stop, code, clip, capsys, monkeypatch):
    # Of pictures of 64 pixels x264 does not always write the same file itself.
    at_once = [*AT_ONCE[:2], "--size", "128"]
    command(clip, *at_once, out="whole.mp4")
    with monkeypatch.context() as patch:
        stopped_after(patch, 2, stop)
        assert command(clip, *at_once)[0] == code
    assert "2 frames are kept in" in capsys.readouterr().err
    assert not clip.with_name("out.mp4").exists()
    assert command(clip, *at_once, "--strength", 50)[0] == 2
    assert "There are frames of another command in" in capsys.readouterr().err
    assert command(clip, *at_once)[0] == 0
    assert "2 frames are there already" in capsys.readouterr().err
    assert clip.with_name("out.mp4").read_bytes() == clip.with_name("whole.mp4").read_bytes()
    assert not clip.with_name("out.mp4.frames").exists()


def test_jobs_give_the_same_file_and_go_on_with_what_one_has_painted(clip, capsys, monkeypatch):
    command(clip, *AT_ONCE, out="whole.mp4")
    pools = []

    def pool(load, count):
        pools.append(Backwards(load, count))
        return pools[-1]

    monkeypatch.setattr("nst.batch.pools.Processes", pool)
    capsys.readouterr()
    for begun, count, stopped in ((AT_ONCE, 3, []), ([*AT_ONCE, "--jobs=2"], 3, [4])):
        with monkeypatch.context() as patch:
            stopped_after(patch, 1, KeyboardInterrupt())
            assert command(clip, *begun)[0] == 130
        assert command(clip, *AT_ONCE, "--jobs", 2)[0] == 0
        told = capsys.readouterr().err
        assert "1 frames are there already" in told and told.count("instant on cpu; 128") == 2
        assert clip.with_name("out.mp4").read_bytes() == clip.with_name("whole.mp4").read_bytes()
        assert pools.pop().begun == count and [one.begun for one in pools] == stopped
        pools.clear()


def test_what_fails_keeps_its_frames_too(clip, capsys, monkeypatch):
    stopped_after(monkeypatch, 3, OSError(28, "No space left on device"))
    assert command(clip, *AT_ONCE)[0] == 1
    told = capsys.readouterr().err
    assert "out.mp4 cannot be written: no space left on device." in told
    assert "3 frames are kept in" in told


@pytest.mark.parametrize("way", ["--instant", "--style"])
def test_an_estimate_paints_nothing(way, clip, picture_files, capsys):
    style = NAME if way == "--instant" else picture_files[1]
    size = ["--size", "64", "--estimate"]
    assert main(["video", str(clip), way, str(style), *size]) == 0
    told = capsys.readouterr().out
    assert "64 px, 4 frames: about " in told and " of memory" in told
    assert {path.suffix for path in clip.parent.iterdir()} == {".mp4", ".png"}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([*AT_ONCE, "--iterations", "3"], "Unrecognized arguments: --iterations"),
        (["--size", "64"], "One of the arguments --style --instant --instant-style is required"),
        (["--instant", "no-such"], "style must be one of"),
        (["--instant", "own"], "give the painting with --instant-style"),
        ([*AT_ONCE, "--mix", "20"], "--mix is the share of a --second-style"),
        (["--style", "s.png", "--init", "image"], "can start from one of content, noise, style"),
        (["--style", "s.png", "--seed", "4"], "--seed draws the noise of --init noise"),
        (["--style", "s.png", "--style-weight", "2"], "--style-weight counts beside other"),
        (["--style", "s.png", "--style-3-weight", "2"], "There is a --style-3-weight, but no"),
        (["--style", "s.png", "--jobs", "2"], "an optimised frame starts from the one before"),
        (["--style", "s.png", "--ray"], "an optimised frame starts from the one before"),
        ([*AT_ONCE, "--jobs", "0"], "jobs must be a whole number from 1 to 256"),
        ([*AT_ONCE, "--jobs", "2", "--estimate"], "--estimate tells of one process here"),
        (["--style", "s.png", "--strength", "2"], "Unrecognized arguments: --strength"),
        (["--style", "s.png"], "The style image cannot be opened"),
        (["--style", "s.png", "--size", "9"], "size must be a whole number from 64 to 8192"),
    ],
)
def test_bad_input_is_refused_in_one_line(words, sentence, clip, capsys, monkeypatch):
    monkeypatch.chdir(clip.parent)
    assert command(clip, *words)[0] == 2
    told = capsys.readouterr().err
    assert told.startswith("error: ") and sentence in told and told.count("\n") == 1
    assert [path.name for path in clip.parent.iterdir()] == ["in.mp4"]


def test_a_picture_or_a_wrong_name_is_refused(clip, tmp_path, capsys):
    bars()[0].save(tmp_path / "still.png")
    assert command(tmp_path / "still.png", *AT_ONCE)[0] == 2
    assert "The clip is a single picture" in capsys.readouterr().err
    assert command(clip, *AT_ONCE, out="in.mp4")[0] == 2
    assert "in.mp4 is what is painted" in capsys.readouterr().err
    assert command(clip, *AT_ONCE, out="out.png")[0] == 2
    assert "must end in one of .mp4, .mov, .mkv, .webm, .gif, .webp" in capsys.readouterr().err


def test_a_result_is_not_written_over_what_it_is_made_of(clip, picture_files, capsys):
    linked, painting = clip.with_name("linked.mp4"), clip.with_name("painting.gif")
    linked.symlink_to(clip)
    bars()[0].save(painting)
    before = clip.read_bytes(), painting.read_bytes()
    for out in ("in.mp4", "linked.mp4", "painting.gif"):
        assert command(clip, "--instant-style", painting, "--size=64", out=out)[0] == 2
        assert f"{out} is what is painted, or painted from" in capsys.readouterr().err
    assert (clip.read_bytes(), painting.read_bytes()) == before


def test_arguments_are_refused_without_torch_and_others_need_no_ffmpeg(clip):
    program = (
        "import sys; from nst.__main__ import main; "
        "code = main(sys.argv[1:]); "
        "print(code, *({'torch', 'av', 'cv2'} & sys.modules.keys()))"
    )
    for arguments, loaded in (
        (["video", str(clip), "--style", "none.png", "-o", str(clip.with_name("o.mp4"))], "2 av"),
        (["video", "no.mp4", "--instant", "no", "-o", "o.mp4"], "2"),
        (["no.jpg", "no.jpg", "-o", "o.png"], "2"),
    ):
        told = subprocess.run(
            [sys.executable, "-c", program, *arguments], capture_output=True, text=True
        )
        assert told.stdout.strip() == loaded, told.stderr
