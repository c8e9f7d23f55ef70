"""What browsers load: the modules, linked into one file."""

import json

from lenet.page.linking import imported
from lenet.page.modules import ENTRIES, inline_json, sources, web_files


def test_all_modules_are_needed_by_an_entry() -> None:
    assert set(imported(sources(), *ENTRIES, "file.js")) == set(sources())


def test_browsers_load_three_files() -> None:
    assert list(web_files()) == ["page.js", "worker.js", "style.css"]


def test_style_does_not_end_its_element() -> None:
    assert b"</style" not in web_files()["style.css"].lower()


def test_json_can_not_end_its_script_element() -> None:
    value = {"a": "</script><script>", "b": "<!-- </SCRIPT >"}
    text = inline_json(value)
    assert "<" not in text
    assert json.loads(text) == value
