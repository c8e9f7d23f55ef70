"""The networks that the page fetches."""

from typing import Any

import pytest

from tests.web.conftest import Run

pytestmark = pytest.mark.browser

GALLERY = """
const { Gallery } = await import("/core/gallery.js");
const { NotReachable } = await import("/core/files.js");
const { SketchpadError } = await import("/core/errors.js");
const { bytes } = await import("/core/bytes.js");
const requests = [];
const about = { version: "v1", labels: ["0"], examples: null };
let failure = null;
const answer = async (path, content) => {
  requests.push(path);
  await null;
  if (failure && failure.path.test(path)) throw failure.error;
  return content();
};
const files = {
  json: (path) => answer(path, () => path.startsWith("examples/") ? [["AAAA"]] : { ...about }),
  text: (path) => answer(path, () => argument.config),
  bytes: (path) => answer(path, () => bytes(argument.weights).buffer),
};
const gallery = new Gallery(files);
"""


@pytest.fixture
def with_gallery(run: Run, tiny_checkpoint: dict[str, str]) -> Run:
    """Runs code with a gallery whose networks are all the same tiny one."""
    return lambda body: run(GALLERY + body, tiny_checkpoint)


def test_a_network_is_fetched_once(with_gallery: Run) -> None:
    same, requests, found = with_gallery(
        """
        about.examples = "examples/mnist.json";
        const network = await gallery.network("my net");
        const same = network === await gallery.network("my net");
        const { name, labels, testImages } = network;
        return [same, requests, { name, labels, testImages }];
        """
    )
    assert same
    folder = "networks/my%20net"
    assert requests == [
        f"{folder}/about.json",
        f"{folder}/v1/config.json",
        f"{folder}/v1/model.safetensors",
        "examples/mnist.json",
        f"{folder}/about.json",
    ]
    assert found == {"name": "my net", "labels": ["0"], "testImages": [["AAAA"]]}


def test_a_retrained_network_is_fetched_again(with_gallery: Run) -> None:
    same, requests = with_gallery(
        """
        const network = await gallery.network("one");
        about.version = "v2";
        requests.length = 0;
        return [network === await gallery.network("one"), requests];
        """
    )
    assert not same
    assert requests[1:] == ["networks/one/v2/config.json", "networks/one/v2/model.safetensors"]


def test_a_network_that_is_retrained_while_it_is_fetched_is_fetched_again(
    with_gallery: Run,
) -> None:
    version = with_gallery(
        """
        failure = { path: /v1/, error: new SketchpadError("missing") };
        const pending = gallery.network("one");
        await null;
        about.version = "v2";
        return (await pending).version;
        """
    )
    assert version == "v2"


@pytest.mark.parametrize("path", ["about", "v2"])
def test_fetched_networks_stay_when_the_server_is_gone(with_gallery: Run, path: str) -> None:
    same, error = with_gallery(
        f"""
        const network = await gallery.network("one");
        about.version = "v2";
        failure = {{ path: /{path}/, error: new NotReachable() }};
        const same = network === await gallery.network("one");
        const error = await gallery.network("two").catch((error) => error);
        return [same, error instanceof NotReachable];
        """
    )
    assert same
    assert error


def test_a_damaged_network_is_reported(with_gallery: Run) -> None:
    error: Any = with_gallery(
        """
        await gallery.network("one");
        failure = { path: /about/, error: new SketchpadError("It is damaged.") };
        return gallery.network("one").catch((error) => error.message);
        """
    )
    assert error == "It is damaged."
