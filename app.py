"""The page and the API:  python app.py

A picture that is given to Paint goes down three floors, and comes back up once:

    web.page     components, events and endpoints: what people see and programs call
    web.runs     a run, from files and values to files and progress
    web.server   who is let in, what comes in, and what the process has to work with
    nst          pictures and tensors: the engine, which knows nothing of the others
"""

import time

BEGAN = time.monotonic()

# isort: split
# How torch uses the processors is read when it is loaded.
from nst.machine import threads

threads.choose()

# ZeroGPU replaces parts of torch, which `nst` imports: spaces comes first.
import spaces  # noqa: F401

# After spaces: on ZeroGPU torch is loaded by then, as a whole.
from nst.machine.torch_import import put_shapes_off

put_shapes_off()

# isort: split
from web.page.build import build
from web.page.html.labels import ADDRESS, FOLDER
from web.page.theme import css, theme
from web.server.serve import serve
from web.server.server import Server

if __name__ == "__main__":
    serve(Server(), build, {ADDRESS: FOLDER}, began=BEGAN, theme=theme(), css=css())
