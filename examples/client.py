"""Paint a picture on a running app, from a program, and watch it happen:

    python examples/client.py photo.jpg painting.jpg -o result.png

Pictures are files or web addresses. The app may be the one on this machine or a hosted Space
(--url user/space-name).
"""

import argparse
import secrets
import shutil
import sys
from pathlib import Path

import httpx
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError


def main() -> int:
    """Send two pictures, print the progress, save the result."""
    options = _options()
    try:
        pictures = {name: handle_file(getattr(options, name)) for name in ("content", "style")}
        prove(options.out)
        client = Client(options.url, verbose=False)
    except (OSError, ValueError, httpx.HTTPError) as error:
        return _failed(error, 2)
    job = client.submit(
        **pictures,
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
    except (AppError, httpx.HTTPError, OSError) as error:
        return _failed(error, 1)
    try:
        shutil.copyfile(image, options.out)
    except OSError as error:
        return _failed(f"{error}: the result is in {image}", 1)
    print(f"{options.out}: {progress['features']} features on {progress['device']}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split(":\n")[0])
    parser.add_argument("content")
    parser.add_argument("style")
    parser.add_argument("-o", "--out", type=Path, default=Path("stylized.png"))
    parser.add_argument("--url", default="http://127.0.0.1:7860")
    parser.add_argument("--iterations", type=int, default=100)
    parser.add_argument("--style-strength", type=float, default=50)
    parser.add_argument("--size", type=int, default=512)
    return parser.parse_args()


def prove(out: Path) -> None:
    """Raise `OSError` now, not after the run, if the result's place cannot be written."""
    if out.is_dir():
        raise IsADirectoryError(f"{out} is a folder: name a file for the result.")
    part = out.with_name(f".{secrets.token_hex(4)}.part")
    try:
        part.touch()
    finally:
        part.unlink(missing_ok=True)


def _failed(error: object, code: int) -> int:
    print(f"error: {error}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
