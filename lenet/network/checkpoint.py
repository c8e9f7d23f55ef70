"""Checkpoints: self-contained folders without executable code.

    checkpoints/NAME/
        config.json         how to build the network
        model.safetensors   its weights
        history.json        the command, settings and data of the run, its reports and results
        README.md           the model card
        curves.png          the training curves, if there are any

A network class inherits the mixin to be saved, loaded and pushed to the Hugging Face Hub. The mixin
itself is independent of the network's architecture.
"""

import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from huggingface_hub import ModelCard, PyTorchModelHubMixin, hf_hub_download
from huggingface_hub.errors import EntryNotFoundError
from torch import nn

from lenet.errors import SketchpadError
from lenet.files import (
    check_folder,
    checkpoints_folder,
    complete_folder,
    new_folder,
    project_folder,
)
from lenet.network.folder import (
    CARD,
    CONFIG,
    CURVES,
    HISTORY,
    WEIGHTS,
    UnusableFileError,
    read_file,
    read_folder,
)
from lenet.network.weights import parse_json, read_weights

CARD_TEMPLATE = Path(__file__).with_name("model_card.md")


class CheckpointMixin(PyTorchModelHubMixin):
    """huggingface_hub's mixin, made atomic and strict, without pickle.

    `history` is JSON that describes how the weights were trained; `attachments` are extra files in
    the folder, by name.
    """

    history: Mapping[str, Any] | None = None
    attachments: Mapping[str, bytes] = {}

    def save_pretrained(self, save_directory: str | Path, **options: Any) -> str | None:
        """Write the checkpoint; the old one stays intact until the new one is complete.

        Raises:
            SketchpadError: the folder contains unrelated files, or can't be written.
        """
        target = Path(save_directory)
        check_target(target)
        with new_folder(target, "checkpoint") as staging:
            # push_to_hub also calls this method, with extra options.
            url = super().save_pretrained(staging, **options)
        return url

    def _save_pretrained(self, save_directory: Path) -> None:
        assert isinstance(self, nn.Module)
        weights = {name: tensor.contiguous() for name, tensor in self.state_dict().items()}
        content = safetensors.torch.save(weights, {"format": "pt"})
        (save_directory / WEIGHTS).write_bytes(content)
        if self.history is not None:
            text = json.dumps(self.history, indent=1)
            (save_directory / HISTORY).write_text(text + "\n", encoding="utf-8")
        for name, content in self.attachments.items():
            (save_directory / name).write_bytes(content)

    def generate_model_card(self, *_: Any, **values: Any) -> ModelCard:
        """The model card, filled in from the network and its history."""
        return ModelCard.from_template(
            self._hub_mixin_info.model_card_data,
            template_path=str(CARD_TEMPLATE),
            history=self.history,
            attachments=sorted(self.attachments),
            **self.model_card_values(),
            **values,
        )

    def model_card_values(self) -> dict[str, Any]:
        """Extra values for the model card; subclasses override this."""
        return {}

    @classmethod
    def from_pretrained(cls, pretrained_model_name_or_path: str | Path, **options: Any) -> Any:
        """Load a checkpoint from a folder, or from a repository `user/name` on the Hub.

        A relative path is resolved against the current folder first, then the project folder.

        `options` are those of huggingface_hub's `hf_hub_download`, such as `revision`.

        Raises:
            SketchpadError: the checkpoint is missing, incomplete or damaged.
        """
        name = str(pretrained_model_name_or_path)
        folder = _local_folder(name)
        if not folder and not _is_repository(name):
            raise SketchpadError(
                f"There is no checkpoint {name}. Name a checkpoint folder or a repository on the "
                f"Hugging Face Hub (user/name), or train one: `python train.py --out {name}`."
            )
        try:
            if folder:
                files = read_folder(folder, (CONFIG, WEIGHTS), (HISTORY, CURVES))
            else:
                files = _download(name, **options)
            return cls.from_files(files)
        except SketchpadError as error:
            raise SketchpadError(f"The checkpoint {name} can't be used. {error}") from error

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Any:
        """The network in a checkpoint's files, by name.

        Nothing is built before the sizes of the weights have been compared with the configuration,
        so memory is bounded by the size of the files.

        Raises:
            SketchpadError: they are damaged, or don't fit together.
        """
        config = cls._parse_config(files[CONFIG])
        weights = read_weights(files[WEIGHTS], cls._shapes(config))
        model = cls(config)
        assert isinstance(model, nn.Module)
        model.load_state_dict(weights)
        # Checkpoints made by other programs may have neither.
        if HISTORY in files:
            model.history = _parse_history(files[HISTORY])
            model.attachments = {CURVES: files[CURVES]} if CURVES in files else {}
        return model.eval()

    @classmethod
    def _shapes(cls, config: Any) -> dict[str, tuple[int, ...]]:
        """The shapes of the network's weights, without memory for them."""
        with torch.device("meta"):
            model = cls(config)
        assert isinstance(model, nn.Module)
        return {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}

    @classmethod
    def _parse_config(cls, content: bytes) -> Any:
        """The configuration in a config.json."""
        try:
            found = parse_json(content)
        except ValueError as error:
            raise SketchpadError(
                "The network's configuration is damaged: it can't be read. Train or download the "
                "network again."
            ) from error
        if not isinstance(found, dict):
            raise SketchpadError("The network's configuration is damaged: it must be an object.")
        return cls._decode_arg(cls._hub_mixin_init_parameters["config"].annotation, found)


def _parse_history(content: bytes) -> dict[str, Any]:
    try:
        history = json.loads(content)
    except (ValueError, RecursionError):
        history = None
    if not isinstance(history, dict):
        raise SketchpadError(f"Its {HISTORY} is damaged. Delete that file or train again.")
    return history


def _download(name: str, **options: Any) -> dict[str, bytes]:
    """The files of a repository on the Hub, by name."""
    files = {}
    try:
        for file in (CONFIG, WEIGHTS):
            files[file] = read_file(Path(hf_hub_download(name, file, **options)))
        with suppress(FileNotFoundError, EntryNotFoundError):
            for file in (HISTORY, CURVES):
                files[file] = read_file(Path(hf_hub_download(name, file, **options)))
    except UnusableFileError as error:
        raise SketchpadError(f"It is damaged: {error}.") from error
    except (OSError, ValueError) as error:
        raise SketchpadError(
            "It could not be downloaded. Check its name and the network connection."
        ) from error
    return files


def _local_folder(name: str) -> Path | None:
    """The folder of that name, in the current or the project folder; None if there is none."""
    folders = (parent / name for parent in (Path(), project_folder()))
    return next((folder for folder in folders if os.path.isdir(complete_folder(folder))), None)


def _is_repository(name: str) -> bool:
    """Whether `name`, which is not a folder, looks like `user/name` and not like a missing path."""
    user = name.partition("/")[0]
    folders = (Path(user), project_folder() / user)
    return (
        re.fullmatch(r"[\w.-]+/[\w.-]+", name) is not None
        and user not in (".", "..", checkpoints_folder().name)
        and not any(map(os.path.exists, folders))
    )


def check_target(target: Path) -> None:
    """Check that a checkpoint can be written to the folder `target`.

    Raises:
        SketchpadError: it contains unrelated files, or can't be written.
    """
    known = {WEIGHTS, CONFIG, HISTORY, CARD, CURVES}
    check_folder(target, "checkpoint", "checkpoints/mine", lambda file: file.name in known)
