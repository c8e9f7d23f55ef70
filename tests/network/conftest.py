"""Networks of many kinds; the fixture `config` yields each of them."""

import pytest

from lenet.network.config import PRESETS, Convolution, LeNetConfig

ODD = {
    "three small convolutions": LeNetConfig(
        convolutions=(Convolution(4, 3, 1), Convolution(8, 3), Convolution(5, 2)),
        dense=(),
        activation="tanh",
        labels=("coat", "bag"),
    ),
    "a remainder": LeNetConfig(  # 25 → 12: pooling ignores the last row and column
        convolutions=(Convolution(3, 4), Convolution(2, 3, 1)), pooling="average", dense=(7, 9)
    ),
    "not pooled": LeNetConfig(
        convolutions=(Convolution(3, 5, 2, pooled=False), Convolution(4, 1), Convolution(2, 3)),
        pooling="subsampling",
    ),
    "much padding": LeNetConfig(
        convolutions=(Convolution(2, 3, 9), Convolution(3, 20, 27, pooled=False)), dense=(5,)
    ),
    "dense only": LeNetConfig(convolutions=(), dense=(11,)),
    "dense only, border": LeNetConfig(convolutions=(), dense=(11,), border=1),
    "partial, padded": LeNetConfig(
        convolutions=(
            Convolution(3, 3, 1),
            Convolution(4, 5, 1, connections=((0,), (1, 2), (2,), (0, 1, 2))),
        ),
        border=1,
        pooling="subsampling",
    ),
}
NETWORKS = {**PRESETS, **ODD}


@pytest.fixture(params=NETWORKS)
def config(request: pytest.FixtureRequest) -> LeNetConfig:
    return NETWORKS[request.param]
