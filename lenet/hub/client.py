"""Send an upload to the Hugging Face Hub, and put its problems in sentences."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, get_token
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, OfflineModeIsEnabled
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]

from lenet.errors import SketchpadError
from lenet.hub.uploads import Upload

# Depending on the version of huggingface_hub, an exception of httpx or of httpx2.
ConnectionProblem: type[Exception] = HfHubHTTPError.__bases__[0]

PROBLEMS = {
    401: "Hugging Face doesn't accept your token. Run `hf auth login` to store a new one.",
    402: "Hugging Face asks for a paid plan to create {repository}. Static Spaces and models are "
    "free, and so are a few ZeroGPU Spaces.",
    403: "Your token may not write to {repository}. Check the name before the slash, or use a "
    "token with write access.",
    404: "Hugging Face has no user or organisation {owner}, or you are not a member. Check the "
    "name before the slash.",
    409: "{repository} was changed by someone else at the same time. Run the command again.",
    412: "{repository} was changed by someone else at the same time. Run the command again.",
    429: "Hugging Face received too many requests from you. Run the command again later.",
}
"""What to say about the status of a response."""


def check_repository(repository: str) -> None:
    """Check the name of a repository, without contacting the Hub.

    Raises:
        SketchpadError: it is not a name such as user/name.
    """
    try:
        validate_repo_id(repository)
        valid = repository.count("/") == 1
    except HFValidationError:
        valid = False
    if not valid:
        raise SketchpadError(
            f"{repository!r} is not the name of a repository. Write it as user/name, with letters, "
            "digits, '-', '_' and '.'."
        )


def send(upload: Upload, repository: str, private: bool) -> str:
    """Create the repository if it is missing, and upload the files; returns its address.

    Raises:
        SketchpadError: there is no token, or the Hub can't be reached or rejects the upload.
    """
    if not get_token():
        raise SketchpadError(
            "You are not logged in to Hugging Face. Run `hf auth login`, or set HF_TOKEN to a "
            "token with write access."
        )
    api, kind = HfApi(), upload.repository_type
    with _sentences(repository):
        address = api.create_repo(
            repository,
            repo_type=kind,
            private=private or None,
            exist_ok=True,
            space_sdk=upload.sdk,
            space_hardware=upload.hardware,  # type: ignore[arg-type]  # their enumeration of names
        )
        older = api.list_repo_files(repository, repo_type=kind)
        api.create_commit(
            repository,
            [
                *(CommitOperationAdd(path, content) for path, content in upload.files.items()),
                *(CommitOperationDelete(path) for path in older if _is_outdated(path, upload)),
            ],
            commit_message="Upload with lenet deploy",
            repo_type=kind,
        )
    return str(address)


def _is_outdated(path: str, upload: Upload) -> bool:
    """Whether a file in the repository was part of an older upload only."""
    first = path.partition("/")[0]
    ours = any(fnmatchcase(first, pattern) for pattern in upload.replaced)
    return ours and path not in upload.files


@contextmanager
def _sentences(repository: str) -> Iterator[None]:
    try:
        yield
    except HfHubHTTPError as error:
        raise SketchpadError(_sentence(error, repository)) from error
    except (ConnectionProblem, OfflineModeIsEnabled, OSError) as error:
        raise SketchpadError(
            "Hugging Face can't be reached, or the connection broke. Check the network connection "
            "and run the command again."
        ) from error
    except ValueError as error:
        reason = str(error).strip().splitlines()[0]
        raise SketchpadError(f"Hugging Face rejected the upload ({reason}).") from error


def _sentence(error: HfHubHTTPError, repository: str) -> str:
    status = error.response.status_code
    if status in PROBLEMS:
        return PROBLEMS[status].format(repository=repository, owner=repository.partition("/")[0])
    if status >= 500:
        return f"Hugging Face has a problem at the moment (status {status}). Run this again later."
    said = re.sub(r"\s+", " ", error.server_message or "").strip()[:200]
    return f"Hugging Face rejected the upload (status {status}{said and f': {said}'})."
