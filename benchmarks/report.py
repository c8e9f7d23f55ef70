"""Figures in README.md and docs, written from files that a command has measured.

A block starts with the comment `report: NAME` and ends with the comment `/report`; what stands
between them is replaced by what `BLOCKS` makes of `results/`, `checkpoints/` and `sweeps/`.
"""

import argparse
import json
import re
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import ROOT, results, tables
from lenet.network.config import PRESETS
from lenet.network.summary import summarise, totals
from lenet.reading import views as reading_views

MARKED = re.compile(r"(<!-- report: (?P<name>\S+) -->)(?P<text>.*?)(<!-- /report -->)", re.DOTALL)
KEEP_HEAP = "MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=2147483647"

COMMANDS = {
    "ink_to_picture": "python -m benchmarks.ink_to_picture",
    "strokes": "python -m benchmarks.strokes FILE...",
    "rejection": "python -m benchmarks.rejection --strokes FILE... --picture results/rejection.png",
    "rejection-lenet5-1998": (
        "python -m benchmarks.rejection --strokes FILE... "
        "--checkpoint checkpoints/mnist-lenet5-1998"
    ),
    "training": "python -m benchmarks.training",
    "training-batch-128": "python -m benchmarks.training --batch-size 128",
    "training-kept-heap": f"{KEEP_HEAP} python -m benchmarks.training",
    "seeds-standard": "python -m benchmarks.seeds --recipe standard",
    "seeds-quick": "python -m benchmarks.seeds --recipe quick",
    "seeds-best": "python -m benchmarks.seeds --recipe best --threads 1",
    "seeds-best-fashion-mnist": (
        "python -m benchmarks.seeds --recipe best --dataset fashion-mnist --threads 1"
    ),
    "seeds-d2l": "python -m benchmarks.seeds --recipe d2l",
    "seeds-d2l-slow": "python -m benchmarks.seeds --recipe d2l --lr 0.1 --batch-size 128",
}
"""What measures each results file; `--out results/NAME.json` is added to it."""


class NotMeasuredError(Exception):
    """A results file isn't there; the text is its name."""


def measured(name: str) -> Any:
    """The `results` of `results/NAME.json`."""
    found = results.read(name)
    if found is None:
        raise NotMeasuredError(name)
    return found["results"]


def runs(name: str) -> list[dict[str, Any]]:
    """The runs of `results/seeds-NAME.json`."""
    found: list[dict[str, Any]] = measured(f"seeds-{name}")["runs"]
    return found


def command(name: str) -> str:
    """The command that writes `results/NAME.json`."""
    return f"{COMMANDS[name]} --out results/{name}.json"


def _json(path: str) -> Any:
    return json.loads((ROOT / path).read_text(encoding="utf-8"))


# ------------------------------------------------------------------ the shipped checkpoints

CHECKPOINTS = {
    "mnist-relu": "ReLU, max pooling",
    "mnist-classic": "sigmoid, average pooling: the tutorials' LeNet",
    "mnist-conv3": "32×32, three convolutions",
    "mnist-lenet5-1998": "LeCun's LeNet-5 of 1998",
    "fashion-relu": "ReLU, max pooling, on Fashion-MNIST",
    "fashion-classic": "sigmoid, average pooling, on Fashion-MNIST",
}


def history(checkpoint: str) -> dict[str, Any]:
    """What a shipped checkpoint says about how it was made."""
    found: dict[str, Any] = _json(f"checkpoints/{checkpoint}/history.json")
    return found


def checkpoints_in_short() -> str:
    """What each shipped network reaches as the page answers."""
    return tables.markdown(
        ["network", "architecture", "test accuracy"],
        [
            [f"`{name}`", words, f"{history(name)['results']['test_accuracy_over_views']:.2%}"]
            for name, words in CHECKPOINTS.items()
        ],
    )


def checkpoints() -> str:
    """What each shipped network reaches, and the command that trained it."""
    rows = []
    for name in CHECKPOINTS:
        made = history(name)
        found = made["results"]
        rows.append(
            [
                f"`{name}`",
                f"`{made['command']}`",
                f"{found['validation_accuracy']:.2%}",
                f"{found['test_accuracy_over_views']:.2%}",
                f"{found['test_accuracy']:.2%}",
                f"{found['seconds']:.0f} s",
            ]
        )
    head = ["network", "command", "validation", "test", "test, single view", "training time"]
    return tables.markdown(head, rows)


def averaging() -> str:
    """What the views change, as counts of errors on the test set."""
    found = {name: history(name) for name in CHECKPOINTS if name.startswith("mnist-")}

    def wrong(key: str) -> int:
        return sum(
            round((1 - made["results"][key]) * made["data"]["test"]) for made in found.values()
        )

    images = sum(made["data"]["test"] for made in found.values())
    return (
        f"for the {len(found)} networks that read digits, it cuts the errors on the test set from "
        f"{wrong('test_accuracy')} to {wrong('test_accuracy_over_views')} of {images:,} answers"
    )


def views() -> str:
    """What the views of an image are."""
    return (
        f"the image itself, shifted by {reading_views.SHIFT:g} pixel in each direction, turned by "
        f"{reading_views.TURN:g} degrees both ways, and scaled up and down by "
        f"{reading_views.ZOOM - 1:.0%}"
    )


def calibration() -> str:
    """What dividing by the temperature changes."""
    found = history("mnist-relu")["results"]
    temperature = _json("checkpoints/mnist-relu/config.json")["temperature"]
    return (
        f"for `mnist-relu` a temperature of {temperature:.3f} brings the expected calibration "
        f"error on the test set from {found['test_calibration_error_before']:.2%} to "
        f"{found['test_calibration_error']:.2%}"
    )


# ------------------------------------------------------------------ networks and sweeps

PRESET_SOURCES = {
    "classic": "*Dive into Deep Learning*, section 7.6: sigmoid, average pooling",
    "relu": "the exercises of that section: ReLU, max pooling",
    "conv3": "the LeNet-5 of many tutorials: 32×32, the first dense layer as a third convolution",
    "lenet5-1998": (
        "LeCun and others 1998, section II: trainable subsampling, partial connections "
        "(Table I), squashing, distances to bitmaps, the loss with competing classes"
    ),
}


def presets() -> str:
    """Parameters and multiplications of each preset."""
    rows = []
    for name, config in PRESETS.items():
        counts = totals(summarise(config)).values()
        rows.append([f"`{name}`", PRESET_SOURCES[name], *(f"{count:,}" for count in counts)])
    return tables.markdown(["preset", "after", "parameters", "multiplications an image"], rows)


def kernels() -> str:
    """The sweep over the kernel: accuracies for each size."""
    groups: dict[int, list[dict[str, Any]]] = {}
    for record in _json("sweeps/d2l-kernels/results.json")["records"]:
        groups.setdefault(record["values"]["kernel"], []).append(record)
    return tables.markdown(
        ["kernel", "parameters", "validation", "test"],
        [
            [
                str(kernel),
                f"{records[0]['parameters']:,}",
                *(
                    tables.mean_and_deviation([record[key] for record in records])
                    for key in ("validation_accuracy", "test_accuracy")
                ),
            ]
            for kernel, records in sorted(groups.items())
        ],
    )


# ------------------------------------------------------------------ recipes

NOTEBOOK = ["the tutorial's notebook, on its GPU", "0.467", "0.824", "0.786", "27,559"]
"""Zhang, Lipton, Li, Smola, "Dive into Deep Learning", section 7.6.2, as published."""


def best() -> str:
    """Test errors of the recipe `best` on both data sets."""
    rows = tables.errors("MNIST", runs("best"))
    rows += tables.errors("Fashion-MNIST", runs("best-fashion-mnist"))
    return tables.markdown(["test error", "mean ± deviation", "each seed, %"], rows)


def tutorial() -> str:
    """The tutorial's run next to ours."""
    slow = "`--recipe d2l --lr 0.1 --batch-size 128`"
    rows = [
        NOTEBOOK,
        tables.tutorial_row("`--recipe d2l`", runs("d2l")),
        tables.tutorial_row(slow, runs("d2l-slow")),
    ]
    head = ["", "training loss", "training accuracy", "test accuracy, single view", "examples/s"]
    return tables.markdown(head, rows)


def standard() -> str:
    """What a plain `python train.py` reaches, and what it takes."""
    found = runs("standard")
    mean = {key: statistics.mean(run[key] for run in found) for key in found[0]}
    return (
        f"reaches {mean['test_accuracy_over_views']:.2%} on the test set "
        f"({mean['test_accuracy']:.2%} from a single view) after {mean['total_seconds']:.0f} s, "
        f"start and test included"
    )


def memory() -> str:
    """The peak memory of a plain `python train.py`."""
    return f"{max(run['peak_memory_mb'] for run in runs('standard')) / 1000:.1f} GB"


def quick() -> str:
    """What the recipe `quick` reaches, and what it takes."""
    found = runs("quick")
    right = [run["test_accuracy"] for run in found]
    seconds = statistics.mean(run["training_seconds"] for run in found)
    return (
        f"trains for {seconds:.1f} s and reaches {statistics.mean(right):.2%} on the test set from "
        f"a single view (mean of {len(found)} seeds; {min(right):.2%} to {max(right):.2%})"
    )


def bfloat16() -> str:
    """How much faster bfloat16 trains."""
    speeds = {
        row["way"]: row["examples_per_second"]
        for row in measured("training")["ways"]
        if row["preset"] == "relu"
    }
    return f"{speeds['bfloat16'] / speeds['float32']:.1f} times the speed of float32"


# ------------------------------------------------------------------ where the figures come from


def sources() -> str:
    """The command, date, machine and versions of every results file."""
    rows = []
    for name in COMMANDS:
        found = results.read(name)
        if found is None:
            rows.append([f"`{command(name)}`", "not measured yet", "", "", ""])
            continue
        machine = found["machine"]
        amx = "with AMX" if machine["amx"] else "no AMX"
        rows.append(
            [
                f"`{found['command']}`",
                found["date"],
                f"{machine['cpu']}, {machine['cores']} cores, {amx}",
                found["versions"]["python"],
                found["versions"]["torch"],
            ]
        )
    return tables.markdown(["command", "date", "machine", "Python", "torch"], rows)


BLOCKS: dict[str, Callable[[], str]] = {
    "checkpoints-in-short": checkpoints_in_short,
    "checkpoints": checkpoints,
    "averaging": averaging,
    "views": views,
    "calibration": calibration,
    "presets": presets,
    "kernels": kernels,
    "best": best,
    "best-mnist-runs": lambda: tables.seeds(runs("best")),
    "best-fashion-mnist-runs": lambda: tables.seeds(runs("best-fashion-mnist")),
    "tutorial": tutorial,
    "standard": standard,
    "memory": memory,
    "quick": quick,
    "bfloat16": bfloat16,
    "training": lambda: tables.training(measured("training")),
    "training-batch-128": lambda: tables.training(measured("training-batch-128")),
    "training-kept-heap": lambda: tables.training(measured("training-kept-heap")),
    "strokes": lambda: tables.strokes(measured("strokes")),
    "rejected": lambda: tables.rejected(measured("rejection")),
    "accepted": lambda: tables.accepted(measured("rejection")),
    "accepted-lenet5-1998": lambda: tables.accepted(measured("rejection-lenet5-1998")),
    "ways-of-scoring": lambda: tables.ways_of_scoring(measured("rejection")),
    "rejected-by-all": lambda: f"{measured('rejection')['rejected_by_all']:.0%}",
    "evidence-cost": lambda: f"{measured('rejection')['evidence_ms']:.2f} ms",
    "ink-to-picture": lambda: tables.ink_to_picture(measured("ink_to_picture")),
    "ink-to-picture-facts": lambda: tables.ink_to_picture_facts(measured("ink_to_picture")),
    "sources": sources,
}


def block(name: str) -> str:
    """The text of a block; where nothing has been measured, the command that does it."""
    try:
        return BLOCKS[name]()
    except NotMeasuredError as error:
        return f"*(not measured yet: `{command(str(error))}`)*"


def rewrite(text: str, block: Callable[[str], str] = block) -> str:
    """`text` with every marked block written again."""

    def written(match: re.Match[str]) -> str:
        start, _, old, end = match.groups()
        new = block(match["name"])
        return f"{start}\n{new}\n{end}" if old.startswith("\n") else f"{start}{new}{end}"

    return MARKED.sub(written, text)


def pages() -> list[Path]:
    """README.md and the pages of docs."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the figures in README.md and docs.")
    parser.add_argument("--check", action="store_true", help="change nothing, report differences")
    check = parser.parse_args().check
    outdated = []
    for page in pages():
        text = page.read_text(encoding="utf-8")
        new = rewrite(text)
        if new != text:
            outdated.append(page)
            if not check:
                page.write_text(new, encoding="utf-8")
    for page in outdated:
        name = page.relative_to(ROOT)
        print(f"{name} is out of date: run scripts/report." if check else f"{name} written.")
    return int(check and bool(outdated))


if __name__ == "__main__":
    sys.exit(main())
