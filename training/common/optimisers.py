"""How training steps are taken: Muon and AdamW side by side, and their rate over a run."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from nst.machine.precision import fastest_dtype

WARM_UP, CONSTANT = 100, 0.1
MOMENTUM, DECAY = 0.95, 0.01
QUINTIC, PRODUCTS = (3.4445, -4.7750, 2.0315), 5
"""Coefficients and steps of Muon's iteration, which takes singular values to about 1."""
"""Steps until the full learning rate; share of all steps after which it falls linearly to 0."""


class Muon(torch.optim.Optimizer):
    """Muon (Jordan et al. 2024): steps along momentum whose singular values are made alike.

    torch's makes them in bfloat16, which takes processors without units for it thirty times as long
    as float32: a third of a training step. This one takes what is fast on the matrices' device.
    """

    def __init__(self, matrices: Sequence[nn.Parameter], lr: float) -> None:
        super().__init__(matrices, {"lr": lr})

    @torch.no_grad()
    def step(self) -> None:
        """Take a step along the gradients."""
        for group in self.param_groups:
            for matrix in group["params"]:
                momentum = self.state[matrix].setdefault("momentum", torch.zeros_like(matrix))
                momentum.lerp_(matrix.grad, 1 - MOMENTUM)
                update = orthogonal(matrix.grad.lerp(momentum, MOMENTUM))
                rows, columns = matrix.shape
                matrix.mul_(1 - group["lr"] * DECAY)
                matrix.add_(update, alpha=-group["lr"] * max(1, rows / columns) ** 0.5)


def orthogonal(matrix: Tensor) -> Tensor:
    """A matrix (A, B) with the same singular vectors and singular values of about 0.7 to 1.2."""
    a, b, c = QUINTIC
    x = matrix.to(fastest_dtype(matrix.device))
    x = x.T if len(matrix) > matrix.shape[1] else x
    x = x / x.norm().clamp_min(1e-7)
    for _ in range(PRODUCTS):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return (x.T if len(matrix) > matrix.shape[1] else x).to(matrix)


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
            muon = Muon(self.matrices, rates[0])
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
