"""What a signal is, and stays."""

import signal

import pytest

from nst.cli.signals import Signalled, exit_code, raised


def test_a_signal_that_a_library_made_a_ctrl_c_of_is_itself_again():
    with pytest.raises(Signalled) as caught, raised():
        try:
            signal.raise_signal(signal.SIGTERM)
        except KeyboardInterrupt:
            raise KeyboardInterrupt from None
    assert exit_code(caught.value) == 128 + signal.SIGTERM


def test_a_ctrl_c_is_no_signal():
    with pytest.raises(KeyboardInterrupt) as caught, raised():
        raise KeyboardInterrupt
    assert exit_code(caught.value) == 130
