"""The defaults that suit this machine, for what nobody has named; it loads torch."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from nst.machine.device import has_cuda
from nst.settings import Settings, starting_specs


def suited(settings: Settings, names: Iterable[str]) -> Settings:
    """The same with the defaults that suit this machine for what nobody has named."""
    specs = starting_specs(gpu=has_cuda())
    usual: dict[str, Any] = {name: specs[name].default for name in names}
    return replace(settings, **usual)
