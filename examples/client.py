"""Paint a picture on a running app, from a program, and watch it happen:

    python examples/client.py photo.jpg painting.jpg -o result.png

The app may be the one on this machine or a hosted Space (--url user/space-name).
"""

import argparse
import shutil
import sys
from pathlib import Path

from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError


def main() -> int:
    """Send two pictures, print the progress, save the result."""
    parser = argparse.ArgumentParser(description=__doc__.split(":\n")[0])
    parser.add_argument("content", type=Path)
    parser.add_argument("style", type=Path)
    parser.add_argument("-o", "--out", type=Path, default=Path("stylized.png"))
    parser.add_argument("--url", default="http://127.0.0.1:7860")
    parser.add_argument("--iterations", type=int, default=200)
    parser.add_argument("--style-strength", type=float, default=50)
    parser.add_argument("--size", type=int, default=512)
    options = parser.parse_args()

    job = Client(options.url, verbose=False).submit(
        content=handle_file(str(options.content)),
        style=handle_file(str(options.style)),
        iterations=options.iterations,
        style_strength=options.style_strength,
        size=options.size,
        api_name="/stylize",
    )
    for _preview, progress in job:  # the path of a JPEG so far, and where the run is
        print(
            f"iteration {progress['iteration']} of {progress['total']}, {progress['size']} px, "
            f"style loss {progress['style_loss']:.4f}, {progress['seconds']:.1f} s"
        )
    try:
        image, progress = job.result()  # iterating ends quietly on errors; this raises them
    except AppError as error:
        print(error, file=sys.stderr)
        return 1
    shutil.copyfile(image, options.out)
    print(f"{options.out}: {progress['features']} features on {progress['device']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
