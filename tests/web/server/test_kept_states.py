"""States of runs, kept by names."""

from types import SimpleNamespace

import pytest

from nst import InputError
from web.server.kept_states import States


def state(size, disk=0):
    return SimpleNamespace(bytes=size, disk_bytes=disk)


def test_a_kept_state_is_found_by_its_name_alone():
    states, kept = States(100), state(10)
    name = states.keep(kept)
    assert states.find(name) is kept
    assert states.find("") is None and states.find(None) is None
    for other in (name[:-1], 7, [name], {}):
        with pytest.raises(InputError, match="not kept any more"):
            states.find(other)


def test_names_cannot_be_guessed():
    states = States(1000)
    names = {states.keep(state(1)) for _ in range(100)}
    assert len(names) == 100 and min(map(len, names)) >= 20


def test_the_oldest_go_first_when_there_is_no_room():
    states = States(100)
    first, second, third = (states.keep(state(40)) for _ in range(3))
    with pytest.raises(InputError):
        states.find(first)
    assert states.find(second) and states.find(third)


def test_room_on_the_disk_has_a_limit_of_its_own():
    states = States(100, 1000)
    first, second, third = (states.keep(state(0, 400)) for _ in range(3))
    with pytest.raises(InputError):
        states.find(first)
    assert states.find(second) and states.find(third)
    assert states.keep(state(0, 1001)) is None


def test_one_that_is_too_large_is_not_kept_and_drives_nothing_out():
    states = States(100)
    kept = states.keep(state(90))
    assert states.keep(state(101)) is None
    assert states.find(kept)
