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
    the longest, and differences within a standard error are mostly chance. Without validation
    examples, it is the last epoch.
    """

    count: int
    weights: dict[str, Tensor] = field(default_factory=dict)
    report: Report | None = None
    highest: float = 0.0

    def consider(self, report: Report, model: LeNet) -> None:
        """Copy the model's weights if they are good enough."""
        # Validations within an epoch are for the curves only.
        if report.epoch.is_integer() and self._is_good(report.validation_accuracy):
            weights = {name: t.detach().clone() for name, t in model.state_dict().items()}
            # Together, so that Ctrl-C can't separate them.
            self.report, self.weights = report, weights

    def _is_good(self, accuracy: float | None) -> bool:
        """Whether an epoch with that accuracy replaces the previous ones."""
        if accuracy is None:
            return not self.count
        self.highest = max(self.highest, accuracy)
        return is_within_standard_error(accuracy, self.highest, self.count)


def is_within_standard_error(accuracy: float, highest: float, count: int) -> bool:
    """Whether an accuracy on `count` examples is within one standard error of the highest.

    Breiman, Friedman, Olshen, Stone, "Classification and regression trees", 1984, section 3.4.3.
    """
    return accuracy >= highest - math.sqrt(highest * (1 - highest) / count)
