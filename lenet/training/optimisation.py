"""Optimizer, learning-rate schedule, and a moving average of the weights."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from lenet.training.settings import TrainingSettings


@dataclass(frozen=True)
class Schedule:
    """The learning rate of each step: a linear warm-up, then down to the final rate."""

    shape: str
    """"cosine", "linear", or "constant", which stays at the highest rate after the warm-up"""
    steps: int
    """of the whole run"""
    highest: float
    warmup: float = 0.0
    """share of the steps over which the rate rises"""
    final: float = 0.0
    """rate at the end, as a share of the highest"""

    def rate(self, step: int) -> float:
        """The learning rate of a step, counted from 0."""
        return self._share(step) * self.highest

    def _share(self, step: int) -> float:
        rising = self.warmup * self.steps
        if step < rising:
            return (step + 1) / (rising + 1)
        done = (step - rising) / max(1.0, self.steps - rising)
        falling = {"cosine": 0.5 * (1 + math.cos(math.pi * done)), "linear": 1 - done}
        return self.final + (1 - self.final) * falling.get(self.shape, 1.0)


class Optimisation:
    """Updates the weights of `model` in each step."""

    def __init__(
        self,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        schedule: Schedule,
        average: AveragedModel | None = None,
    ) -> None:
        self.model, self.optimizer = model, optimizer
        self.schedule, self.average = schedule, average
        self._current: dict[str, Tensor] | None = None

    def step(self, number: int, loss: Tensor) -> None:
        """Take step `number` of the run, counted from 0, against the gradient of `loss`."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.schedule.rate(number)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        if self.average:
            self.average.update_parameters(self.model)

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Give the model the averaged weights for the duration, if there is an average."""
        if not self.average:
            yield
            return
        self._current = {name: value.clone() for name, value in self.model.state_dict().items()}
        self.model.load_state_dict(self.average.module.state_dict())
        yield
        self.model.load_state_dict(self._current)
        self._current = None

    def state(self) -> dict[str, Tensor]:
        """Everything needed to continue, as tensors by name; works within `averaged`, too."""
        model = self._current or self.model.state_dict()
        steps = self.optimizer.state_dict()["state"]
        average = self.average.state_dict() if self.average else {}
        return {
            **{f"model.{name}": value for name, value in model.items()},
            **{f"optimizer.{i}.{key}": v for i, of in steps.items() for key, v in of.items()},
            **{f"average.{name}": value for name, value in average.items()},
        }

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Continue from a `state` with the same settings."""
        self.model.load_state_dict(_part(state, "model."))
        weights = list(self.model.parameters())
        steps: dict[int, dict[str, Tensor]] = {}
        for name, value in _part(state, "optimizer.").items():
            index, key = name.split(".")
            weight = weights[int(index)].detach()
            if value.shape == weight.shape:
                # A fused step assumes that both have the same memory layout.
                value = torch.empty_like(weight).copy_(value)
            steps.setdefault(int(index), {})[key] = value
        self.optimizer.load_state_dict(self.optimizer.state_dict() | {"state": steps})
        if self.average:
            self.average.load_state_dict(_part(state, "average."))


def optimisation(model: nn.Module, settings: TrainingSettings, steps: int) -> Optimisation:
    """The optimisation of `model` over a run with that many steps."""
    schedule = Schedule(
        settings.schedule,
        steps,
        settings.learning_rate,
        settings.warmup,
        settings.final_rate,
    )
    average = moving_average(model, settings.average) if settings.average else None
    return Optimisation(model, _optimizer(model, settings), schedule, average)


def _optimizer(model: nn.Module, settings: TrainingSettings) -> torch.optim.Optimizer:
    shared: dict[str, Any] = {
        "lr": settings.learning_rate,
        "weight_decay": settings.weight_decay,
        "fused": True,
    }
    if settings.optimizer == "adamw":
        return torch.optim.AdamW(model.parameters(), **shared)
    momentum = settings.momentum
    return torch.optim.SGD(model.parameters(), momentum=momentum, nesterov=momentum > 0, **shared)


def moving_average(model: nn.Module, decay: float) -> AveragedModel:
    """An exponential moving average of the weights of `model`."""

    @torch.no_grad()
    def mix(averaged: list[Tensor], current: list[Tensor], seen: Tensor) -> None:
        # Average over fewer steps at first, so that the initial weights soon have no influence.
        early = min(decay, (1 + int(seen)) / (10 + int(seen)))
        torch._foreach_lerp_(averaged, current, 1 - early)

    # The annotation says tuples of tensors, but the function receives lists.
    return AveragedModel(model, multi_avg_fn=mix)  # type: ignore[arg-type]


def _part(state: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k[len(prefix) :]: value for k, value in state.items() if k.startswith(prefix)}
