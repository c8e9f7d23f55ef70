"""Random networks of every kind, and images for them."""

import random

import torch
from torch import Tensor

from lenet.errors import SketchpadError
from lenet.network.config import DIGITS, Convolution, LeNetConfig
from lenet.network.layers import Connections
from lenet.network.model import LeNet
from lenet.network.parts import ACTIVATIONS, POOLINGS


def sparse_image(generator: torch.Generator) -> Tensor:
    """Noise `(28, 28)` on a background, down to the edges."""
    grey, ink = torch.rand(2, 28, 28, generator=generator)
    return grey * (ink > 0.5)


def random_config(choose: random.Random) -> LeNetConfig:
    """Any configuration: layers and numbers vary independently."""
    while True:
        rbf = choose.random() < 0.2
        dense = [choose.randint(1, 20) for _ in range(choose.randint(0, 3))]
        try:
            return LeNetConfig(
                convolutions=random_convolutions(choose),
                activation=choose.choice(list(ACTIVATIONS)),
                pooling=choose.choice(list(POOLINGS)),
                dense=(*dense, 84) if rbf else tuple(dense),
                output="rbf" if rbf else "linear",
                labels=DIGITS if rbf else tuple(map(str, range(choose.randint(2, 30)))),
                border=choose.choice([0, 0, 1, 2, 5]),
                mean=choose.choice([0.0, 0.1, -0.3]),
                std=choose.choice([0.3081, 1.0, 2.5]),
            )
        except SketchpadError:  # a kernel doesn't fit
            continue


def random_convolutions(choose: random.Random) -> tuple[Convolution, ...]:
    convolutions: list[Convolution] = []
    inputs = 1
    for _ in range(choose.randint(1, 4)):
        channels = choose.randint(1, 18)
        convolutions.append(
            Convolution(
                channels=channels,
                kernel=choose.randint(1, 7),
                padding=choose.choice([0, 0, 1, 2, 4]),
                pooled=choose.random() < 0.6,
                connections=random_connections(choose, channels, inputs),
            )
        )
        inputs = channels
    return tuple(convolutions)


def random_connections(choose: random.Random, channels: int, inputs: int) -> Connections | None:
    if choose.random() < 0.6:
        return None
    return tuple(
        tuple(choose.sample(range(inputs), choose.randint(1, inputs))) for _ in range(channels)
    )


def random_network(config: LeNetConfig) -> LeNet:
    """A network with random weights, including those that start out constant."""
    model = LeNet(config)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.startswith("poolings"):
                parameter.uniform_(-1, 1)
    return model.eval()


RANDOM_CONFIGS = [random_config(random.Random(seed)) for seed in range(200)]
