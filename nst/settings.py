"""What a run can be told: every range, choice and default, once, and their validation.

Widgets, command line, API and `Settings` itself read the same `Range` and `Choice` objects, which
sit in the metadata of the dataclass fields. Nothing here imports torch, so that a page can be
built and a bad value refused without loading it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

from nst.instant.names import instant_styles
from nst.specs import Choice, InputError, Range

MAX_SIDE = 8192
"""Longest side, in pixels, that a run may be asked for."""
GPU_DEFAULTS: Mapping[str, int] = MappingProxyType({"iterations": 200, "size": 1024})
"""What the page and the command line start with where there is a GPU: it takes a second there."""
MAX_INSTANT_SIDE = 4096
"""Longest side, in pixels, of an instant painting: it needs no gradients."""
MAX_SHEET_SIDE = 1024
"""The same of each picture on a sheet of all instant styles."""
STYLE_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
"""The style layers of Gatys et al. 2016, shallow (colour, grain) to deep (large shapes)."""
STYLE_LOSSES: Mapping[str, str] = MappingProxyType(
    {"wasserstein": "nst.loss.wasserstein:Wasserstein", "gram": "nst.loss.gram:Gram"}
)
"""The style losses by name, and where the class of each is."""
FEATURE_NETWORKS: Mapping[str, str] = MappingProxyType(
    {"vgg19": "nst.features.vgg19:load", "compact": "nst.features.compact:load"}
)
"""The feature networks by name, and what loads each."""
MOST_STYLES = 4
"""Style images that one run can blend or place."""


def _setting(spec: Range | Choice) -> Any:  # noqa: ANN401 - dataclasses.field is typed so too
    return field(default=spec.default, metadata={"spec": spec})


def _weight(label: str, help_text: str) -> Any:  # noqa: ANN401
    return _setting(
        Range(label=label, help=help_text, default=1.0, minimum=0.0, maximum=10.0, step=0.1)
    )


def _percent(label: str, help_text: str, default: float) -> Range:
    return Range(label=label, help=help_text, default=default, minimum=0.0, maximum=100.0, step=1.0)


def _layer_weight(layer: str, what: str) -> Any:  # noqa: ANN401
    return _weight(f"Weight of {layer}", f"How much {what} count among the style layers.")


def _size(maximum: int) -> Range:
    return Range(
        label="Size",
        help="Longest side of the result in pixels; its shape is the photograph's.",
        default=512,
        minimum=64,
        maximum=maximum,
        step=1,
    )


def _style_weight(number: int) -> Any:  # noqa: ANN401
    help_text = "How much this style counts beside the others; 0 leaves it out."
    return _weight(f"Weight of style {number}", help_text)


_COLOUR = Choice(
    label="Colours",
    help="style: the painting's; content: the photograph's; matched: the painting's, moved to the "
    "photograph's mood.",
    default="style",
    choices=("style", "content", "matched"),
    titles={"style": "The painting's", "content": "The photograph's", "matched": "Between both"},
)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One run's settings; every field is validated on construction.

    Raises:
        InputError: a value out of range, of the wrong type, NaN or infinite.
    """

    iterations: int = _setting(
        Range(
            label="Iterations",
            help="How often the picture is improved: more is finer, and takes longer.",
            default=100,
            minimum=1,
            maximum=2000,
            step=1,
        )
    )
    style_strength: float = _setting(
        Range(
            label="Style strength",
            help="0 gives the photograph back, 25 is a light hand, 50 keeps the drawing under "
            "strokes everywhere, 75 is bold, 100 the style nearly alone.",
            default=50.0,
            minimum=0.0,
            maximum=100.0,
            step=1.0,
        )
    )
    size: int = _setting(_size(MAX_SIDE))
    style_scale: float = _setting(
        Range(
            label="Stroke size",
            help="Size of the style's strokes in the picture, whatever its resolution.",
            default=1.0,
            minimum=0.25,
            maximum=2.0,
            step=0.05,
        )
    )
    color: str = _setting(_COLOUR)
    init: str = _setting(
        Choice(
            label="Start from",
            help="What the picture begins as; image: one of your own.",
            default="content",
            choices=("content", "noise", "style", "image"),
            titles={"content": "The photograph", "style": "The painting", "image": "A picture"},
        )
    )
    seed: int = _setting(
        Range(
            label="Seed",
            help="Number that the noise is drawn from; the same seed gives the same picture.",
            default=0,
            minimum=0,
            maximum=2**31 - 1,
            step=1,
        )
    )
    optimizer: str = _setting(
        Choice(
            label="Optimiser",
            help="L-BFGS gets further in the same number of iterations; Adam is the classic.",
            default="lbfgs",
            choices=("lbfgs", "adam"),
        )
    )
    tv_weight: float = _setting(
        Range(
            label="Smoothness",
            help="Higher removes grain, and detail with it: the weight of the total variation, "
            "which smooths more at a higher style strength.",
            default=1.0,
            minimum=0.0,
            maximum=100.0,
            step=0.1,
        )
    )
    style_weight: float = _style_weight(1)
    style_2_weight: float = _style_weight(2)
    style_3_weight: float = _style_weight(3)
    style_4_weight: float = _style_weight(4)
    relu1_1_weight: float = _layer_weight("relu1_1", "colours and grain")
    relu2_1_weight: float = _layer_weight("relu2_1", "fine strokes")
    relu3_1_weight: float = _layer_weight("relu3_1", "strokes and small patterns")
    relu4_1_weight: float = _layer_weight("relu4_1", "larger patterns")
    relu5_1_weight: float = _layer_weight("relu5_1", "large shapes")
    style_loss: str = _setting(
        Choice(
            label="Brushwork",
            help="What the result shares with the painting: its strokes (wasserstein), or only its "
            "tints and grain (gram, as in Gatys et al. 2016).",
            default="wasserstein",
            choices=tuple(STYLE_LOSSES),
            titles={"wasserstein": "Strokes", "gram": "Tints and grain"},
        )
    )

    def __post_init__(self) -> None:
        """Validate every field, and make whole floats ints (2.0 -> 2) and ints floats."""
        _validate(self)
        if not any(self.layer_weights.values()):
            names = ", ".join(f"{layer}_weight" for layer in STYLE_LAYERS)
            raise InputError(f"At least one of {names} must be above 0.")

    @property
    def style_weights(self) -> tuple[float, ...]:
        """Of the style images, in their order."""
        return self.style_weight, self.style_2_weight, self.style_3_weight, self.style_4_weight

    @property
    def layer_weights(self) -> dict[str, float]:
        """The w_l of Gatys et al. 2016, eq. 4, by layer name."""
        return {layer: getattr(self, f"{layer}_weight") for layer in STYLE_LAYERS}


OWN_STYLE = "own"
"""The instant style that is a painting's, which is given."""
_INSTANT_STRENGTH = _percent(
    "Strength", "0 gives the photograph back, 85 has all of the style, 100 goes beyond it.", 85.0
)


@dataclass(frozen=True, kw_only=True)
class InstantSettings:
    """What an instant painting can be told; every field is validated on construction.

    Raises:
        InputError: as `Settings`, or a `mix` is given without a second style.
    """

    style: str = _setting(
        Choice(
            label="Style",
            help="One of the styles that were learned beforehand; own: a painting that you give.",
            default=next(iter(instant_styles()), ""),
            choices=(*instant_styles(), OWN_STYLE),
        )
    )
    strength: float = _setting(_INSTANT_STRENGTH)
    size: int = _setting(_size(MAX_INSTANT_SIDE))
    second_style: str = _setting(
        Choice(
            label="Second style",
            help="A style to mix in.",
            default="none",
            choices=("none", *instant_styles()),
        )
    )
    mix: float = _setting(
        _percent("Share of the second style", "0 is the first style alone, 100 the second.", 50.0)
    )
    color: str = _setting(_COLOUR)

    def __post_init__(self) -> None:
        """Validate every field, as `Settings` does, and that a share is one of something."""
        _validate(self)
        if self.style == OWN_STYLE and self.second_style != "none":
            raise InputError(f"second_style goes with a style by name, not with {OWN_STYLE!r}.")
        if self.second_style == "none" and self.mix != INSTANT_SPECS["mix"].default:
            usual = f"{INSTANT_SPECS['mix'].default:g}"
            raise InputError(
                f"mix is the share of a second_style: name one, or leave it at {usual}."
            )


def _specs(settings: type) -> Mapping[str, Range | Choice]:
    return MappingProxyType({f.name: f.metadata["spec"] for f in fields(settings)})


def _validate(settings: Settings | InstantSettings) -> None:
    for name, spec in _specs(type(settings)).items():
        object.__setattr__(settings, name, spec.check(name, getattr(settings, name)))


SPECS = _specs(Settings)
"""The range or choice of each field of `Settings`, in their order."""
INSTANT_SPECS = _specs(InstantSettings)
"""The same of `InstantSettings`."""
SHEET_SPECS: Mapping[str, Range | Choice] = MappingProxyType(
    {
        "size": replace(
            _size(MAX_SHEET_SIDE),
            default=384,
            help="Longest side of each picture on the sheet in pixels.",
        ),
        "strength": replace(_INSTANT_STRENGTH, default=100.0),
    }
)
"""What a sheet of all instant styles can be told."""


def starting_specs(gpu: bool) -> Mapping[str, Range | Choice]:
    """`SPECS` with the defaults that the page and the command line start with.

    Args:
        gpu: whether there is one.
    """
    larger = {name: replace(range_of(name), default=value) for name, value in GPU_DEFAULTS.items()}
    return {**SPECS, **larger} if gpu else SPECS


def range_of(name: str) -> Range:
    """The range of a field of `Settings` that is a number."""
    spec = SPECS[name]
    assert isinstance(spec, Range), name
    return spec


FEATURES = Choice(
    label="Features",
    help="The network that compares pictures: auto takes vgg19 on a GPU and compact elsewhere.",
    default="auto",
    choices=("auto", *FEATURE_NETWORKS),
)
"""Which feature network to load; not part of `Settings`, because one network serves many runs."""
