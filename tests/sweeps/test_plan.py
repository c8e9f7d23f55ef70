from pathlib import Path

import pytest

from lenet.errors import SketchpadError
from lenet.network.config import LeNetConfig
from lenet.sweeps.plan import NAMED, SweepSettings, requested_sweep, trials
from tests.sweeps.helpers import small_sweep


def test_half_padding_uses_the_new_kernel_in_any_order(tmp_path: Path) -> None:
    for order in (("kernel=3", "padding=half"), ("padding=half", "kernel=3")):
        (trial,) = trials(small_sweep(tmp_path, *order))
        assert isinstance(trial.network, LeNetConfig)
        assert [c.padding for c in trial.network.convolutions] == [1, 1]


def test_the_named_sweep_covers_the_tutorials_kernels() -> None:
    found = trials(requested_sweep({"named": "d2l-kernels"}))
    assert [(t.values["kernel"], t.training.seed) for t in found] == [
        (kernel, seed) for seed in range(3) for kernel in range(1, 11)
    ]
    for trial in found:
        assert isinstance(trial.network, LeNetConfig)
        kernel = trial.values["kernel"]
        assert isinstance(kernel, int)
        for convolution in trial.network.convolutions:
            assert (convolution.kernel, convolution.padding) == (kernel, (kernel - 1) // 2)
        assert (trial.network.activation, trial.network.pooling) == ("relu", "max")
        assert trial.network.labels[0] == "T-shirt/top"
        assert (trial.training.dataset, trial.training.epochs) == ("fashion-mnist", 10)
        assert not trial.training.augment
    short = requested_sweep({"named": "d2l-kernels", "epochs": 1, "vary": ["kernel=2"]})
    assert [trial.training.epochs for trial in trials(short)] == [1, 1, 1]
    assert short.path == NAMED["d2l-kernels"].path == Path("sweeps/d2l-kernels")


def test_recipes_and_named_sweeps_exclude_each_other() -> None:
    assert requested_sweep({"vary": ["kernel=2"], "recipe": "d2l"}).training.batch_size == 256
    with pytest.raises(SketchpadError, match=r"has its own settings\. Omit --recipe"):
        requested_sweep({"named": "d2l-kernels", "recipe": "d2l"})
    with pytest.raises(SketchpadError, match="--named must be one of d2l-kernels, got mine"):
        requested_sweep({"named": "mine"})


def test_a_sweep_uses_no_synthetic_drawings() -> None:
    settings = SweepSettings(vary=("kernel=3", "padding=0"))
    training = settings.training
    assert (training.synthetic_digits, training.synthetic_non_digits) == (0, 0)
    assert settings.path == Path("sweeps/kernel-padding")
