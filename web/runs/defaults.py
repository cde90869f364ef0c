"""What the page and the API start with: `Settings`' own defaults, and larger pictures on a GPU."""

from nst.machine.device import has_cuda
from nst.settings import starting_specs
from web.server import zerogpu

START_SPECS = starting_specs(gpu=zerogpu.HERE or has_cuda())
"""The range or choice of each field of `Settings`, in their order."""
