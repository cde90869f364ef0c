"""Torch's import, less a quarter of it that no picture needs.

The quarter is a module, with all that it imports, which knows of every operation what shape its
result will have: for tensors without numbers, which compiling works with. Nothing here compiles.
Whoever does ask for the module gets it, then.
"""

import sys
from importlib import import_module
from types import ModuleType

SHAPES = "torch._meta_registrations"


class _Later(ModuleType):
    """Stands in for a module until one of its names is asked for."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # what is asked of any module, and says nothing of this one
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


def put_shapes_off() -> None:
    """Have torch loaded without that module; without effect where torch is loaded already.

    For programs alone: who imports `nst` into another may want to compile there.
    """
    if "torch" not in sys.modules:
        sys.modules.setdefault(SHAPES, _Later(SHAPES))
