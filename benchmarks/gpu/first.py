"""The first picture of a new process: what this one has loaded before is said, and nothing more.

    python -m benchmarks.gpu.first CONTENT STYLE FEATURES DEVICE SIZE ITERATIONS

prints the seconds of importing, of loading the network (with all that a GPU's start takes), and of
a first run, and those of its first preview. Nothing is imported before the clock runs.
"""

import json
import sys
import time
from itertools import pairwise


def parts(arguments: list[str]) -> dict[str, float]:
    """The seconds of each part of the first picture, and "preview", which is in the run's."""
    content, style, name, device, size, iterations = arguments
    marks = [time.perf_counter()]
    from nst import Settings, load_features, stylize
    from nst.pictures.reading import open_image

    marks.append(time.perf_counter())
    features = load_features(name, device)
    marks.append(time.perf_counter())
    settings = Settings(size=int(size), iterations=int(iterations))
    preview = None
    for step in stylize(open_image(content), open_image(style), settings, features=features):
        if step.image and preview is None:
            preview = time.perf_counter() - marks[2]
    marks.append(time.perf_counter())
    seconds = [after - before for before, after in pairwise(marks)]
    return dict(zip(("import", "load", "first run"), seconds, strict=True)) | {"preview": preview}


if __name__ == "__main__":
    print(json.dumps(parts(sys.argv[1:])))
