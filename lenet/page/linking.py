"""Links the browser's modules into one script.

The modules stay what they are, in the same order, one function each: readable in developer tools,
and without a build step. Comments are left out.
"""

import posixpath
import re
from collections.abc import Mapping

_IMPORT = re.compile(r"""^import\s+(\w+|\* as \w+|\{[^}]*\})\s+from\s+"(\.[^"]+)";""", re.M)
_EXPORT = re.compile(r"^export (?:async )?(?:function\*?|class|const) (\w+)", re.M)
_DEFAULT = re.compile(r"^export default ", re.M)
# On lines of their own, a quarter of the code.
_COMMENT = re.compile(r"^ *(?://[^\n]*|/\*\*(?:(?!\*/).)*\*/)\n", re.M | re.S)
_UNKNOWN = re.compile(r"^(?:import|export)\b.*|\bimport\(.*", re.M)


def linked(modules: Mapping[str, str], *entries: str) -> str:
    """One script with these entries and all that they import, in the constant `modules`.

    The argument `modules` contains the code of each module by its path.

    Raises:
        ValueError: a module uses a form of import or export that this doesn't understand.
    """
    bodies = (
        f'modules["{name}"] = (() => {{\n{_body(modules, name)}\n}})();\n'
        for name in imported(modules, *entries)
    )
    return "".join(['"use strict";\nconst modules = {};\n', *bodies])


def exports(modules: Mapping[str, str], *entries: str) -> str:
    """What makes a linked script a module that exports what these entries export."""
    return "".join(
        f'export const {{ {", ".join(_EXPORT.findall(modules[entry]))} }} = modules["{entry}"];\n'
        for entry in entries
    )


def imported(modules: Mapping[str, str], *entries: str) -> list[str]:
    """The paths of the entries and all that they import, each after what it imports."""
    found: dict[str, None] = {}

    def add(name: str) -> None:
        if name not in found:
            for match in _IMPORT.finditer(modules[name]):
                add(_resolved(name, match[2]))
            found[name] = None

    for entry in entries:
        add(entry)
    return list(found)


def _body(modules: Mapping[str, str], name: str) -> str:
    """A module's code as the body of a function that returns what the module exports."""
    code = _COMMENT.sub("", modules[name])
    exports = _EXPORT.findall(code)
    if _DEFAULT.search(code):
        exports.append("default: byDefault")
    code = _IMPORT.sub(
        lambda match: f'const {_pattern(match[1])} = modules["{_resolved(name, match[2])}"];', code
    )
    code = _DEFAULT.sub("const byDefault = ", code)
    code = _EXPORT.sub(lambda match: match[0].removeprefix("export "), code)
    if unknown := _UNKNOWN.search(code):
        raise ValueError(f"{name} can't be linked: {unknown[0]}")
    return f"{code.strip()}\nreturn {{ {', '.join(exports)} }};"


def _pattern(names: str) -> str:
    """What is imported, as a pattern: `{ a as b }` → `{ a: b }`, `* as a` → `a`."""
    if names.startswith("* as "):
        return names.removeprefix("* as ")
    return names.replace(" as ", ": ") if names.startswith("{") else f"{{ default: {names} }}"


def _resolved(module: str, relative: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(module), relative))
