"""Read a drawing with a trained LeNet: strokes, a picture, an array or a file."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from lenet.drawing import Drawing, contents, preprocessing
from lenet.drawing.adding import strokes_that_add_ink
from lenet.drawing.ink import Ink, Strokes, ink_from_sketch
from lenet.drawing.picture import ink_from_levels
from lenet.errors import SketchpadError
from lenet.files import write_file
from lenet.network.config import DIGITS
from lenet.network.model import LeNet
from lenet.reading.tracing import Kind, Muted, check_muted, trace
from lenet.reading.views import answer_logits, evidence, views

Array = NDArray[np.float32]
State = Literal["digit", "not a digit", "blank"]

NOT_FINITE = "This network computes values that are not finite numbers. Train it again."

USUAL_STROKES = 2
"""Strokes of a digit. Three are rare: a 4, 5 or 7 in pieces."""
STROKE_PENALTY = 1.5
"""By how much each further stroke that adds ink lowers the evidence: three such strokes still pass
for a digit if the network has little doubt."""


@dataclass(frozen=True)
class Layer:
    """What one layer computed from the network input."""

    name: str
    """as in `lenet.network.summary`: input, C1, S2, …, output"""
    kind: Kind
    sums: Array
    """`(maps, h, w)`, before the activation; `(units, 1, 1)` for dense layers"""
    values: Array
    """`(maps, h, w)`, after the activation; 0 where a map is muted"""


@dataclass(frozen=True)
class Prediction:
    """The network's answer for one drawing."""

    state: State
    """whether the drawing is a digit, something else, or blank"""
    probabilities: Array
    """`(10,)`, the softmax of the calibrated logits, which sums to 1; all 0 for a blank drawing.
    The logits are averaged over nine views of the image (`lenet.reading.views`). For a non-digit
    the probabilities only say which digit it resembles most."""
    labels: tuple[str, ...]
    """the name of each class"""
    view_logits: Array
    """`(9, 10)`, the logits of each view, divided by the temperature"""
    evidence: float
    """how digit-like the drawing is, whatever the digit (`lenet.reading.views`), less `penalty`"""
    threshold: float | None
    """the evidence below which the network answers "not a digit"; None if it never does"""
    network_input: Array
    """`(28, 28)` in [0, 1]"""
    layers: tuple[Layer, ...]
    """the input and every layer of the network, in order"""
    penalty: float = 0.0
    """by how much the number of strokes lowered the evidence; see `Predictor.penalty`"""

    @cached_property
    def logits(self) -> Array:
        """`(10,)`, the calibrated logits of the answer: the mean over the views.

        Their differences are log-odds, which remain exact where probabilities round to 0 or 1.
        """
        mean: Array = self.view_logits.mean(0)
        return mean

    @cached_property
    def maps(self) -> tuple[Array, ...]:
        """The maps of each convolution after its activation.

        `(6, 28, 28)` and `(16, 10, 10)` for the LeNet of the tutorials.
        """
        return tuple(layer.values for layer in self.layers if layer.kind == "convolution")

    @cached_property
    def map_names(self) -> tuple[str, ...]:
        """The layer of each of `maps`: C1, C3, …"""
        return tuple(layer.name for layer in self.layers if layer.kind == "convolution")

    @property
    def layer1(self) -> Array:
        """The maps of the first convolution."""
        return self.maps[0]

    @property
    def layer2(self) -> Array:
        """The maps of the second convolution.

        Raises:
            SketchpadError: the network has only one.
        """
        if len(self.maps) < 2:
            raise SketchpadError("This network has one convolution, so there is no second layer.")
        return self.maps[1]

    @property
    def label(self) -> str | None:
        """The most probable class; None for a blank drawing or a non-digit."""
        return self.nearest if self.state == "digit" else None

    @property
    def nearest(self) -> str:
        """The most probable class, regardless of the state."""
        return self.labels[int(self.probabilities.argmax())]

    @property
    def confidence(self) -> float:
        """The probability of the most probable class; 0 for a blank drawing."""
        return float(self.probabilities.max())

    @property
    def sentence(self) -> str:
        """The answer as a short sentence."""
        if self.state == "blank":
            return "Nothing is drawn yet."
        if self.state == "digit":
            return f"{self.confidence:.1%} sure."
        if self.evidence + self.penalty >= (self.threshold or 0):
            return f"A digit rarely has this many strokes. The best match is {self.nearest}."
        thing = "a digit" if self.labels == DIGITS else f"one of the {len(self.labels)} classes"
        but = "but it isn't close enough" if self.confidence > 0.5 else "and even that isn't close"
        return f"This doesn't look like {thing}. The best match is {self.nearest}, {but}."

    def to_json(self) -> dict[str, Any]:
        """Plain lists and numbers for programs."""
        return {
            "state": self.state,
            "label": self.label,
            "probabilities": {
                label: round(float(p), 6)
                for label, p in zip(self.labels, self.probabilities, strict=True)
            },
            "sentence": self.sentence,
            "network_input": _rounded(self.network_input),
            "map_names": list(self.map_names),
            **{f"layer{n}": _rounded(m) for n, m in enumerate(self.maps, start=1)},
        }

    def save(self, path: str | Path) -> None:
        """Write the reading to an `.npz` file, which `numpy.load` opens.

        Its arrays are `network_input`, `labels`, `probabilities`, `view_logits`, `evidence`,
        `state`, `layers` (the names), and for each layer `NAME_sums` and `NAME_values`.

        Raises:
            SketchpadError: the file can't be written.
        """
        arrays: dict[str, Any] = {
            "network_input": self.network_input,
            "labels": np.array(self.labels),
            "probabilities": self.probabilities,
            "view_logits": self.view_logits,
            "evidence": np.array(self.evidence),
            "state": np.array(self.state),
            "layers": np.array([layer.name for layer in self.layers]),
            **{f"{layer.name}_sums": layer.sums for layer in self.layers},
            **{f"{layer.name}_values": layer.values for layer in self.layers},
        }
        file = BytesIO()
        np.savez_compressed(file, **arrays)
        write_file(Path(path), file.getvalue())


def _rounded(values: Array) -> Any:
    """Nested lists of numbers with four decimals, which float32 can't represent."""
    return np.round(values.astype(np.float64), 4).tolist()


@dataclass(frozen=True)
class Frame:
    """One step from the drawing to the network, and the answer if preparation stopped there."""

    step: str
    image: Array
    """`(h, w)` in [0, 1]; for the last step, the input of the first layer"""
    prediction: Prediction


class Predictor:
    """Reads drawings with a network.

    Example:
        Predictor.from_pretrained("checkpoints/mnist-relu")("digit.png").label
    """

    def __init__(self, model: LeNet, muted: Muted | None = None) -> None:
        """Read with `model`; `muted` lists maps whose values are replaced by 0.

        Raises:
            SketchpadError: it has no convolutions, so there are no maps to show, or no such maps.
        """
        if not model.config.convolutions:
            raise SketchpadError("This network has no convolutions, so there are no maps to show.")
        self.model = model.eval()
        self.labels = model.config.labels
        self.muted = check_muted(model, muted or {})

    @classmethod
    def from_pretrained(cls, path_or_repo: str | Path) -> "Predictor":
        """Load the network from a checkpoint folder or a repository on the Hugging Face Hub.

        Raises:
            SketchpadError: the checkpoint is missing or damaged.
        """
        return cls(LeNet.from_pretrained(path_or_repo))

    @property
    def reads_digits(self) -> bool:
        """Whether the network reads digits, rather than clothes, for example."""
        return self.labels == DIGITS

    def __call__(self, drawing: Drawing) -> Prediction:
        """Read strokes, or a picture as a file, a PIL image or an array; see `lenet.drawing`.

        Raises:
            SketchpadError: the drawing can't be read.
        """
        found = contents(drawing)
        if isinstance(found, np.ndarray):
            return self.read_ink(ink_from_levels(found, self.reads_digits))
        return self.read_sketch(found)

    def read_sketch(self, strokes: Strokes, picture: Ink | None = None) -> Prediction:
        """Read strokes, on top of a square picture if there is one.

        Raises:
            SketchpadError: the strokes can't be read.
        """
        ink = ink_from_sketch(strokes, picture, self.model.config.box)
        return self.read_input(self._prepared(ink), self.penalty(strokes, picture))

    def read_ink(self, ink: Ink) -> Prediction:
        """Read ink `(H, W)` in [0, 1]."""
        return self.read_input(self._prepared(ink))

    def _prepared(self, ink: Ink) -> Array:
        config = self.model.config
        return preprocessing.network_input(ink, config.box, config.centring)

    def penalty(self, strokes: Strokes, picture: Ink | None = None) -> float:
        """By how much the number of strokes lowers the evidence for a digit.

        Strokes count if they add ink (`lenet.drawing.adding`). Over a picture they don't count,
        since its own strokes are unknown, nor do they if the network reads clothes.

        Raises:
            SketchpadError: the strokes can't be read.
        """
        # Counting takes time, and most digits have one or two strokes.
        if picture is not None or not self.reads_digits or len(strokes) <= USUAL_STROKES:
            return 0.0
        return STROKE_PENALTY * max(0, strokes_that_add_ink(strokes) - USUAL_STROKES)

    @torch.inference_mode()
    def read_input(self, network_input: Array, penalty: float = 0.0) -> Prediction:
        """Read a network input `(28, 28)` in [0, 1] without preprocessing it.

        `penalty` is that of the strokes it was made of.

        Raises:
            SketchpadError: the network's weights are so large that its logits, or what follows
                from them, are not finite.
        """
        config = self.model.config
        image = torch.from_numpy(network_input)[None, None].to(next(self.model.parameters()).dtype)
        # All views form one batch; the first one is the image itself.
        layers = trace(self.model, views(image)[:, 0], self.muted)
        logits = layers[-1].values.flatten(1)
        evidences = evidence(logits[:, None])
        calibrated = logits / config.temperature
        answer = answer_logits(calibrated[:, None])[0]
        if not torch.cat([evidences, answer, calibrated.flatten()]).isfinite().all():
            raise SketchpadError(NOT_FINITE)
        found, probabilities = float(evidences) - penalty, answer.softmax(0).numpy()
        state: State = "digit"
        if preprocessing.is_blank(network_input):
            state, probabilities = "blank", np.zeros_like(probabilities)
        elif config.threshold is not None and found < config.threshold:
            state = "not a digit"
        return Prediction(
            state=state,
            probabilities=probabilities,
            labels=self.labels,
            view_logits=calibrated.numpy(),
            evidence=found,
            threshold=config.threshold,
            network_input=network_input,
            layers=tuple(
                # Clones, because an array that shares its memory would keep all nine views.
                Layer(
                    layer.name,
                    layer.kind,
                    layer.sums[0].clone().numpy(),
                    layer.values[0].clone().numpy(),
                )
                for layer in layers
            ),
            penalty=penalty,
        )

    def film_strip(
        self, strokes: Strokes, picture: Ink | None = None, skip: Collection[str] = ()
    ) -> list[Frame]:
        """The steps from a sketch to the first layer: `draw`, `crop`, `box`, `centre`, `normalise`.

        Each frame holds the answer that the network would give if preprocessing stopped there.
        Steps named in `skip` are left out; "pen" draws with the pad's pen instead of a fitted one.
        If none is, the last answer equals that of `read_sketch`.

        Raises:
            SketchpadError: the strokes can't be read.
        """
        config = self.model.config
        penalty = self.penalty(strokes, picture)
        steps = preprocessing.walk_sketch(strokes, picture, skip, config.box, config.centring)
        frames = [
            Frame(step, image, self.read_input(preprocessing.squeeze(image), penalty))
            for step, image in steps.items()
        ]
        last = frames[-1]
        if "normalise" in skip:
            # The network normalises its input, so undo that in advance.
            raw = last.image * np.float32(config.std) + np.float32(config.mean)
            return [*frames, Frame("normalise", last.image, self.read_input(raw, penalty))]
        normalised = (last.image - np.float32(config.mean)) / np.float32(config.std)
        return [*frames, Frame("normalise", normalised, last.prediction)]
