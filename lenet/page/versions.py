"""Versions of files, by which browsers recognise what they already have."""

import hashlib
from collections.abc import Mapping


def version_of(files: Mapping[str, bytes]) -> str:
    """16 hexadecimal digits that differ if the name or the content of any file does."""
    result = hashlib.sha256()
    for name, content in files.items():
        for part in (name.encode("utf-8", "surrogateescape"), content):
            result.update(b"%d:" % len(part))
            result.update(part)
    return result.hexdigest()[:16]
