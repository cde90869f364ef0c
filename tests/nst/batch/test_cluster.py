"""A cluster of Ray's: the same files as without it, whatever happens to a worker."""

import os
import signal

import pytest

from nst.batch.cluster import Cluster, Room, room
from nst.batch.frames import painted_by
from nst.batch.here import Here
from nst.batch.jobs import jobs_of
from nst.batch.run import FAILED, PAINTED, Outcome, paint, sort
from nst.batch.tasks import Task
from nst.batch.work import Filming, Optimising
from nst.instant.names import instant_styles
from nst.settings import InstantSettings, Settings
from nst.specs import InputError
from nst.video import instant
from nst.video.sequence import taken
from tests.conftest import waves
from tests.nst.batch.fake_ray import FakeRay
from tests.nst.batch.workers import Doubling, Either, Noting, Small
from tests.nst.video.clips import clip_of, textured

SMALL, LARGE = {"CPU": 4.0, "memory": 1e9}, {"CPU": 16.0}

CLIP = clip_of([textured(64, 48, number // 3) for number in range(12)])
FILM = Filming(settings=InstantSettings(style=instant_styles()[0], size=64), size=(64, 48))


@pytest.mark.parametrize(
    ("machines", "jobs", "expected"),
    [
        ([SMALL], None, Room(1, 4)),
        ([SMALL], 3, Room(3, 1)),
        ([SMALL], 9, Room(4, 1)),
        ([SMALL, LARGE], None, Room(2, 8)),
        ([SMALL, LARGE], 5, Room(5, 4)),
        ([SMALL, SMALL], 3, Room(3, 2)),
        ([SMALL, {}], None, Room(1, 4)),
        ([SMALL, {"CPU": 16.0, "GPU": 2.0}], None, Room(2, 8, gpus=1)),
        ([{"CPU": 4.0, "GPU": 8.0}], 3, Room(3, 1, gpus=1)),
    ],
)
def test_machines_are_divided_among_workers(machines, jobs, expected):
    assert room(machines, jobs) == expected


def test_without_ray_a_sentence_says_so(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(InputError, match=r"Ray has to be installed: pip install '\.\[cluster\]'"):
        Cluster(Doubling())


def faked(ray, jobs):
    """A cluster by another Ray."""
    pool = Cluster(Doubling(), jobs)
    pool._ray = ray
    return pool


def test_workers_have_two_tasks_at_most_and_get_files_as_bytes(tmp_path):
    ray, drawn = FakeRay(3), []
    (tmp_path / "own").write_text("x")
    (tmp_path / "shared").write_text("!")

    def tasks():
        for name in ("own", "gone", *["own"] * 18):
            drawn.append(name)
            yield Task(tmp_path / name, tmp_path / "shared")

    with faked(ray, 3) as pool:
        assert pool.abouts() == ["doubling"]
        events = pool.done(tasks())
        assert next(events).reason.startswith("There is no such file") and len(drawn) == 2
        next(events)
        assert len(drawn) == 7  # six are given, and one that could not be
        ends = list(events)
    assert len(ends) == 18 and {end.result for end in ends} == {"b'x'b'x'b'!'"}
    assert ray.most == 2 and ray.puts == [b"!"]


def test_what_a_silent_worker_has_is_given_to_another():
    with faked(FakeRay(2, silent=(0,)), 2) as pool:
        ends = list(pool.done(Task(word, "!") for word in "abcdef"))
    assert sorted(end.number for end in ends) == list(range(6))


def pixels(frames):
    return [frame.image.tobytes() for frame in frames]


@pytest.mark.cluster
def test_a_cluster_paints_the_same_files_and_outlives_a_worker(
    one_thread, tmp_path, style, monkeypatch
):
    (tmp_path / "workers").mkdir()
    contents = [tmp_path / f"{number:02}.png" for number in range(12)]
    for number, content in enumerate(contents):
        waves(96, 64, number, (0.9, 0.5, 0.2)).save(content)
    contents[5].write_text("no picture")
    contents[6].unlink()
    style.save(tmp_path / "style.png")
    work = Optimising(settings=Settings(size=64, iterations=20), features="compact")
    here, there = (
        jobs_of(contents, [tmp_path / "style.png"], tmp_path / name) for name in ("a", "b")
    )
    for jobs in (here, there):
        jobs[0].out.parent.mkdir()
    with Here(work) as pool:
        list(paint(here, pool))

    with Cluster(Noting(Either(work, Small(FILM)), tmp_path / "workers"), 3) as pool:
        assert len(sort(there, pool).left) == 12
        workers = [int(path.name) for path in (tmp_path / "workers").iterdir()]
        news = paint(there, pool)
        outcomes = [next(news)]
        os.kill(workers[0], signal.SIGKILL)
        outcomes += news
        again = sort(there, pool)
        drawn = painted_by(pool, taken(CLIP, FILM.size))
        frames = pixels(instant.carried_along(drawn, FILM.settings))

    assert len(workers) == 3 and len(outcomes) == 12
    failed = {o.job.content.name: o.note for o in outcomes if o.ended == FAILED}
    assert failed.keys() == {"05.png", "06.png"} and "is not a picture" in failed["05.png"]
    painted = [o for o in outcomes if isinstance(o, Outcome) and o.ended == PAINTED]
    assert all(o.job.out.read_bytes() == here[there.index(o.job)].out.read_bytes() for o in painted)
    assert len(painted) == 10 and len(again.left) == 2  # and the other ten are done

    monkeypatch.setattr("nst.instant.named.PAINTED_SIDE", 64)
    assert frames == pixels(instant.paint_clip(CLIP, FILM.settings))
