"""Half-stylised training pictures, made by the student itself while it learns.

Features are used on pictures that an optimiser is bending towards a style, which look like neither
photographs nor paintings, and which sit exactly where the network that guides the optimiser is
wrong. So a pool of pictures is optimised all along with the student's current features, and the
student learns its teachers' answers on them (dataset aggregation; Ross et al. 2011).
"""

import torch
from torch import Tensor

from nst.loss.balance import PLAIN
from nst.loss.gatys import gram_matrix, relative_distance
from nst.settings import STYLE_LAYERS
from training.common.crops import Crops
from training.compact.student import Student

LONGEST_LIFE = 120
"""Updates after which a picture of the pool is replaced by a fresh one, at the latest."""


class StylisedPool:
    """Pictures on their way from content to style; each `advance` moves some by a step."""

    STATE = ("age", "life", "image", "content", "style", "mean", "square")

    def __init__(self, crops: Crops, size: int) -> None:
        self.crops = crops
        self.age = torch.zeros(size, dtype=torch.long)
        self.life = torch.zeros(size, dtype=torch.long)
        shape = (size, 3, crops.side, crops.side)
        self.image, self.content, self.style = (torch.zeros(shape) for _ in range(3))
        self.mean, self.square = torch.zeros(shape), torch.zeros(shape)  # Adam's moments

    def _renew(self, slot: int) -> None:
        generator = self.crops.generator
        self.content[slot], self.style[slot] = self.crops.plain(2)
        self.image[slot] = self.content[slot]
        if torch.rand(1, generator=generator) < 0.15:
            self.image[slot] = torch.rand(self.image[slot].shape, generator=generator)
        self.mean[slot], self.square[slot], self.age[slot] = 0, 0, 0
        self.life[slot] = torch.randint(5, LONGEST_LIFE, (1,), generator=generator)

    def advance(self, student: Student, count: int) -> Tensor:
        """Move `count` random pictures one step and return them, (count, 3, side, side)."""
        slots = torch.randperm(len(self.age), generator=self.crops.generator)[:count]
        for slot in slots.tolist():
            if self.age[slot] >= self.life[slot]:
                self._renew(slot)
        gradient = self._gradient(student, slots)
        self.age[slots] += 1
        self.mean[slots] = 0.9 * self.mean[slots] + 0.1 * gradient
        self.square[slots] = 0.99 * self.square[slots] + 0.01 * gradient.square()
        age = self.age[slots].view(-1, 1, 1, 1)
        mean = self.mean[slots] / (1 - 0.9**age)
        square = self.square[slots] / (1 - 0.99**age)
        step = 0.03 * mean / (square.sqrt() + 1e-12)
        self.image[slots] = (self.image[slots] - step).clamp(0, 1)
        return self.image[slots].clone()

    def state_dict(self) -> dict[str, Tensor]:
        """The pictures with all that moves them."""
        return {name: getattr(self, name) for name in self.STATE}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Restore what `state_dict` returned."""
        for name in self.STATE:
            setattr(self, name, state[name])

    def _gradient(self, student: Student, slots: Tensor) -> Tensor:
        content_layer = student.network.content_layer
        metrics = student.metrics()
        with torch.no_grad():
            content = student(self.content[slots], [content_layer])[content_layer].float()
            style = student(self.style[slots], STYLE_LAYERS)
            targets = {k: gram_matrix(style[k], metrics.get(k)) for k in STYLE_LAYERS}
        image = self.image[slots].requires_grad_()
        activations = student(image, [*STYLE_LAYERS, content_layer])
        loss = relative_distance(activations[content_layer].float(), content)
        for layer, target in targets.items():
            distance = relative_distance(
                gram_matrix(activations[layer], metrics.get(layer)), target
            )
            loss = loss + PLAIN.style_weight / len(targets) * distance
        (gradient,) = torch.autograd.grad(loss.sum(), image)
        return gradient.nan_to_num()
