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
    "PRESETS": "network.config",
    "Convolution": "network.config",
    "LeNet": "network.model",
    "LeNetConfig": "network.config",
    "Prediction": "reading.prediction",
    "Predictor": "reading.prediction",
    "SketchpadError": "errors",
}


def __getattr__(name: str) -> Any:
    # PyTorch takes seconds to import, and not every command or process needs it.
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
