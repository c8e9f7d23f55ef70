"""The browser's modules as a whole: which ones the page needs, and how they import each other."""

import json
import re

from lenet.page.modules import imported, inline_json, modules, with_absolute_imports


def test_an_entry_needs_itself_and_what_it_imports() -> None:
    needed = imported("element.js")
    assert needed[0] == "element.js"
    assert {"main.js", "core/files.js", "core/ink.js", "views/draw.js"} <= set(needed)
    assert "site.js" not in needed
    assert len(needed) == len(set(needed))


def test_all_modules_are_needed_by_an_entry() -> None:
    code = {name for name in modules() if name.endswith(".js")}
    assert set(imported("element.js", "site.js", "worker.js")) == code


def test_imports_can_be_made_absolute() -> None:
    entries = ("main.js", "core/files.js", "worker.js")
    for name in imported(*entries):
        code = with_absolute_imports(name, "sketchpad/")
        statements = re.findall(r"""^(?:import|export)\b[^;]*?\bfrom\s+"(.+?)";""", code, re.M)
        assert {s.removeprefix("sketchpad/") for s in statements} <= set(imported(*entries))
        assert all(s.startswith("sketchpad/") for s in statements)
        assert code.count("\n") == modules()[name].count(b"\n")
        assert "import(" not in code, "dynamic imports would stay relative"


def test_json_can_not_end_its_script_element() -> None:
    value = {"a": "</script><script>", "b": "<!-- </SCRIPT >"}
    text = inline_json(value)
    assert "<" not in text
    assert json.loads(text) == value
