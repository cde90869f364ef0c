"""What serving a run costs beside the run itself:  python -m benchmarks.server.served [--turns 5]

The default run of an example, in turns: by a server that was started for it, as programs ask for
one, and by `stylize` in a process that does nothing else.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from gradio_client import Client, handle_file

from benchmarks.common.cases import CONTENT, STYLE
from benchmarks.server.soak import served
from nst import Settings, load_features, stylize
from nst.pictures.reading import open_image


def seconds(run: Callable[[], object]) -> float:
    """How long a run takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=5)
    turns = parser.parse_args().turns
    features = load_features()
    pictures = open_image(CONTENT), open_image(STYLE)
    print("| s by the server | s without |\n|---|---|")
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (url, _):
        # Files that this process would fetch are fetched at the run's cost: it is the same machine.
        client = Client(url, download_files=False, verbose=False)
        files = [handle_file(path) for path in (CONTENT, STYLE)]
        cases = (
            lambda: client.predict(*files, api_name="/stylize"),
            lambda: list(stylize(*pictures, settings=Settings(), features=features)),
        )
        rows = []
        for turn in range(turns + 1):
            row = [seconds(case) for case in cases]
            if turn:  # the first one meets everything for the first time
                rows.append(row)
                print("| {:.2f} | {:.2f} |".format(*row), flush=True)
    medians = [median(column) for column in zip(*rows, strict=True)]
    print("\nmedians {:.2f} and {:.2f} s".format(*medians), f"ratio {medians[0] / medians[1]:.2f}")


if __name__ == "__main__":
    main()
