"""Uploading, to a small Hub on this machine."""

from collections.abc import Iterator
from functools import partial

import pytest
from huggingface_hub import HfApi

from lenet.errors import SketchpadError
from lenet.hub import client
from lenet.hub.client import check_repository, send
from lenet.hub.uploads import ZERO_GPU, Upload
from tests.support.hub import Hub, serve_hub

CARD = b"---\ntitle: A page\nsdk: static\n---\n"
SITE = Upload(
    "the site",
    {"README.md": CARD, "index.html": b"new", "web-2/main.js": b"code"},
    ("README.md", "index.html", "web-*"),
    sdk="static",
)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setenv("HF_TOKEN", "hf_token")
    with serve_hub() as hub:
        monkeypatch.setattr(client, "HfApi", partial(HfApi, endpoint=hub.address))
        yield hub


def test_a_new_space_is_created_and_filled(hub: Hub) -> None:
    assert send(SITE, "you/page", private=False) == f"{hub.address}/spaces/you/page"
    assert hub.created == [
        {"name": "page", "organization": "you", "type": "space", "sdk": "static"}
    ]
    assert hub.files == SITE.files
    assert hub.tokens == {"Bearer hf_token"}


def test_a_space_on_zero_gpu_is_created_with_that_hardware(hub: Hub) -> None:
    app = Upload("the app", {"app.py": b""}, ("app.py",), sdk="gradio", hardware=ZERO_GPU)
    send(app, "you/app", private=True)
    assert hub.created[0]["hardware"] == "zero-a10g"
    assert hub.created[0]["sdk"] == "gradio"
    assert hub.created[0]["visibility"] == "private"


def test_a_checkpoint_becomes_a_model(hub: Hub) -> None:
    send(Upload("it", {"config.json": b"{}"}, (), repository_type="model"), "you/net", False)
    assert hub.created == [{"name": "net", "organization": "you", "type": "model"}]
    assert hub.files == {"config.json": b"{}"}


def test_an_older_upload_is_replaced_and_the_rest_stays(hub: Hub) -> None:
    hub.files |= {"index.html": b"old", "web-1/main.js": b"old", "CNAME": b"mine"}
    send(SITE, "you/page", private=False)
    assert hub.files == {**SITE.files, "CNAME": b"mine"}


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, r"rejected the upload \(status 400: a reason\)"),
        (401, "doesn't accept your token"),
        (402, "paid plan to create you/page"),
        (403, "may not write to you/page"),
        (404, "no user or organisation you"),
        (409, "changed by someone else"),
        (429, "too many requests"),
        (500, r"has a problem at the moment \(status 500\)"),
    ],
)
def test_each_problem_is_a_sentence(hub: Hub, status: int, words: str) -> None:
    # An existing repository isn't created again, so a conflict is one between changes.
    hub.refused["/commit/" if status == 409 else "/api/repos/create"] = status
    with pytest.raises(SketchpadError, match=words):
        send(SITE, "you/page", private=False)
    assert hub.files == {}


def test_without_a_connection_it_says_so(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "HfApi", partial(HfApi, endpoint="http://127.0.0.1:9"))
    with pytest.raises(SketchpadError, match="can't be reached"):
        send(SITE, "you/page", private=False)


def test_without_a_token_nobody_is_contacted(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "get_token", lambda: None)
    with pytest.raises(SketchpadError, match="hf auth login"):
        send(SITE, "you/page", private=False)
    assert not hub.created


@pytest.mark.parametrize("name", ["you/page", "YOU/lenet-sketchpad", "a.b/c_d"])
def test_names_of_repositories_are_accepted(name: str) -> None:
    check_repository(name)


@pytest.mark.parametrize(
    "name",
    ["", "page", "/page", "you/", "you/my page", "a/b/c", "../x", "you/a--b", "you/ü", "x" * 200],
)
def test_other_names_are_rejected(name: str) -> None:
    with pytest.raises(SketchpadError, match="user/name"):
        check_repository(name)
