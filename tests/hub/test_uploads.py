"""What each upload contains, and that it is enough to run."""

import re
import shutil
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import RepoCard
from packaging.requirements import Requirement

from lenet.errors import SketchpadError
from lenet.hub import uploads
from lenet.hub.uploads import ZERO_GPU, Upload, app_upload, checkpoint_upload, site_upload
from lenet.page.gallery import Gallery
from lenet.page.site import site_files
from tests.support import ROOT

NAMES = ["mnist-relu", "fashion-relu"]


@pytest.fixture
def gallery() -> Gallery:
    return Gallery(ROOT / "checkpoints")


def card(upload: Upload) -> dict[str, Any]:
    return RepoCard(upload.files["README.md"].decode()).data.to_dict()


def write(files: uploads.Files, folder: Path) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def test_the_app_contains_every_file_of_the_package_and_nothing_else(gallery: Gallery) -> None:
    files = app_upload(gallery, NAMES, zero_gpu=False).files
    listed = subprocess.run(
        ["git", "ls-files", "lenet"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    needed = {path for path in listed if not path.endswith(".d.ts")}  # types, for the linter only
    assert {path for path in files if path.startswith("lenet/")} >= needed
    beyond = {path.partition("/")[0] for path in files} - {"lenet"}
    assert beyond == {*uploads.APP_FILES, "checkpoints"}
    assert {path.split("/")[1] for path in files if path.startswith("checkpoints/")} == set(NAMES)
    for path, content in files.items():
        assert content == (ROOT / path).read_bytes()


def test_the_app_runs_from_what_is_sent(gallery: Gallery, tmp_path: Path) -> None:
    write(app_upload(gallery, NAMES, zero_gpu=False).files, tmp_path)
    program = """
from lenet.page.gallery import Gallery
from lenet.page.published import published
import lenet.server.blocks
gallery = Gallery("checkpoints")
assert gallery.names() == ["mnist-relu", "fashion-relu"], gallery.names()
for address in ("networks.json", "networks/mnist-relu/about.json", "element.js", "preview.png"):
    assert published(gallery, address).content
"""
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)
    done = subprocess.run(
        [sys.executable, "app.py", "--help"],
        cwd=tmp_path, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert "usage: python app.py" in done.stdout


def test_hidden_files_and_links_stay_behind(
    gallery: Gallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in uploads.APP_FILES:
        shutil.copy(ROOT / name, tmp_path)
    package = tmp_path / "lenet"
    web = package / "page" / "web"
    web.mkdir(parents=True)
    (tmp_path / ".env").write_text("TOKEN=secret")
    (tmp_path / "data").mkdir()
    (package / "module.py").write_text("")
    (package / ".secret.py").write_text("secret")
    (package / "notes.txt").write_text("secret")
    (package / "link.py").symlink_to(tmp_path / ".env")
    (package / ".hidden").mkdir()
    (package / ".hidden" / "module.py").write_text("secret")
    (web / "main.js").write_text("")
    (web / "key.pem").write_text("secret")
    monkeypatch.setattr(uploads, "project_folder", lambda: tmp_path)
    files = app_upload(gallery, NAMES[:1], zero_gpu=False).files
    inside = {path for path in files if path.startswith("lenet/")}
    assert inside == {"lenet/module.py", "lenet/page/web/main.js"}
    assert not any(b"secret" in content for content in files.values())


def test_the_patterns_are_those_of_the_installed_package() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    table = project.partition("[tool.setuptools.package-data]")[2].partition("\n\n")[0]
    expected = {
        f"{package}/{pattern}"
        for package, patterns in re.findall(r'^"lenet\.(\w+)" = \[(.*)\]$', table, re.MULTILINE)
        for pattern in re.findall(r'"([^"]+)"', patterns)
    }
    assert set(uploads.PACKAGE_FILES) - {"*.py"} == expected


def test_without_the_project_there_is_no_app_to_send(
    gallery: Gallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "project_folder", lambda: tmp_path)
    with pytest.raises(SketchpadError, match=r"app\.py is missing"):
        app_upload(gallery, NAMES, zero_gpu=False)


def test_on_zero_gpu_only_versions_differ(gallery: Gallery) -> None:
    cpu, gpu = (app_upload(gallery, NAMES, zero_gpu=choice) for choice in (False, True))
    different = {path for path in gpu.files if gpu.files[path] != cpu.files[path]}
    assert gpu.files.keys() == cpu.files.keys()
    assert different == {"requirements.txt", "README.md"}
    assert (cpu.hardware, gpu.hardware) == (None, ZERO_GPU)
    before, after = (u.files["requirements.txt"].decode().splitlines() for u in (cpu, gpu))
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [f"{name}=={version}" for name, version in uploads.ZERO_GPU_VERSIONS.items()]
    assert card(gpu) == {**card(cpu), "python_version": uploads.ZERO_GPU_PYTHON}


def test_our_requirements_allow_the_versions_of_zero_gpu() -> None:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    found = {r.name: r.specifier for r in map(Requirement, text.splitlines())}
    for name, version in uploads.ZERO_GPU_VERSIONS.items():
        assert version in found[name]
    for version in ("2.8.0", "2.9.1", "2.10.0", "2.11.0"):
        assert version in found["torch"]


def test_the_site_is_that_of_the_command_site(gallery: Gallery) -> None:
    upload = site_upload(gallery, NAMES)
    assert upload.files == site_files(gallery, NAMES)
    assert card(upload)["sdk"] == upload.sdk == "static"
    firsts = {path.partition("/")[0] for path in upload.files}
    assert all(any(fnmatchcase(f, pattern) for pattern in upload.replaced) for f in firsts)
    assert "web-*" in upload.replaced


def test_the_card_of_a_checkpoint_names_its_repository(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "checkpoints" / "mnist-relu", tmp_path / "mine")
    (tmp_path / "mine" / ".token").write_text("secret")
    upload = checkpoint_upload(tmp_path / "mine", "you/mine")
    assert set(upload.files) == {*uploads.REQUIRED, *uploads.OPTIONAL}
    text = upload.files["README.md"].decode()
    assert 'Predictor.from_pretrained("you/mine")' in text
    assert card(upload)["library_name"] == "lenet-sketchpad"


def test_a_checkpoint_without_a_card_gets_one(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "checkpoints" / "mnist-relu", tmp_path / "mine")
    (tmp_path / "mine" / "README.md").unlink()
    text = checkpoint_upload(tmp_path / "mine", "you/mine").files["README.md"].decode()
    assert "# LeNet with relu activation" in text
    assert 'Predictor.from_pretrained("you/mine")' in text


@pytest.mark.parametrize("damage", ["missing", "empty", "damaged"])
def test_a_damaged_checkpoint_is_reported(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "mine"
    if damage != "missing":
        folder.mkdir()
    if damage == "damaged":
        shutil.copytree(ROOT / "checkpoints" / "mnist-relu", folder, dirs_exist_ok=True)
        (folder / "model.safetensors").write_bytes(b"no")
    with pytest.raises(SketchpadError, match="mine"):
        checkpoint_upload(folder, "you/mine")
