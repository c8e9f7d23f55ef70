import json
import shutil
from pathlib import Path

import pytest
from starlette.requests import Request

from lenet.page.gallery import Gallery
from lenet.server.health import health
from tests.support import ROOT

REQUEST = Request({"type": "http"})


def test_one_usable_network_is_enough(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "checkpoints" / "mnist-relu", tmp_path / "good")
    shutil.copytree(ROOT / "checkpoints" / "mnist-relu", tmp_path / "bad")
    (tmp_path / "bad" / "model.safetensors").write_bytes(b"damaged")
    response = health(Gallery(tmp_path), REQUEST)
    assert response.status_code == 200
    assert json.loads(bytes(response.body)) == {"status": "ok", "network": "good"}


@pytest.mark.parametrize("content", [None, b"damaged"], ids=["none", "damaged"])
def test_without_a_usable_network_the_app_is_not_healthy(
    tmp_path: Path, content: bytes | None
) -> None:
    if content:
        shutil.copytree(ROOT / "checkpoints" / "mnist-relu", tmp_path / "bad")
        (tmp_path / "bad" / "model.safetensors").write_bytes(content)
    response = health(Gallery(tmp_path), REQUEST)
    assert response.status_code == 503
    assert json.loads(bytes(response.body))["error"].startswith("No network can be used.")
