"""LeNet Sketchpad: draw a digit and see inside a convolutional network while it reads it.

from lenet import Predictor
prediction = Predictor.from_pretrained("checkpoints/mnist-relu")("digit.png")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lenet.errors import SketchpadError
    from lenet.network.config import PRESETS, Convolution, LeNetConfig
    from lenet.network.model import LeNet
    from lenet.reading.prediction import Prediction, Predictor

__all__ = [
    "PRESETS",
    "Convolution",
    "LeNet",
    "LeNetConfig",
    "Prediction",
    "Predictor",
    "SketchpadError",
]

_MODULES = {
    "errors": ["SketchpadError"],
    "network.config": ["PRESETS", "Convolution", "LeNetConfig"],
    "network.model": ["LeNet"],
    "reading.prediction": ["Prediction", "Predictor"],
}


def __getattr__(name: str) -> Any:
    # PyTorch takes seconds to import, and not every command or process needs it.
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
