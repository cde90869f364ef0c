"""Frames kept beside a clip: they come back to the bit, and are not mixed with others'."""

import pytest
from PIL import Image

from nst import InputError
from nst.video.kept import Kept, fingerprint
from tests.nst.video.clips import textured


def test_frames_come_back_to_the_bit(tmp_path):
    kept, image = Kept.opened(tmp_path / "out.mp4", {"size": 64}), textured(40, 30)
    kept.put(0, image)
    again = Kept.opened(tmp_path / "out.mp4", {"size": 64})
    assert again.get(0, (40, 30)).tobytes() == image.tobytes()
    assert again.get(1, (40, 30)) is None and len(again) == 1
    again.remove()
    assert list(tmp_path.iterdir()) == []


def test_frames_of_another_command_are_refused(tmp_path):
    Kept.opened(tmp_path / "out.mp4", {"size": 64, "style": ("a", 1.5)})
    Kept.opened(tmp_path / "out.mp4", {"size": 64, "style": ("a", 1.5)})
    with pytest.raises(InputError, match=r"frames of another command in .*out\.mp4\.frames"):
        Kept.opened(tmp_path / "out.mp4", {"size": 65, "style": ("a", 1.5)})


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    folder = tmp_path / "out.mp4.frames"
    folder.mkdir()
    (folder / "holiday.jpg").write_bytes(b"mine")
    with pytest.raises(InputError, match="frames of another command"):
        Kept.opened(tmp_path / "out.mp4", {})
    assert (folder / "holiday.jpg").read_bytes() == b"mine"


def test_a_damaged_frame_is_painted_again(tmp_path):
    kept = Kept.opened(tmp_path / "out.mp4", {})
    kept.put(0, textured(40, 30))
    (kept.folder / "000000.png").write_bytes(b"\x89PNG")
    assert kept.get(0, (40, 30)) is None
    kept.put(0, textured(40, 30, 1))
    assert kept.get(0, (40, 30)).tobytes() == textured(40, 30, 1).tobytes()


def test_fingerprints_tell_contents_apart(tmp_path):
    file = tmp_path / "a"
    file.write_bytes(b"one")
    one = fingerprint(file, textured(8, 8))
    assert one == fingerprint(file, textured(8, 8))
    assert len({one, fingerprint(file), fingerprint(file, Image.new("RGB", (8, 8)))}) == 3
    file.write_bytes(b"two")
    assert fingerprint(file, textured(8, 8)) != one
