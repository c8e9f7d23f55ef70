"""Serve the page on this machine."""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.support import ROOT


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def serve(command: Sequence[str], port: int | None = None) -> Iterator[str]:
    """Run a Gradio program on `port`, or on a free port; yields its address."""
    with running(command, port) as (address, _):
        yield address


@contextmanager
def running(
    command: Sequence[str], port: int | None = None
) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """The same, but yields the address and the process."""
    port = port or free_port()
    address = f"http://127.0.0.1:{port}/"
    environment = os.environ | {"GRADIO_SERVER_PORT": str(port), "GRADIO_ANALYTICS_ENABLED": "0"}
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(address, timeout=5).close()
                break
            except OSError:
                if process.poll() is not None:
                    output = process.stdout.read() if process.stdout else ""
                    raise RuntimeError(f"The page did not start:\n{output}") from None
                time.sleep(0.1)
        yield address, process
    finally:
        process.terminate()
        process.communicate()


class _Files(SimpleHTTPRequestHandler):
    """The files of a folder below a path; everything else is missing."""

    def __init__(self, *arguments: Any, below: str, **options: Any) -> None:
        self.below = below
        super().__init__(*arguments, **options)

    def translate_path(self, path: str) -> str:
        inside = path.startswith(self.below)
        return super().translate_path("/" + path.removeprefix(self.below) if inside else "/missing")

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@contextmanager
def serve_folder(folder: Path, below: str = "/", port: int = 0) -> Iterator[str]:
    """Serve the files of a folder below a path, as any web server does; yields the address."""
    files = partial(_Files, directory=str(folder), below=below)
    with ThreadingHTTPServer(("127.0.0.1", port), files) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{below}"
        finally:
            server.shutdown()
            thread.join()
