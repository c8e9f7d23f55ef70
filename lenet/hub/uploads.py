"""The files of each kind of upload, chosen by what is needed where they go.

Nothing else is read: no data sets, results or tests, and in the package no hidden files or links.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lenet.errors import SketchpadError
from lenet.files import project_folder
from lenet.network.folder import CARD, CONFIG, CURVES, HISTORY, WEIGHTS, read_folder
from lenet.network.model import LeNet
from lenet.page.gallery import Gallery
from lenet.page.site import site_files

Files = Mapping[str, bytes]

APP_FILES = ("app.py", "requirements.txt", "README.md", "LICENSE")
PACKAGE_FILES = (
    "*.py",
    "network/*.md",
    "page/assets/*.png",
    "page/web/**/*.js",
    "page/web/**/*.css",
    "server/*.html",
)
"""Inside the package; those that are not Python are the `package-data` of pyproject.toml."""

REQUIRED, OPTIONAL = (CONFIG, WEIGHTS), (HISTORY, CARD, CURVES)
"""The files of a checkpoint."""

ZERO_GPU = "zero-a10g"
"""The Hub's name of the ZeroGPU hardware, whatever GPU it uses."""
ZERO_GPU_VERSIONS = {"torch": "2.11.0", "torchvision": "0.26.0"}
"""The newest PyTorch that https://huggingface.co/docs/hub/spaces-zerogpu lists (August 2026), and
the torchvision that requires it."""
ZERO_GPU_PYTHON = "3.12.12"
"""From the same list."""


@dataclass(frozen=True)
class Upload:
    """Files for a repository on the Hub."""

    title: str
    """what they are, as part of a sentence"""
    files: Files
    """the content by path"""
    replaced: tuple[str, ...]
    """the first parts of the paths that belong to such an upload, as patterns; what an older one
    left there is deleted"""
    repository_type: Literal["space", "model"] = "space"
    sdk: Literal["gradio", "static"] | None = None
    hardware: str | None = None


def app_upload(gallery: Gallery, names: Sequence[str], zero_gpu: bool) -> Upload:
    """The Gradio app with these networks, for a Space on a CPU or on ZeroGPU.

    Raises:
        SketchpadError: a network can't be used, or the app's files are missing.
    """
    project = project_folder()
    missing = [name for name in (*APP_FILES, "lenet") if not (project / name).exists()]
    if missing:
        raise SketchpadError(
            f"{missing[0]} is missing. Run this command in the folder of the project, which "
            "contains the app."
        )
    files = _read(project, APP_FILES)
    package = (path for pattern in PACKAGE_FILES for path in _matches(project / "lenet", pattern))
    files |= _read(project, (path.relative_to(project).as_posix() for path in package))
    for name in names:
        gallery.predictor(name)  # a damaged network is reported before anything is sent
        found = checkpoint_files(gallery.folder / name)
        files |= {f"checkpoints/{name}/{file}": content for file, content in found.items()}
    if zero_gpu:
        files |= _for_zero_gpu(files)
    title = f"the app for a Gradio Space on {'ZeroGPU' if zero_gpu else 'a CPU'}"
    replaced = (*APP_FILES, "lenet", "checkpoints")
    return Upload(title, files, replaced, sdk="gradio", hardware=ZERO_GPU if zero_gpu else None)


def site_upload(gallery: Gallery, names: Sequence[str]) -> Upload:
    """The static site with these networks.

    Raises:
        SketchpadError: a network can't be used.
    """
    files = site_files(gallery, names)
    # Addresses with a version change with the content.
    parts = {re.sub(r"^web-.*", "web-*", path.partition("/")[0]) for path in files}
    return Upload("the site for a static Space", files, tuple(sorted(parts)), sdk="static")


def checkpoint_upload(folder: Path, repository: str) -> Upload:
    """A checkpoint with its card, which then loads it from `repository`.

    Raises:
        SketchpadError: the folder contains no checkpoint, or a damaged one.
    """
    if not folder.is_dir():
        raise SketchpadError(f"There is no folder {folder}. Name the folder of a checkpoint.")
    model = LeNet.from_pretrained(folder.resolve())
    files = checkpoint_files(folder)
    card = files.get(CARD, str(model.generate_model_card()).encode())
    files[CARD] = card.replace(
        b'from_pretrained("FOLDER")', f'from_pretrained("{repository}")'.encode()
    )
    title = f"the checkpoint {folder.name} as a model"
    return Upload(title, files, (*REQUIRED, *OPTIONAL), repository_type="model")


def checkpoint_files(folder: Path) -> dict[str, bytes]:
    """The files of a checkpoint by name."""
    return read_folder(folder, REQUIRED, OPTIONAL)


def _matches(package: Path, pattern: str) -> list[Path]:
    """The files of the package that match a pattern, without those that are hidden or links."""
    paths = package.rglob(pattern) if pattern == "*.py" else package.glob(pattern)
    return sorted(
        path
        for path in paths
        if path.is_file()
        and not path.is_symlink()
        and not any(part.startswith(".") for part in path.relative_to(package).parts)
    )


def _read(folder: Path, names: Iterable[str]) -> dict[str, bytes]:
    try:
        return {name: (folder / name).read_bytes() for name in names}
    except OSError as error:
        raise SketchpadError(
            f"{error.filename} can't be read ({error.strerror}). Check its permissions."
        ) from error


def _for_zero_gpu(files: Files) -> dict[str, bytes]:
    """Requirements and README with the versions that ZeroGPU supports."""
    requirements = files["requirements.txt"].decode()
    for package, version in ZERO_GPU_VERSIONS.items():
        requirements = re.sub(rf"(?m)^{package}\b[^-\n]*$", f"{package}=={version}", requirements)
    readme = re.sub(
        r"(?m)^python_version: .*$",
        f'python_version: "{ZERO_GPU_PYTHON}"',
        files["README.md"].decode(),
        count=1,
    )
    return {"requirements.txt": requirements.encode(), "README.md": readme.encode()}
