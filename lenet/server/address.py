"""Where the app listens, and under which path visitors see it."""

import errno
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from lenet.errors import SketchpadError

HOST, PORT = "127.0.0.1", 7860
LAST_PORT = 65_535


@dataclass(frozen=True)
class Address:
    """Host, port, and the path that a proxy strips."""

    host: str = HOST
    port: int = PORT
    root_path: str = ""
    """such as /digits, or a full address; empty if there is none"""

    def __post_init__(self) -> None:
        """Check what can be checked without the network, and drop slashes at the path's end.

        Raises:
            SketchpadError: the port or the path is invalid.
        """
        if not 1 <= self.port <= LAST_PORT:
            raise SketchpadError(f"--port must be between 1 and {LAST_PORT:,}, got {self.port}.")
        if self.root_path and not self.root_path.startswith(("/", "http://", "https://")):
            raise SketchpadError(
                f"--root-path must start with / or http, got {self.root_path!r}. "
                f"Use /{self.root_path}."
            )
        object.__setattr__(self, "root_path", self.root_path.rstrip("/"))

    @property
    def bare_host(self) -> str:
        """The host without the brackets of an IPv6 address."""
        return self.host.removeprefix("[").removesuffix("]")

    @property
    def host_in_url(self) -> str:
        """The host with the brackets of an IPv6 address."""
        return f"[{self.bare_host}]" if ":" in self.bare_host else self.bare_host

    @property
    def url(self) -> str:
        """What to open in a browser on this machine."""
        everywhere = self.bare_host in ("0.0.0.0", "::")
        return f"http://{'localhost' if everywhere else self.host_in_url}:{self.port}/"

    def check_free(self) -> None:
        """Check that nothing else listens here.

        Raises:
            SketchpadError: the port is taken or forbidden, or the host isn't one of this machine's.
        """
        try:
            # By default this would try datagrams, too.
            found = socket.getaddrinfo(self.bare_host, self.port, type=socket.SOCK_STREAM)
            family, _, _, _, where = found[0]
            with socket.socket(family) as probe:
                if os.name == "posix":  # elsewhere it means that a taken port may be shared
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(where)
        except OSError as error:
            raise self._unusable(error.errno) from error
        except UnicodeError as error:  # such as a..b, which no address can be
            raise self._unusable() from error

    def _unusable(self, number: int | None = None) -> SketchpadError:
        match number:
            case errno.EADDRINUSE:
                return SketchpadError(
                    f"Port {self.port} is taken by another program. Stop it, or choose a free port "
                    "with --port."
                )
            case errno.EACCES:
                return SketchpadError(
                    f"You may not use port {self.port}. Choose 1024 or higher with --port."
                )
        return SketchpadError(
            f"This machine has no address {self.host!r}. Use --host {HOST}, or 0.0.0.0 to let "
            "other machines open the page."
        )


def environment(variables: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The defaults of the options `host`, `port` and `root_path`, from Gradio's variables."""
    return {
        "host": variables.get("GRADIO_SERVER_NAME") or HOST,
        "port": variables.get("GRADIO_SERVER_PORT") or str(PORT),
        "root_path": variables.get("GRADIO_ROOT_PATH") or "",
    }
