"""Pictures for people: training curves, and what a threshold trades for what."""

import io
import math
import statistics
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray


def curves_picture(
    epochs: Sequence[float],
    loss: Sequence[float],
    training_accuracy: Sequence[float],
    validation: Sequence[tuple[float, float]],
    title: str,
) -> bytes:
    """Draw loss and accuracies (0 to 1) over epochs, as a PNG.

    `validation` holds pairs (epoch, accuracy), none before the first validation. Losses have an
    axis of their own on the left.
    """
    figure = Figure(figsize=(6.4, 3.6), dpi=150, layout="constrained")
    losses = figure.subplots()
    accuracies = losses.twinx()
    losses.plot(epochs, loss, color="#8a8f98", label="training loss")
    accuracies.plot(epochs, training_accuracy, color="#2563eb", label="training accuracy")
    if validation:
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
    return _png(figure)


def accuracies_picture(
    name: str,
    values: Sequence[float | str],
    lines: Mapping[str, Mapping[float | str, Sequence[float]]],
    title: str,
    kind: str = "validation",
    logarithmic: bool = False,
) -> bytes:
    """Draw what accuracy became of each of `values` of what is called `name`, as a PNG.

    `lines` holds, by their label, the accuracies (0 to 1) of all seeds for each value, where there
    are any. The dots are their means, the bars reach one standard deviation up and down (none for
    a single seed). Numbers stand on the axis to scale (`logarithmic`, if they are above 0), words
    side by side. `kind` says on what the accuracies were measured.
    """
    figure = Figure(figsize=(6.4, 3.6), dpi=150, layout="constrained")
    axes = figure.subplots()
    numbers = [value for value in values if not isinstance(value, str)]
    scaled = len(numbers) == len(values)
    places = dict(zip(values, numbers if scaled else range(len(values)), strict=True))
    for label, accuracies in lines.items():
        axes.errorbar(
            [places[value] for value in accuracies],
            [statistics.mean(seeds) for seeds in accuracies.values()],
            [statistics.stdev(s) if len(s) > 1 else math.nan for s in accuracies.values()],
            fmt="o-" if scaled else "o",
            ms=4,
            capsize=3,
            label=label,
        )
    if logarithmic:
        axes.set_xscale("log")
    if len(values) <= 20:  # more would run into each other
        axes.set_xticks(list(places.values()), [str(value) for value in values])
        axes.minorticks_off()
    axes.set(xlabel=name, ylabel=f"{kind} accuracy", title=title)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.grid(alpha=0.25)
    if len(lines) > 1:
        axes.legend()
    return _png(figure)


def trade_off_picture(
    digits: NDArray[np.floating], others: Mapping[str, NDArray[np.floating]], threshold: float
) -> bytes:
    """Share of digits refused against share of non-digits accepted, as a PNG.

    `digits` `(N,)` and each of `others` `(M,)` hold the evidence of one drawing each; the dot on
    each curve is the `threshold` in use.
    """
    figure = Figure(figsize=(6.4, 4.4), dpi=150, layout="constrained")
    axes = figure.subplots()
    limits = np.quantile(digits, np.linspace(0, 0.2, 400))
    refused = [(digits < limit).mean() for limit in limits]
    for name, scores in others.items():
        (line,) = axes.plot(refused, [(scores >= limit).mean() for limit in limits], label=name)
        here = ((digits < threshold).mean(), (scores >= threshold).mean())
        axes.plot(*here, "o", color=line.get_color())
    axes.set(
        xlabel="drawn digits refused",
        ylabel="non-digits accepted",
        xlim=(0, 0.1),
        ylim=(0, 0.5),
        title="The threshold's trade-off (dots: in use)",
    )
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.grid(alpha=0.25)
    axes.legend()
    return _png(figure)


def _png(figure: Figure) -> bytes:
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()
