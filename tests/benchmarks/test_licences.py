"""The list of packages that the app installs."""

import re

from benchmarks import licences, results
from tests.support import ROOT


def test_every_package_has_a_recorded_licence() -> None:
    recorded = results.read("licences")
    assert recorded
    assert [name for name in licences.locked() if not recorded["results"].get(name)] == []


def test_both_lock_files_name_the_same_versions() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    everything = set(re.findall(r"^([\w.-]+)==([\w.]+)", text, re.MULTILINE))
    assert set(licences.locked().items()) <= everything


def test_the_app_installs_what_it_requires_and_nothing_for_gpus() -> None:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    required = {re.split("[><=]", line)[0].lower() for line in text.splitlines()}
    required = {name.replace("_", "-") for name in required}
    assert required <= set(licences.locked())
    assert not [name for name in licences.locked() if name.startswith(("nvidia", "cuda", "triton"))]


def test_every_package_of_the_container_has_checksums() -> None:
    text = (ROOT / "hosting" / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert len(entries) > 20
    assert all("--hash=sha256:" in entry for entry in entries)


def test_the_licence_of_an_installed_package_is_found() -> None:
    assert licences.licence_of("gradio") == "Apache-2.0"
    assert licences.licence_of("no-such-package") is None
