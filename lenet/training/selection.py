"""Model selection: the last epoch within one standard error of the best."""

import math
from dataclasses import dataclass, field

from torch import Tensor

from lenet.network.model import LeNet
from lenet.training.loop import Report


@dataclass
class BestSoFar:
    """The best network so far, judged on a validation split of `count` examples.

    That is the last epoch within one standard error of the highest accuracy: it has been trained
    the longest, and differences within a standard error are mostly chance.
    """

    count: int
    weights: dict[str, Tensor] = field(default_factory=dict)
    report: Report | None = None
    highest: float = 0.0

    def consider(self, report: Report, model: LeNet) -> None:
        """Copy the model's weights if they are good enough."""
        accuracy = report.validation_accuracy
        # Validations within an epoch are for the curves only.
        if accuracy is None or not report.epoch.is_integer():
            return
        self.highest = max(self.highest, accuracy)
        if is_within_standard_error(accuracy, self.highest, self.count):
            self.report = report
            self.weights = {name: t.detach().clone() for name, t in model.state_dict().items()}


def is_within_standard_error(accuracy: float, highest: float, count: int) -> bool:
    """Whether an accuracy on `count` examples is within one standard error of the highest.

    Breiman, Friedman, Olshen, Stone, "Classification and regression trees", 1984, section 3.4.3.
    """
    return accuracy >= highest - math.sqrt(highest * (1 - highest) / count)
