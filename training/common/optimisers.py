"""How training steps are taken: Muon and AdamW side by side, and their rate over a run."""

from collections.abc import Sequence

import torch
from torch import nn

WARM_UP, CONSTANT = 100, 0.1
"""Steps until the full learning rate; share of all steps after which it falls linearly to 0."""


class Optimisers:
    """Muon (Jordan et al. 2024) for the convolutions, AdamW for everything else.

    Muon takes matrices only, so it is given each kernel as a matrix that shares its memory. It
    learned about twice as fast per step as AdamW alone.
    """

    def __init__(
        self,
        kernels: Sequence[nn.Parameter],
        rest: Sequence[nn.Parameter],
        rates: tuple[float, float],
        decay: float = 0.0,
    ) -> None:
        """Prepare the steps.

        Args:
            kernels: convolutions' weights; without any, only the rest learns.
            rest: all other parameters.
            rates: the full learning rates of both.
            decay: of the rest's weights.
        """
        self.kernels = list(kernels)
        self.matrices = [nn.Parameter(kernel.detach().flatten(1)) for kernel in self.kernels]
        adam = torch.optim.AdamW(rest, lr=rates[1], weight_decay=decay)
        self.optimisers = {"adam": (adam, rates[1])}
        if self.matrices:
            muon = torch.optim.Muon(self.matrices, lr=rates[0], weight_decay=0.01)
            self.optimisers["muon"] = (muon, rates[0])

    def step(self, share: float) -> None:
        """Take a step at `share` (0 … 1) of the full learning rates."""
        for kernel, matrix in zip(self.kernels, self.matrices, strict=True):
            matrix.grad = kernel.grad.flatten(1)
        for optimiser, rate in self.optimisers.values():
            for group in optimiser.param_groups:
                group["lr"] = share * rate
            optimiser.step()

    def state_dict(self) -> dict:
        """The states of all."""
        return {name: optimiser.state_dict() for name, (optimiser, _) in self.optimisers.items()}

    def load_state_dict(self, state: dict) -> None:
        """Restore what `state_dict` returned."""
        for name, (optimiser, _) in self.optimisers.items():
            optimiser.load_state_dict(state[name])


def learning_rate(step: int, steps: int) -> float:
    """The share of the full learning rate at `step` of `steps`: warm-up, constant, linear decay."""
    decay = (steps - step) / (steps * (1 - CONSTANT))
    return max(0.0, min(1.0, step / WARM_UP, decay))
