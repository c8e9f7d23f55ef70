"""A Content-Security-Policy for pages that contain their own scripts and styles."""

import base64
import hashlib
from collections.abc import Sequence


def policy(**sources: Sequence[str]) -> str:
    """A policy that allows these sources and nothing else: `script` for `script-src`, and so on."""
    allowed = (f"{kind}-src {' '.join(found)}" for kind, found in sources.items())
    return "; ".join(["default-src 'none'", *allowed, "base-uri 'none'", "form-action 'none'"])


def hash_of(code: str) -> str:
    """The source that allows this inline script or style, and no different one."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"
