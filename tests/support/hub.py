"""A small Hugging Face Hub on this machine, which stores what it receives."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Hub:
    """What the server has, and what it was asked for."""

    address: str = ""
    refused: dict[str, int] = field(default_factory=dict)
    """the status of each response to an address with one of these parts"""
    created: list[dict[str, Any]] = field(default_factory=list)
    tokens: set[str | None] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)
    """the content of the repository"""


@contextmanager
def serve_hub() -> Iterator[Hub]:
    """Run the server."""
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if "/tree/" not in self.path:
                self.send_error(404)
                return
            self._answer([{"type": "file", "path": p, "size": 1, "oid": "0"} for p in hub.files])

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            hub.tokens.add(self.headers["Authorization"])
            if self.path == "/api/repos/create":
                hub.created.append(asked := json.loads(body))
                folder = "spaces/" if asked["type"] == "space" else ""
                name = f"{asked['organization']}/{asked['name']}"
                self._answer({"url": f"{hub.address}/{folder}{name}"})
            elif self.path == "/api/validate-yaml":
                self._answer({"errors": [], "warnings": []})
            elif "/preupload/" in self.path:
                modes = {"uploadMode": "regular", "shouldIgnore": False}
                paths = [file["path"] for file in json.loads(body)["files"]]
                self._answer({"files": [{"path": path, **modes} for path in paths]})
            elif "/commit/" in self.path:
                self._commit([json.loads(line) for line in body.splitlines()])

        def _commit(self, lines: list[dict[str, Any]]) -> None:
            for line in lines:
                value = line["value"]
                if hub.refused:
                    break
                if line["key"] == "file":
                    hub.files[value["path"]] = base64.b64decode(value["content"])
                elif line["key"] == "deletedFile":
                    del hub.files[value["path"]]
            repository = (
                self.path.removeprefix("/api/").removeprefix("models/").split("/commit/")[0]
            )
            commit = {"commitOid": "0" * 40, "commitUrl": f"{hub.address}/{repository}/commit/0"}
            self._answer(commit)

        def _answer(self, value: Any) -> None:
            status = next((s for part, s in hub.refused.items() if part in self.path), 200)
            body = json.dumps(value if status == 200 else {"error": "a reason"}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hub.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield hub
        finally:
            server.shutdown()
            thread.join()
