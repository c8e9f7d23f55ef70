"""Linked modules do what the modules do, with comments left out."""

import re

import pytest

from lenet.page.linking import exports, imported, linked
from lenet.page.modules import ENTRIES, sources
from tests.web.conftest import Run

MODULES = {
    "main.js": """// The entry.
import { add as plus } from "./core/add.js";
import * as words from "./core/words.js";
import { first } from "./core/names.js";
import names from "./core/names.js";

/** Returns all. */
export function all() {
  // A comment.
  return [plus(1, 2), words.hello, words.Greeter.name, names, first];
}
export const url = "https://example.org/"; // stays
""",
    "core/add.js": "export const add = (a, b) => a + b;\n",
    "core/words.js": """import { add } from "./add.js";

export const hello = `hello ${add(1, 1)}`;
export class Greeter {}
export async function later() {}
export function* many() {}
""",
    "core/names.js": """import { add } from "./add.js";

export const first = add("a", "b");
export default ["x", first];
""",
}


def test_modules_come_after_what_they_import() -> None:
    assert imported(MODULES, "main.js") == [
        "core/add.js", "core/words.js", "core/names.js", "main.js",
    ]  # fmt: skip
    assert imported(MODULES, "core/names.js", "core/add.js") == ["core/add.js", "core/names.js"]


@pytest.mark.parametrize("form", ["a module", "a script"])
@pytest.mark.browser
def test_the_result_runs(run: Run, form: str) -> None:
    code = linked(MODULES, "main.js")
    if form == "a module":
        code += exports(MODULES, "main.js")
        body = """const address = URL.createObjectURL(
          new Blob([argument], { type: "text/javascript" }));
        return (await import(address)).all();"""
    else:
        body = 'return new Function(`${argument}; return modules["main.js"].all();`)();'
    assert run(body, code) == [3, "hello 2", "Greeter", ["x", "ab"], "ab"]


def test_only_comments_on_lines_of_their_own_are_left_out() -> None:
    code = linked(MODULES, "main.js")
    assert "The entry" not in code
    assert "Returns all" not in code
    assert "A comment" not in code
    assert '"https://example.org/"; // stays' in code


def test_every_statement_of_the_page_is_in_its_linked_file() -> None:
    code = linked(sources(), *ENTRIES)
    for name, source in sources().items():
        if name == "file.js":
            continue
        declared = re.findall(r"^export ((?:async )?(?:function|class|const).*)", source, re.M)
        assert all(line in code for line in declared), name
    assert not re.search(r"^(import|export)\b", code, re.M)


@pytest.mark.parametrize(
    "line",
    [
        'export { add } from "./add.js";',
        "export let changing = 1;",
        'import "./effects.js";',
        'import all, { effects } from "./effects.js";',
        'const later = await import("./later.js");',
    ],
)
def test_unknown_forms_are_rejected(line: str) -> None:
    with pytest.raises(ValueError, match=r"main\.js can't be linked: .*"):
        linked({"main.js": f"const a = 1;\n{line}\n", "effects.js": ""}, "main.js")
