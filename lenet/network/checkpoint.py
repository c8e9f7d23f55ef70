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

import safetensors
import safetensors.torch
from huggingface_hub import ModelCard, PyTorchModelHubMixin, hf_hub_download
from huggingface_hub.errors import EntryNotFoundError
from torch import nn

from lenet.errors import SketchpadError
from lenet.files import (
    PREVIOUS,
    check_folder,
    checkpoints_folder,
    complete_folder,
    new_folder,
    project_folder,
)

WEIGHTS, CONFIG, HISTORY = "model.safetensors", "config.json", "history.json"
CARD, CURVES = "README.md", "curves.png"
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
        super()._save_pretrained(save_directory)
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

        Raises:
            SketchpadError: the checkpoint is missing, incomplete or damaged.
        """
        name = str(pretrained_model_name_or_path)
        folder = _local_folder(name)
        if folder:
            for file in (CONFIG, WEIGHTS):
                if not (folder / file).is_file():
                    raise SketchpadError(f"The checkpoint {name} is incomplete: {file} is missing.")
        elif not _is_repository(name):
            raise SketchpadError(
                f"There is no checkpoint {name}. Name a checkpoint folder or a repository on the "
                f"Hugging Face Hub (user/name), or train one: `python train.py --out {name}`."
            )
        try:
            return super().from_pretrained(folder or name, **options)
        except SketchpadError as error:
            raise SketchpadError(f"The checkpoint {name} can't be used. {error}") from error
        except (
            ValueError,  # not JSON
            TypeError,
            KeyError,
            AttributeError,  # JSON, but not a configuration
            RuntimeError,  # weights of a different shape
            safetensors.SafetensorError,
        ) as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else "unreadable"
            raise SketchpadError(
                f"The checkpoint {name} is damaged ({reason}). Train or download it again."
            ) from error
        except OSError as error:
            raise SketchpadError(
                f"The checkpoint {name} could not be downloaded or read. "
                "Check its name and the network connection."
            ) from error

    @classmethod
    def _from_pretrained(
        cls, *, model_id: str, map_location: str = "cpu", strict: bool = True, **rest: Any
    ) -> Any:
        """Like the base class, but every weight must be present and pickle is never read."""
        hub = {
            key: rest.pop(key)
            for key in ("revision", "cache_dir", "force_download", "local_files_only", "token")
        }

        def locate(file: str) -> str:
            if os.path.isdir(model_id):
                return os.path.join(model_id, file)
            return hf_hub_download(model_id, file, **hub)

        model = cls(**rest)
        assert isinstance(model, nn.Module)
        safetensors.torch.load_model(model, locate(WEIGHTS), strict=strict, device=map_location)
        # Checkpoints made by other programs may have neither.
        with suppress(FileNotFoundError, EntryNotFoundError):
            model.history = json.loads(Path(locate(HISTORY)).read_text(encoding="utf-8"))
            model.attachments = {CURVES: Path(locate(CURVES)).read_bytes()}
        return model.eval()


def _local_folder(name: str) -> Path | None:
    """The folder of that name, in the current or the project folder; None if there is none."""
    candidates = (complete_folder(parent / name) for parent in (Path(), project_folder()))
    return next((folder for folder in candidates if folder.is_dir()), None)


def _is_repository(name: str) -> bool:
    """Whether `name`, which is not a folder, looks like `user/name` and not like a missing path."""
    user = name.partition("/")[0]
    folders = (Path(user), project_folder() / user)
    return (
        re.fullmatch(r"[\w.-]+/[\w.-]+", name) is not None
        and user not in (".", "..", checkpoints_folder().name)
        and not any(folder.exists() for folder in folders)
    )


def find_checkpoints(folder: str | Path) -> dict[str, Path]:
    """The checkpoints directly inside `folder`, by name, in alphabetical order."""
    folder = Path(folder)
    if not folder.is_dir():
        return {}
    # A save that is in progress, or was killed, may have renamed the old checkpoint.
    renamed = {path.name[1 : -len(PREVIOUS)] for path in folder.glob(f".*{PREVIOUS}")}
    names = renamed | {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    found = {name: complete_folder(folder / name) for name in sorted(names)}
    return {name: path for name, path in found.items() if (path / CONFIG).is_file()}


def check_target(target: Path) -> None:
    """Check that a checkpoint can be written to the folder `target`.

    Raises:
        SketchpadError: it contains unrelated files, or can't be written.
    """
    known = {WEIGHTS, CONFIG, HISTORY, CARD, CURVES}
    check_folder(target, "checkpoint", "checkpoints/mine", lambda file: file.name in known)
