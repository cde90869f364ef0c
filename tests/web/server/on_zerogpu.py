"""Run the app's handler as ZeroGPU does:  python on_zerogpu.py CONTENT STYLE VALUES

A process of its own, with SPACES_ZERO_GPU set: the `spaces` package's own decorator forks the
worker, pickles what goes in and out, and pretends to have a GPU until then. Only the two moments
in which a worker takes hold of its GPU are replaced: it goes on with the processor. What came of
each part is printed as JSON, after a line that says RESULT; the lender is told where one begins.
"""

import json
import os
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

import gradio as gr
import spaces.zero.torch
import torch
from spaces.zero.torch import patching

import app  # noqa: F401 - imports what the Space imports, in its order
from nst.settings import FEATURES, SPECS
from web.page.handlers import PageHandlers
from web.runs.services import Services
from web.server import gpu_time
from web.server.server import Server


def keep_on_the_processor(callback: object = None) -> None:
    """In the worker, give every tensor that pretended to be on a GPU its values."""
    for pretended, values in patching.cuda_aliases.items():
        pretended.data = values.as_subclass(torch.Tensor)


def note(what: str) -> None:
    """Have the server that plays ZeroGPU's part note an event in its row of calls."""
    request = urllib.request.Request(
        f"{os.environ['SPACES_ZERO_DEVICE_API_URL']}/{what}", method="POST"
    )
    urllib.request.urlopen(request).close()


def asked_beforehand(services: Services) -> list[str]:
    """What the page and the API say of each network before a run."""
    values = {name: spec.default for name, spec in SPECS.items()}
    handlers = PageHandlers(services)
    said = [handlers.say_features(name) for name in FEATURES.choices]
    return [*said, services.programs.estimate_run(96, 64, features="compact", **values)["device"]]


def two_at_once(services: Services, *files: str, **values: object) -> list[int]:
    """The iterations that two runs had reached before either of them went on to its end."""
    runs = [services.programs.stylize_pictures(*files, **values) for _ in range(2)]
    reached = [next(p["iteration"] for _, p in run if p["iteration"]) for run in runs]
    return [*reached, *(list(run)[-1][1]["iteration"] for run in runs)]


def followed(services: Services, files: tuple[str, ...], most: int = 99, **values: object) -> dict:
    """What came of a run, left after so many yields."""
    said = {"yields": 0, "error": None, "progress": None}
    run = services.programs.stylize_pictures(*files, **values)
    try:
        for _, said["progress"] in run:
            said["yields"] += 1
            if said["yields"] == 1:
                note("first-yield")
            if said["yields"] == most:
                break
    except gr.Error as error:
        said["error"] = {"title": error.title, "message": error.message}
    run.close()
    note("closed")
    return said


def main() -> None:
    """Two runs at once, one alone, one that is left, one without weights, one without a quota."""
    *files, values = sys.argv[1:]
    values = json.loads(values)
    gpu_time.START_SECONDS = float(os.environ["START_SECONDS"])
    spaces.zero.torch.init = lambda nvidia_uuid: None
    spaces.zero.torch.move = keep_on_the_processor
    server = Server()
    server.networks.load()
    services = Services(server)
    said = {"parent_device": str(server.networks.get("compact").device)}
    with ThreadPoolExecutor(1) as pool:  # as handlers are called
        said["beforehand"] = pool.submit(asked_beforehand, services).result()
    painted = services.instant.paint_instantly(files[0], "mosaic", 100, 64, "none", 50)
    *_, (_, said["instant"]) = painted
    note("begin-two")
    said["reached"] = two_at_once(services, *files, **values)
    note("begin-whole")
    said["whole"] = followed(services, files, **values)
    note("begin-left")
    longer = {"iterations": 2000, "size": 256}
    said["left"] = followed(services, files, 4, **{**values, **longer})
    note("begin-sentence")
    said["sentence"] = followed(services, files, **{**values, "features": "vgg19"})
    note("begin-refused")
    said["refused"] = followed(services, files, **values)
    said["cuda_in_parent"] = torch.cuda.is_initialized()
    print("RESULT", json.dumps(said))


if __name__ == "__main__":
    main()
