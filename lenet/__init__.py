"""LeNet Sketchpad: draw a digit and see inside a convolutional network while it reads it.

from lenet import Predictor
prediction = Predictor.from_pretrained("checkpoints/mnist-relu")("digit.png")
"""

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
