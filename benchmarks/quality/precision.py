"""What bfloat16 convolutions cost in quality: the final loss beside that of float32.

    NST_VGG19_WEIGHTS=vgg19.safetensors python -m benchmarks.quality.precision CONTENTS STYLES

Each of six pairs is optimised twice with VGG19, the convolutions in float32 and in bfloat16, for
the same number of iterations; both results are measured in float32.
"""

import argparse
from pathlib import Path

import torch

from benchmarks.common.pictures import find, load
from benchmarks.quality.compact import PAIRS, RECIPE, optimised
from nst import load_features
from nst.loss.balance import PLAIN
from nst.loss.objective import Objective
from nst.loss.regions import everywhere

SIZE, COUNT = 256, 6


def main() -> None:
    """Measure the pairs and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("contents", type=Path, help="folder of photographs")
    parser.add_argument("styles", type=Path, help="folder of paintings")
    options = parser.parse_args()
    networks = [load_features("vgg19", dtype=t) for t in (torch.float32, torch.bfloat16)]
    print("| content | style | loss at the start | float32 | bfloat16 | ratio |")
    print("|---|---|---|---|---|---|")
    for names in PAIRS[:COUNT]:
        folders = (options.contents, options.styles)
        pair = [load(find(f, n), SIZE) for f, n in zip(folders, names, strict=True)]
        content, style = (picture.to(networks[0].device) for picture in pair)
        exact = Objective(networks[0], content, everywhere(style), RECIPE, PLAIN)
        losses = [exact.evaluate(content)[0]]
        for network in networks:
            losses.append(exact.evaluate(optimised(network, content, style))[0])
        shown = " | ".join(f"{loss:.4f}" for loss in losses)
        print(f"| {' | '.join(names)} | {shown} | {losses[2] / losses[1]:.3f} |", flush=True)


if __name__ == "__main__":
    main()
