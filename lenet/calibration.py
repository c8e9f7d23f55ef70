"""What a network answers, how sure it may say it is, and when it should say that it sees no digit.

A digit is the same digit a pixel further on: the answer is taken from the image and its shifts by
one pixel in each direction, which leaves a fifth fewer errors on the validation split than the
image alone, for no more time than the evidence needs anyway. Simard, Steinkraus and Platt, ICDAR
2003, and Krizhevsky, Sutskever and Hinton, NeurIPS 2012 (section 4.1) take means of that kind.

Temperature: Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks", ICML 2017.
Evidence: the negative free energy of Liu, Wang, Owens, Li, "Energy-based out-of-distribution
detection", NeurIPS 2020, which is the logarithm of the sum of the exponentials of the logits. Its
mean over the image and its shifts by one pixel told best what is no digit, of the ways that
`benchmarks/rejection.py` compares.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

BINS = 15
SHIFTS = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))


def fit_temperature(logits: Tensor, labels: Tensor) -> float:
    """The temperature that makes softmax(logits / temperature) most likely, 0.05 to 20.

    `logits` is `(N, 10)`, `labels` `(N,)`. The order of the classes stays what it was.
    """
    # One number, one valley: halve the bracket by the golden section, on a logarithmic scale.
    logits, labels = logits.double(), labels.to(logits.device)
    low, high = torch.tensor(0.05).log().item(), torch.tensor(20.0).log().item()
    ratio = (5**0.5 - 1) / 2

    def loss(log_temperature: float) -> float:
        scaled = logits / torch.tensor(log_temperature, dtype=torch.float64).exp()
        return F.cross_entropy(scaled, labels).item()

    while high - low > 1e-4:
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if loss(left) < loss(right):
            high = right
        else:
            low = left
    return float(torch.tensor((low + high) / 2).exp())


def expected_calibration_error(probabilities: Tensor, labels: Tensor) -> float:
    """Mean gap between confidence and accuracy over 15 bins, weighted by their size.

    `probabilities` is `(N, 10)`, `labels` `(N,)`; 0 is perfect.
    """
    confidence, answers = probabilities.max(1)
    right = (answers == labels.to(answers.device)).double()
    bins = (confidence * BINS).long().clamp(max=BINS - 1)
    gaps = torch.zeros(BINS, dtype=torch.float64, device=probabilities.device)
    gaps.index_add_(0, bins, right - confidence.double())
    return (gaps.abs().sum() / len(labels)).item()


def with_shifts(images: Tensor) -> Tensor:
    """Images `(B, 1, 28, 28)` as they are, and moved by a pixel each way: `(5, B, 1, 28, 28)`."""
    height, width = images.shape[-2:]
    padded = F.pad(images, [1] * 4)  # what comes in at the edge is ground
    return torch.stack([padded[..., 1 - y :, 1 - x :][..., :height, :width] for y, x in SHIFTS])


def answer_logits(logits: Tensor) -> Tensor:
    """The logits `(B, 10)` of the answer: the mean over those `(5, B, 10)` of image and shifts."""
    return logits.mean(0)


def evidence(logits: Tensor) -> Tensor:
    """How much speaks for any digit at all: low for what is none.

    `logits` `(5, B, 10)` are those of an image and of its four shifts, the result is `(B,)`. A
    digit is still one when it is moved by a pixel; what looked like one by chance often is not.
    """
    return logits.logsumexp(-1).mean(0)


def choose_threshold(evidences: Tensor, refused: float) -> float:
    """The evidence below which the share `refused` of these digits lies."""
    return evidences.double().quantile(refused).item()
