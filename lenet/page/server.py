"""The function that the browser calls: it opens picture files for the pad.

It is asynchronous and bounded, and returns errors as sentences under the key `error`.
"""

import asyncio
import base64
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from lenet.errors import SketchpadError
from lenet.page.sketches import picture_for_pad

MAX_UPLOAD_BYTES = 20_000_000

_unpacking = asyncio.Semaphore(2)  # limits the memory for large pictures


async def open_file(file: Any) -> dict[str, str]:
    """Convert an uploaded picture `{name, data}` (base64) to ink for the pad, `{picture}`."""
    file = file if isinstance(file, Mapping) else {}
    name = str(file.get("name") or "The picture")[:80]
    packed = str(file.get("data", ""))
    if len(packed) > MAX_UPLOAD_BYTES * 4 // 3 + 4:
        limit = MAX_UPLOAD_BYTES // 10**6
        return {"error": f"{name} is larger than {limit} MB. Make it smaller."}
    async with _unpacking:
        try:
            return {"picture": await asyncio.to_thread(_open_packed, packed, name)}
        except SketchpadError as error:
            return {"error": str(error)}


def _open_packed(packed: str, name: str) -> str:
    try:
        file = BytesIO(base64.b64decode(packed, validate=True))
    except ValueError as error:
        raise SketchpadError(f"{name} was damaged in transit. Upload it again.") from error
    return picture_for_pad(file, name)
