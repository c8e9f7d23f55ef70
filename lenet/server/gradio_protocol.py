"""What Gradio's clients call to use `/predict`, so that any process may answer any request.

A client uploads a picture, joins the queue, and reads the answer from a stream. Gradio's own queue
lives in the memory of one process; here, the request that joins is answered first, and its answer
waits in the folder that all processes share (`lenet.server.spool`).
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import anyio
import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from lenet.errors import SketchpadError
from lenet.server.problems import RequestError, problem_response
from lenet.server.reader import Reader
from lenet.server.spool import Spool

PREFIX = "/gradio_api"
MOST_FILES = 10
"""Files in one upload."""
POLL = 0.02
"""Seconds between two looks for an answer that another request is working on."""
LONGEST_SESSION = 100
EXPECTED = 'The request must be JSON such as {"data": [{"path": "…"}, "mnist-relu"]}'
NO_FILE = RequestError('Upload a picture as the field "files" of a form.')
CLOSED = b'data: {"msg": "close_stream", "event_id": null}\n\n'


class GradioProtocol:
    """The routes for Gradio's clients."""

    def __init__(self, reader: Reader, spool: Spool) -> None:
        self.reader, self.spool = reader, spool

    def routes(self) -> list[BaseRoute]:
        """They precede Gradio's own."""
        return [
            Route(f"{PREFIX}/upload", self.upload, methods=["POST"]),
            Route(f"{PREFIX}/queue/join", self.join, methods=["POST"]),
            Route(f"{PREFIX}/queue/data", self.stream),
            Route(f"{PREFIX}/call/predict", self.call, methods=["POST"]),
            Route(f"{PREFIX}/call/predict/{{event}}", self.result),
        ]

    async def upload(self, request: Request) -> Response:
        """Store pictures; returns their names."""
        if not request.headers.get("content-type", "").startswith("multipart/form-data"):
            return problem_response(NO_FILE)
        try:
            async with request.form(max_files=MOST_FILES, max_fields=MOST_FILES) as form:
                files = [value for value in form.getlist("files") if not isinstance(value, str)]
                names = [await anyio.to_thread.run_sync(self.spool.keep, f.file) for f in files]
        except SketchpadError as error:
            return problem_response(error)
        # Whatever is wrong with a form, Starlette may raise anything.
        except (HTTPException, ValueError, KeyError, AttributeError):
            names = []
        if not names:
            return problem_response(RequestError('Upload a picture in the form field "files".'))
        return JSONResponse(names)

    async def join(self, request: Request) -> Response:
        """Answer a call, and keep the answer for the stream of its session."""
        try:
            call = await _call(request)
            session = call.get("session_hash")
            if not isinstance(session, str) or not 0 < len(session) <= LONGEST_SESSION:
                raise RequestError('"session_hash" must be a string of 1 to 100 characters.')
        except SketchpadError as error:
            return problem_response(error)
        return await self._answer(session, uuid4().hex, call)

    async def call(self, request: Request) -> Response:
        """The same for programs that have no session."""
        try:
            call = await _call(request)
        except SketchpadError as error:
            return problem_response(error)
        event = uuid4().hex
        return await self._answer(event, event, call)

    async def _answer(self, session: str, event: str, call: dict[str, Any]) -> Response:
        with self.spool.promise(session, event):
            answer = {"msg": "process_completed", "event_id": event, **await self._output(call)}
            self.spool.put(session, event, orjson.dumps(answer))
        return JSONResponse({"event_id": event})

    async def _output(self, call: dict[str, Any]) -> dict[str, Any]:
        try:
            path, model = _arguments(call, self.reader.default)
            with self.spool.open(path) as picture:
                reading = await self.reader.read(picture, model)
        except SketchpadError as error:
            details = {"visible": True, "duration": 10, "title": "Error"}
            return {"success": False, "output": {"error": str(error), **details}}
        return {"success": True, "output": {"data": [reading], "is_generating": False}}

    async def stream(self, request: Request) -> Response:
        """The answers that a session is waiting for, as events."""
        session = request.query_params.get("session_hash", "")
        return _events(self._messages(session))

    async def _messages(self, session: str) -> AsyncIterator[bytes]:
        async for answer in self._answers(session):
            yield b"data: " + answer + b"\n\n"
        yield CLOSED

    async def _answers(self, session: str) -> AsyncIterator[bytes]:
        # What is no longer due before a look is found by it.
        is_due = True
        while is_due:
            is_due = self.spool.is_due(session)
            for answer in self.spool.take(session):
                yield answer
            if is_due:
                await asyncio.sleep(POLL)

    async def result(self, request: Request) -> Response:
        """The answer to a call without a session, as an event."""
        return _events(self._result(request.path_params["event"]))

    async def _result(self, event: str) -> AsyncIterator[bytes]:
        name, data = b"error", orjson.dumps({"error": "There is no such answer. Call again."})
        async for answer in self._answers(event):
            found = orjson.loads(answer)
            name = b"complete" if found["success"] else b"error"
            data = orjson.dumps(found["output"].get("data", found["output"]))
        yield b"event: %b\ndata: %b\n\n" % (name, data)


async def _call(request: Request) -> dict[str, Any]:
    """The body of a call."""
    try:
        call = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise RequestError(f"{EXPECTED}. This one can't be read as JSON.") from error
    if not isinstance(call, dict):
        raise RequestError(f"{EXPECTED}, got a value of type {type(call).__name__}.")
    return call


def _arguments(call: dict[str, Any], default: str) -> tuple[object, str]:
    """The path of the picture, and the name of the network."""
    match call.get("data"):
        case [dict(picture)]:
            return picture.get("path"), default
        case [dict(picture), None]:
            return picture.get("path"), default
        case [dict(picture), str(model)]:
            return picture.get("path"), model
        case [dict(), model]:
            kind = type(model).__name__
            raise RequestError(
                f"The model must be the name of a network, got a value of type {kind}."
            )
        case [_] | [_, _]:
            raise RequestError("The picture is not an uploaded file. Upload it first.")
    raise RequestError(f"{EXPECTED}. The picture is missing.")


def _events(messages: AsyncIterator[bytes]) -> Response:
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(messages, media_type="text/event-stream", headers=headers)
