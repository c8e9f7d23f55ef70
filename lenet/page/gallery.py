"""The checkpoints in a folder, each loaded on first use, and their menu."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from lenet.datasets.datasets import DATASETS
from lenet.errors import SketchpadError, shown
from lenet.files import complete_folder
from lenet.network.config import PRESET_TITLES
from lenet.network.folder import (
    CONFIG,
    HISTORY,
    WEIGHTS,
    find_checkpoint,
    find_checkpoints,
    folder_state,
    read_file,
    read_folder,
)
from lenet.network.model import LeNet
from lenet.page.versions import version_of
from lenet.reading.prediction import Predictor

DEFAULT_MODEL = "mnist-relu"
FILES = (CONFIG, WEIGHTS)


class Gallery:
    """The checkpoints in a folder."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def names(self) -> list[str]:
        """Names of the checkpoints: the default, then those of the same data set, then the rest."""
        dataset = DEFAULT_MODEL.partition("-")[0]

        def order(name: str) -> tuple[bool, bool, str]:
            return name != DEFAULT_MODEL, not name.startswith(dataset), name

        return sorted(find_checkpoints(self.folder), key=order)

    def has(self, name: str) -> bool:
        """Whether there is a checkpoint of that name."""
        return find_checkpoint(self.folder, name) is not None

    def choose(self, names: Sequence[str]) -> list[str]:
        """The names without duplicates, or those of all checkpoints if there are none.

        Raises:
            SketchpadError: there are no checkpoints.
        """
        chosen = list(dict.fromkeys(names)) or self.names()
        if not chosen:
            raise SketchpadError(
                f"There are no networks in {self.folder}. Choose a different folder with "
                "--checkpoints, or run `python train.py` to train one."
            )
        return chosen

    def remedy(self) -> str:
        """What to do if there is no network of some name."""
        names = self.names()
        return f"Choose {' or '.join(names)}." if names else "Run `python train.py` to train one."

    def menu(self) -> list[dict[str, str | float | None]]:
        """Name, title and test accuracy of each checkpoint; the accuracy is None if unknown."""
        found = find_checkpoints(self.folder)
        names = [name for name in self.names() if name in found]
        return [
            {"name": name, "title": title_of(name), "accuracy": _accuracy(found[name])}
            for name in names
        ]

    def checkpoint(self, name: Any) -> "Checkpoint":
        """The files of the network of that name.

        Raises:
            SketchpadError: there is no such checkpoint, or it can't be read.
        """
        path = find_checkpoint(self.folder, str(name))
        if path is None:
            raise SketchpadError(
                f"There is no network {shown(name)} in {self.folder.name}. {self.remedy()}"
            )
        state = folder_state(path, FILES)
        return _read(path) if state is None else _read_settled(path, state)

    def predictor(self, name: Any) -> Predictor:
        """The network of that name, reloaded if it has been retrained.

        Raises:
            SketchpadError: there is no such checkpoint, or it is damaged.
        """
        return load(self.checkpoint(name))


@dataclass(frozen=True)
class Checkpoint:
    """A network's files, all from the same save."""

    name: str
    version: str
    """a hash of the files"""
    files: dict[str, bytes] = field(compare=False)
    """`config.json` and `model.safetensors`"""


def _read(path: Path) -> Checkpoint:
    try:
        files = read_folder(path, FILES)
    except SketchpadError as error:
        raise SketchpadError(f"The checkpoint {path.name} can't be used. {error}") from error
    return Checkpoint(path.name, version_of(files), files)


@lru_cache(maxsize=16)
def _read_settled(path: Path, _state: tuple[int, ...]) -> Checkpoint:
    """As `_read`, but only once for each state of the files."""
    return _read(path)


def title_of(name: str) -> str:
    """The title of a checkpoint named DATASET-PRESET; other checkpoints keep their name."""
    for dataset in DATASETS.values():
        preset = name.removeprefix(f"{dataset.short_name}-")
        if preset in PRESET_TITLES and preset != name:
            # People expect digits, so only other data sets are named.
            return ("" if dataset.has_digits else f"{dataset.title}: ") + PRESET_TITLES[preset]
    return name


@lru_cache(maxsize=16)
def load(checkpoint: Checkpoint) -> Predictor:
    """Load a checkpoint; once it is retrained or edited, its version differs.

    Raises:
        SketchpadError: it is damaged.
    """
    try:
        return Predictor(LeNet.from_files(checkpoint.files))
    except SketchpadError as error:
        raise SketchpadError(f"The checkpoint {checkpoint.name} can't be used. {error}") from error


def _accuracy(folder: Path) -> float | None:
    """The test accuracy in a checkpoint's history; None if it is missing or unreadable."""
    history = complete_folder(folder) / HISTORY
    try:
        found = history.stat()
    except OSError:
        return None
    return _read_accuracy(history, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=256)
def _read_accuracy(history: Path, changed: int, size: int) -> float | None:
    try:
        results = json.loads(read_file(history))["results"]
        accuracy = float(results["test_accuracy_over_views"])
    # Whatever is wrong with a history, the menu works without this figure.
    except (OSError, ValueError, TypeError, LookupError, OverflowError, RecursionError):
        return None
    return accuracy if 0 <= accuracy <= 1 else None
