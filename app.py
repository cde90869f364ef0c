"""The page and the API:  python app.py

A picture that is given to Paint goes down three floors, and comes back up once:

    web.page     components, events and endpoints: what people see and programs call
    web.runs     a run, from files and values to files and progress
    web.server   who is let in, what comes in, and what the process has to work with
    nst          pictures and tensors: the engine, which knows nothing of the others
"""

# ZeroGPU replaces parts of torch, which `nst` imports: spaces comes first.
import spaces  # noqa: F401

# isort: split
from web.page.build import build
from web.page.theme import css, theme
from web.runs.info import measure_machine
from web.runs.stylize_run import load_networks
from web.server.serve import serve


def prepare() -> None:
    """Have the networks and the machine's speed at hand before anybody is served."""
    load_networks()
    measure_machine()


if __name__ == "__main__":
    serve(prepare, build, theme=theme(), css=css())
