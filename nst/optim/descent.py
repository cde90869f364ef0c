"""The optimisation at one scale, watched: the losses and the picture after each evaluation."""

import math
from collections.abc import Generator, Iterator

from torch import Tensor

from nst.loss.evaluated import Evaluated, Losses
from nst.machine import allocator
from nst.optim.optimizer import Optimizer
from nst.optim.watch import Watch

Found = tuple[Losses, Tensor]
"""The losses and the picture (1, 3, H, W) that has them."""
BROKEN = "The numbers broke down before there was a picture: choose another size or style."


def optimise(
    objective: Evaluated,
    optimizer: Optimizer,
    iterations: int,
    watch: Watch | None = None,
    best: Found | None = None,
) -> Iterator[Found]:
    """Optimise at one scale, yielding the losses and the picture (1, 3, H, W) that has them.

    The last time it is the picture of the lowest loss of all. The optimiser is left where another
    run can go on.

    Args:
        watch: says when to end before all `iterations`; when None, only numbers that break do.
        best: what there is if not even the first picture here has a finite loss.

    Raises:
        FloatingPointError: then, if there is nothing.
    """
    parts = optimise_in_parts(objective, optimizer, iterations, watch, best)
    return (found for found in parts if not isinstance(found, float))


def optimise_in_parts(
    objective: Evaluated,
    optimizer: Optimizer,
    iterations: int,
    watch: Watch | None = None,
    best: Found | None = None,
) -> Generator[Found | float, None, None]:
    """As `optimise`, with the share of the iteration under way that is done after each part."""
    watch = watch or Watch(patience=math.inf)
    lowest = math.inf
    with allocator.kept():
        for iteration in range(1, iterations + 1):
            image = optimizer.image
            loss, gradient, losses = yield from objective.in_parts(image)
            if watch.sees(loss):
                if loss < lowest:
                    lowest, best = loss, (losses, image)
                optimizer.step(loss, gradient)
                del gradient  # not to be held while the next one is made
            elif best is None:
                raise FloatingPointError(BROKEN)
            else:
                losses, image = best
                optimizer.retreat()
            ends = watch.ended or iteration == iterations
            losses, image = best if ends and best else (losses, image)
            yield losses, objective.picture(image)
            if ends:
                return
