"""A trained LeNet reading drawings: strokes, pictures, arrays or files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lenet import preprocessing
from lenet.ink import Drawing, Ink, ink_from
from lenet.networks import LeNet

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Prediction:
    """What the network made of one drawing."""

    label: str | None
    """The most probable class; None for a blank drawing."""
    probabilities: Array
    """`(10,)`, softmax of the logits, adding up to 1; all 0 for a blank drawing."""
    labels: tuple[str, ...]
    """The name of each class."""
    network_input: Array
    """`(28, 28)` in [0, 1]: what the network was given."""
    layer1: Array
    """`(6, 28, 28)`: maps of the first convolution after its activation."""
    layer2: Array
    """`(16, 10, 10)`: maps of the second convolution after its activation."""

    @property
    def confidence(self) -> float:
        """The probability of `label`; 0 for a blank drawing."""
        return float(self.probabilities.max())

    def to_json(self) -> dict[str, Any]:
        """Plain lists and numbers, for programs."""
        return {
            "label": self.label,
            "probabilities": {
                label: round(float(p), 6)
                for label, p in zip(self.labels, self.probabilities, strict=True)
            },
            "network_input": np.round(self.network_input, 4).tolist(),
            "layer1": np.round(self.layer1, 4).tolist(),
            "layer2": np.round(self.layer2, 4).tolist(),
        }


class Predictor:
    """Reads drawings with one network.

    Example:
        Predictor.from_pretrained("checkpoints/mnist-relu")("digit.png").label
    """

    def __init__(self, model: LeNet) -> None:
        self.model = model.eval()
        self.labels = model.config.labels

    @classmethod
    def from_pretrained(cls, path_or_repo: str | Path) -> "Predictor":
        """Load the network from a checkpoint folder or a repository on the Hugging Face Hub.

        Raises:
            SketchpadError: there is no such checkpoint, or it is damaged.
        """
        return cls(LeNet.from_pretrained(path_or_repo))

    def __call__(self, drawing: Drawing) -> Prediction:
        """Read strokes, a PIL image, a NumPy array or a picture file; see `lenet.ink`.

        Raises:
            SketchpadError: the drawing can't be read.
        """
        return self.read_ink(ink_from(drawing))

    def read_ink(self, ink: Ink) -> Prediction:
        """Read ink `(H, W)` in [0, 1]."""
        return self.read_input(preprocessing.network_input(ink))

    @torch.inference_mode()
    def read_input(self, network_input: Array) -> Prediction:
        """Read a network input `(28, 28)` in [0, 1] as it is."""
        logits, maps = self.model(torch.from_numpy(network_input)[None, None])
        blank = preprocessing.is_blank(network_input)
        probabilities = logits[0].softmax(0).numpy()
        return Prediction(
            label=None if blank else self.labels[int(probabilities.argmax())],
            probabilities=np.zeros_like(probabilities) if blank else probabilities,
            labels=self.labels,
            network_input=network_input,
            layer1=maps[0][0].numpy(),
            layer2=maps[1][0].numpy(),
        )
