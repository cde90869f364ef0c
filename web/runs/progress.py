"""Where a run is, as the page shows it and programs are told."""

from dataclasses import dataclass

from nst import Step


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A run's progress; programs get its fields as a dict, in this order.

    Attributes:
        iteration, total, size, content_loss, style_loss, tv_loss, done, note: as `nst.Step` has.
        seconds, eta_seconds: gone and left; None before that can be told.
        features, device: by which it is made; None before that is known.
        run: the name by which a later run goes on from this one; None unless it ended.
        share: of the iteration under way that is done, where the picture is so large that it is
            seen in tiles; else 0.
    """

    iteration: int
    total: int
    size: int = 0
    content_loss: float = 0.0
    style_loss: float = 0.0
    tv_loss: float = 0.0
    seconds: float = 0.0
    eta_seconds: float | None = None
    features: str | None = None
    device: str | None = None
    done: bool = False
    run: str | None = None
    note: str = ""
    share: float = 0.0

    @property
    def done_of_all(self) -> float:
        """The share of the run's iterations that is done."""
        return (self.iteration + self.share) / self.total

    @classmethod
    def of(
        cls,
        step: Step,
        seconds: float,
        features: str | None = None,
        device: str | None = None,
        run: str | None = None,
        share: float = 0.0,
    ) -> "Progress":
        """The progress after a step, so many seconds after the run began."""
        left = step.seconds_left
        return cls(
            iteration=step.iteration,
            total=step.total,
            size=step.size,
            content_loss=step.content_loss,
            style_loss=step.style_loss,
            tv_loss=step.tv_loss,
            seconds=round(seconds, 2),
            eta_seconds=None if left is None else round(left, 2),
            features=features,
            device=device,
            done=step.done,
            run=run,
            note=step.note,
            share=round(share, 3),
        )
