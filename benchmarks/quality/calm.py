"""How calm the instant styles are, where a photograph is even and from frame to frame:

    python -m benchmarks.quality.calm [PHOTOGRAPH] [--strength 85]

Two numbers for each style. *Frames*: two takes of one scene, each with noise of its own, are
painted; how far the results are apart, in parts of how far the takes are. *Peak*: an even grey
photograph is painted, and in the mean spectrum of its squares the largest value over what lies
around it. A stroke that is repeated all over, as hatching, stands out there; one that varies does
not. Beside it is the same of the style's own picture: canvas and engraving have their lines, too.
"""

import argparse
from pathlib import Path
from statistics import mean

import torch
from torch import Tensor
from torch.nn import functional as F

from benchmarks.common.pictures import load
from benchmarks.quality.instant import by_file
from nst.instant.named import load_instant, mixture_of
from nst.instant.names import title
from nst.instant.transformer import Transformer
from nst.machine.defaults import usual_defaults
from nst.settings import INSTANT_SPECS, InstantSettings

SIZE = 512
NOISE = 2 / 255
"""Standard deviation of a frame's noise: that of a video camera in a lit room."""
SQUARE, HOP = 128, 32
"""Side of the squares whose spectra are averaged, and how far apart they are, in pixels."""
EDGE = 32
"""Pixels at the border that are left out of the spectrum."""
INNER, OUTER = 3, 7
"""Sides of the square that is a peak and of the one around it, in frequencies."""
SLOWEST = 6
"""Periods in a square's side from which on one counts: below are the blots that strokes make."""
MOST_FRAMES, MOST_PEAK = 2.0, 2.0
"""What is to be kept."""
STYLES = (Path("examples/paintings"), Path("examples/styles"))


def frames(network: Transformer, mixture: Tensor, scene: Tensor) -> float:
    """How far two noisy takes of a scene (1, 3, H, W) are apart after painting, over before."""
    generator = torch.Generator().manual_seed(0)
    takes = [
        (scene + NOISE * torch.randn(scene.shape, generator=generator)).clamp(0, 1)
        for _ in range(2)
    ]
    painted = [network(take, mixture).clamp(0, 1) for take in takes]
    before, after = ((a - b).abs().mean() for a, b in (takes, painted))
    return float(after / before)


def peak(image: Tensor) -> float:
    """The largest value of a picture's (1, 3, H, W) mean spectrum over what lies around it."""
    grey = image.mean(1)[0, EDGE:-EDGE, EDGE:-EDGE]
    squares = grey.unfold(0, SQUARE, HOP).unfold(1, SQUARE, HOP).flatten(0, 1)
    window = torch.hann_window(SQUARE)
    centred = squares - squares.mean((1, 2), keepdim=True)
    spectrum = torch.fft.fft2(centred * window * window[:, None]).abs().square().mean(0)
    around = F.pad(torch.fft.fftshift(spectrum)[None, None], (OUTER // 2,) * 4, mode="circular")
    places = around[0, 0].unfold(0, OUTER, 1).unfold(1, OUTER, 1)
    ring = torch.ones(OUTER, OUTER, dtype=torch.bool)
    skipped = (OUTER - INNER) // 2
    ring[skipped:-skipped, skipped:-skipped] = False
    height = torch.fft.fftshift(spectrum) / places[..., ring].mean(-1)
    periods = torch.fft.fftshift(torch.fft.fftfreq(SQUARE, 1 / SQUARE))
    return float(height[torch.hypot(periods[:, None], periods) >= SLOWEST].max())


@usual_defaults()
@torch.inference_mode()
def main() -> None:
    """Measure every style and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    usual = Path("examples/content/coffee.jpg")
    parser.add_argument("photograph", type=Path, nargs="?", default=usual, help=f"[{usual}]")
    strength = INSTANT_SPECS["strength"].default
    parser.add_argument("--strength", type=float, default=strength, help=f"[{strength:g}]")
    options = parser.parse_args()
    scene, network = load(options.photograph, SIZE), load_instant("cpu")
    even = torch.full((1, 3, SIZE, SIZE), 0.5)
    rows = []
    pictures = by_file(STYLES)
    print("| style | frames | peak | its picture's |\n|---|---|---|---|")
    for name in network.styles[1:]:
        settings = InstantSettings(style=name, strength=options.strength)
        mixture = mixture_of(settings, network.styles)[None]
        painted = network(even, mixture).clamp(0, 1)
        own = peak(load(pictures[name], SIZE))
        rows.append((frames(network, mixture, scene), peak(painted), own))
        print(f"| {title(name)} | {' | '.join(f'{value:.2f}' for value in rows[-1])} |", flush=True)
    for what, column, most in zip(
        ("frames", "peak", "peak of the pictures"),
        zip(*rows, strict=True),
        (f" ({MOST_FRAMES} allowed)", f" ({MOST_PEAK} allowed)", ""),
        strict=True,
    ):
        print(f"\n{what} {mean(column):.2f} on average, {max(column):.2f} at most{most}")


if __name__ == "__main__":
    main()
