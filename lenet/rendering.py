"""Pictures for people: the training curves."""

import io
from collections.abc import Sequence

from matplotlib.figure import Figure


def curves_picture(
    epochs: Sequence[float],
    loss: Sequence[float],
    training_accuracy: Sequence[float],
    validation: Sequence[tuple[float, float]],
    title: str,
) -> bytes:
    """Draw loss and accuracies (0 to 1) over epochs, as a PNG.

    `validation` holds pairs (epoch, accuracy). Losses have an axis of their own on the left.
    """
    figure = Figure(figsize=(6.4, 3.6), dpi=150, layout="constrained")
    losses = figure.subplots()
    accuracies = losses.twinx()
    losses.plot(epochs, loss, color="#8a8f98", label="training loss")
    accuracies.plot(epochs, training_accuracy, color="#2563eb", label="training accuracy")
    accuracies.plot(
        *zip(*validation, strict=True), "o-", color="#ea580c", ms=4, label="validation accuracy"
    )
    losses.set(xlabel="epoch", ylabel="loss", title=title, xlim=(0, None))
    losses.set_ylim(bottom=0)
    accuracies.set_ylabel("accuracy")
    worst = min((a for _, a in validation), default=0.9)
    accuracies.set_ylim(max(0.0, min(worst, *training_accuracy[len(epochs) // 10 :]) - 0.005), 1)
    losses.grid(alpha=0.25)
    lines = [*losses.get_lines(), *accuracies.get_lines()]
    losses.legend(lines, [str(line.get_label()) for line in lines], loc="center right")
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()
