import pytest
import torch
from torch import nn

from lenet.training.optimisation import Schedule, moving_average, optimisation
from tests.training.helpers import small_settings


@pytest.mark.parametrize("shape", ["cosine", "linear", "constant"])
def test_the_rate_rises_and_falls(shape: str) -> None:
    schedule = Schedule(shape, steps=100, highest=2.0, warmup=0.25)
    rates = [schedule.rate(step) / 2 for step in range(101)]
    assert rates[0] < 0.05
    assert rates[25] == pytest.approx(1)
    end, middle = {"cosine": (0, 0.75), "linear": (0, 2 / 3), "constant": (1, 1)}[shape]
    assert rates[100] == pytest.approx(end, abs=1e-9)
    assert rates[50] == pytest.approx(middle)


@pytest.mark.parametrize("shape", ["cosine", "linear"])
def test_the_rate_ends_at_the_final_rate(shape: str) -> None:
    schedule = Schedule(shape, steps=100, highest=1.0, warmup=0.25, final=0.2)
    rates = [schedule.rate(step) for step in range(101)]
    assert rates[25] == pytest.approx(1)
    assert rates[25:] == sorted(rates[25:], reverse=True)
    assert rates[100] == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("optimizer", "expected"), [("adamw", torch.optim.AdamW), ("sgd", torch.optim.SGD)]
)
def test_the_settings_reach_the_optimizer(optimizer: str, expected: type) -> None:
    settings = small_settings(
        optimizer=optimizer, learning_rate=0.5, weight_decay=0.25, momentum=0.75, average=0.0
    )
    updates = optimisation(nn.Linear(2, 2), settings, steps=10)
    assert isinstance(updates.optimizer, expected)
    assert updates.average is None
    (group,) = updates.optimizer.param_groups
    assert (group["weight_decay"], group["fused"]) == (0.25, True)
    if optimizer == "sgd":
        assert (group["momentum"], group["nesterov"]) == (0.75, True)
    assert updates.schedule == Schedule("cosine", 10, 0.5, 0.1, 0.0)


def test_a_step_follows_the_gradient_at_the_scheduled_rate() -> None:
    model = nn.Linear(1, 1, bias=False)
    settings = small_settings(
        optimizer="sgd", learning_rate=0.5, weight_decay=0.0, momentum=0.0,
        schedule="linear", warmup=0.0, average=0.0,
    )  # fmt: skip
    updates = optimisation(model, settings, steps=4)
    before = model.weight.item()
    updates.step(2, 3 * model.weight.sum())  # halfway down: a rate of 0.25
    assert model.weight.item() == pytest.approx(before - 0.25 * 3)


def test_the_average_is_exponential_with_a_faster_start() -> None:
    model = nn.Linear(1, 1, bias=False)
    average = moving_average(model, decay=0.9)

    def averaged() -> float:
        (weight,) = average.module.parameters()
        return weight.item()

    expected = 0.0
    for seen, value in enumerate((1.0, 2.0, 4.0, *[8.0] * 200)):
        with torch.no_grad():
            model.weight.fill_(value)
        average.update_parameters(model)
        # The first update copies the weights; later ones mix them.
        decay = min(0.9, (1 + seen) / (10 + seen)) if seen else 0.0
        expected = decay * expected + (1 - decay) * value
        assert averaged() == pytest.approx(expected, rel=1e-5)
    assert averaged() == pytest.approx(8.0, rel=1e-4)


def test_averaged_swaps_in_the_averaged_weights_temporarily() -> None:
    model = nn.Linear(3, 1)
    updates = optimisation(model, small_settings(average=0.5), steps=4)
    for number in range(3):
        updates.step(number, model(torch.ones(1, 3)).sum())
    plain = model.weight.detach().clone()
    assert updates.average is not None
    (averaged, _) = updates.average.module.parameters()
    with updates.averaged():
        assert torch.equal(model.weight, averaged)
        assert not torch.equal(model.weight, plain)
        assert torch.equal(updates.state()["model.weight"], plain)  # where training continues
    assert torch.equal(model.weight, plain)
