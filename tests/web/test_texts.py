"""The tables of texts: complete in every language, and the only place with text for visitors."""

import re
from dataclasses import asdict, replace
from typing import Any

import pytest

from lenet import Convolution, LeNetConfig
from lenet.datasets.datasets import DATASETS
from lenet.network.config import PRESET_TITLES, PRESETS
from lenet.network.diagram import diagram
from lenet.network.summary import summarise
from lenet.reading.views import SHIFT, TURN, VIEWS, ZOOM
from tests.web.conftest import Run
from tests.web.test_imports import SOURCES, code

pytestmark = pytest.mark.browser

TABLES = """
const { LANGUAGES } = await import("/core/texts.js");
const flat = (table) => Object.fromEntries(Object.entries(table).flatMap(([section, texts]) =>
  Object.entries(texts).map(([name, text]) => [`${section}.${name}`, text])));
const tables = Object.fromEntries(
  Object.entries(LANGUAGES).map(([code, table]) => [code, flat(table)]));
"""


@pytest.fixture
def tables(run: Run) -> dict[str, dict[str, Any]]:
    """The texts of each language by their keys."""
    return run(TABLES + "return tables;")


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def forms(text: Any) -> list[str]:
    return [text] if isinstance(text, str) else list(text.values())


def test_every_language_has_the_same_texts(tables: dict[str, dict[str, Any]]) -> None:
    assert len(tables) > 1
    for language, table in tables.items():
        assert set(table) == set(tables["en"]), language


def test_translations_use_the_same_values(tables: dict[str, dict[str, Any]]) -> None:
    for language, table in tables.items():
        for key, text in table.items():
            expected = set().union(*map(placeholders, forms(tables["en"][key])))
            for form in forms(text):
                assert form.strip(), f"{language}, {key}"
                assert placeholders(form) == expected, f"{language}, {key}"


def test_texts_have_a_form_for_each_plural(run: Run) -> None:
    missing = run(
        TABLES
        + """
        return Object.entries(tables).flatMap(([code, table]) => {
          const { pluralCategories } = new Intl.PluralRules(code).resolvedOptions();
          return Object.entries(table).flatMap(([key, text]) => typeof text === "string" ? [] :
            pluralCategories.filter((category) => !(category in text)).map((c) => [code, key, c]));
        });
        """
    )
    assert missing == []


def test_known_names_are_in_the_tables(tables: dict[str, dict[str, Any]]) -> None:
    names = {key.partition(".")[2] for key in tables["en"] if key.startswith("networks.")}
    assert names == set(PRESET_TITLES.values())
    classes = {key.partition(".")[2] for key in tables["en"] if key.startswith("classes.")}
    assert classes == set(DATASETS["fashion-mnist"].labels)


def test_plurals_numbers_and_unknown_names_follow_the_language(run: Run) -> None:
    found = run(
        """
        const { knownLanguage, named, setLanguage, text } = await import("/core/texts.js");
        const { grouped, networkTitle, percent } = await import("/core/format.js");
        const say = () => [
          ...[1, 3, 25].map((count) => text("layers.unitCount", { count })),
          percent(0.995), grouped(61706), named("classes", "Coat"), named("classes", "cat"),
          networkTitle("Fashion-MNIST: Classic LeNet"), networkTitle("constructor")];
        const english = say();
        setLanguage("ru");
        const russian = say();
        setLanguage("tlh");
        return [english, russian, say(), knownLanguage(["de", "ru-RU", "en"]), knownLanguage([])];
        """
    )
    english, russian, klingon, *known = found
    assert english == [
        *("1 unit", "3 units", "25 units", "99.5%", "61,706", "Coat", "cat"),
        *("Fashion-MNIST: Classic LeNet", "constructor"),
    ]
    assert russian == [
        *("1 нейрон", "3 нейрона", "25 нейронов", "99,5\N{NARROW NO-BREAK SPACE}%"),
        *("61\N{NO-BREAK SPACE}706", "Пальто", "cat"),
        *("Fashion-MNIST: Классическая LeNet", "constructor"),
    ]
    assert klingon == english
    assert known == ["ru", "en"]


# ------------------------------------------------------------------ what the modules use

MODULES = {name: code(source) for name, source in SOURCES.items() if not name.startswith("texts/")}


def test_every_text_that_a_module_names_exists(tables: dict[str, dict[str, Any]]) -> None:
    for name, source in MODULES.items():
        for key in re.findall(r'\btext\(\s*"([^"]+)"', source):
            assert key in tables["en"], f"{name} uses {key}"


def test_every_text_is_used(tables: dict[str, dict[str, Any]]) -> None:
    source = "\n".join(MODULES.values())
    parts = set(re.findall(r'"(\w+\.\w+)"', source))
    dynamic = set(re.findall(r"`(\w+\.\w*)\$\{", source)) | {"classes.", "networks.", "page.name"}
    unused = [
        key
        for key in tables["en"]
        if not {key, key.removesuffix("Title")} & parts
        and not any(key.startswith(prefix) for prefix in dynamic)
    ]
    assert unused == []


# Errors that only programmers see, imports, selectors, and patterns.
QUOTED = r"""(?:`[^`]*`|"[^"\n]*"|'[^'\n]*')"""
TECHNICAL = re.compile(
    rf"""
    new\ (?:Error|RangeError|NotReachable)\({QUOTED}
    | ^import[^;]*;$
    | \b(?:find|querySelector(?:All)?|closest|matches)\((?:[\w.[\]]+,\s*)?{QUOTED}
    | \(/[^/\n]+/[a-z]*
    """,
    re.M | re.X,
)
ASSIGNED = re.compile(rf"\.(?:textContent|ariaLabel|title|placeholder)\s*=\s*({QUOTED})")
TAG = re.compile(r"<[/!]?\w[^<>]*>")
READABLE = re.compile(r"""\b(?:title|alt|placeholder|aria-label|aria-roledescription)="([^"]*)\"""")
VALUE = re.compile(r"\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")
SENTENCE = re.compile(r"\b[A-Za-z]{2,}(?:'[a-z]+)?[,:]? [a-z]{2,}\b|\b[A-Z][a-z]+\b[.…]")
NAMES = ("LeNet", "Sketchpad")
MARKED = re.compile(r">\s*([A-Za-z][^<>]*?)\s*<")
"""Text between tags."""


def strings_in(source: str) -> list[str]:
    """The strings without their `${values}`; those that `+` joins are one."""
    found: list[str] = []
    end = 0
    for match in re.finditer(QUOTED, source):
        text = VALUE.sub("", match[0][1:-1])
        if found and re.fullmatch(r"\s*\+\s*", source[end : match.start()]):
            found[-1] += text
        else:
            found.append(text)
        end = match.end()
    return found


def words_in(source: str) -> list[str]:
    """What a visitor would read if the module showed all its strings, apart from the tables."""
    source = TECHNICAL.sub("", source)
    found = [
        text for text in ASSIGNED.findall(source) if re.search("[a-z]{2}", VALUE.sub("", text))
    ]
    for text in strings_in(source):
        found += [words for words in READABLE.findall(text) if re.search("[a-z]", words)]
        found += [words for words in MARKED.findall(text) if words not in NAMES]
        plain = TAG.sub("\n", text)
        if SENTENCE.search(plain) and not STYLE.search(plain):
            found.append(plain.strip())
    return found


STYLE = re.compile(
    r"sans-serif|^field far$|^.use strict.;$|[{}#]|gradient|rect\(|prefers-color|minmax"
    r"|^[MLH]?[-\d. ]+|^\s*[.:\[>(]"
)


@pytest.mark.parametrize("module", MODULES)
def test_modules_contain_no_text(module: str) -> None:
    assert words_in(MODULES[module]) == []


def test_text_in_a_module_is_found() -> None:
    for source in (
        'note("The pad is full. Clear it.");',
        "const m = `<button title=\"Clear the pad\">${text('a.b')}</button>`;",
        "const m = `<b>Clear</b>`;",
        'panel.ariaLabel = "Pad";',
        "throw new SketchpadError(`Convolution ${i} does not fit.`);",
    ):
        assert words_in(source), source
    for source in (
        'throw new Error("There is no text here.");',
        'find(panel, ".legend b").style.background = "none";',
        """'<span class="legend one" aria-hidden="true"><i></i></span>'""",
    ):
        assert not words_in(source), source


# ------------------------------------------------------------------ the same words as in Python

CONFIGS = {
    **PRESETS,
    "bordered": replace(PRESETS["relu"], border=2),
    "one": LeNetConfig(convolutions=(Convolution(1, 3, padding=1, pooled=False),), dense=(1,)),
    "average": replace(PRESETS["relu"], pooling="average", labels=("cat", "dog"), dense=()),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_layers_are_described_as_in_python(run: Run, name: str) -> None:
    layers = summarise(CONFIGS[name])
    title = "Tom & Jerry's <net>"
    descriptions, picture, expected = run(
        """
        const { describe } = await import("/core/descriptions.js");
        const { diagram } = await import("/core/diagram.js");
        const { makeConfig } = await import("/core/config.js");
        const [config, layers, title, picture] = argument;
        const words = describe(makeConfig(config));
        const box = document.createElement("div");
        const normal = (svg) => { box.innerHTML = svg; return box.innerHTML; };
        return [words, normal(diagram(layers.map((l, i) => ({ ...l, ...words[i] })), title)),
          normal(picture)];
        """,
        [
            asdict(CONFIGS[name]),
            [{"name": layer.name, "shape": layer.shape} for layer in layers],
            title,
            # Python writes whole floats with a decimal.
            re.sub(r"(\d)\.0\b", r"\1", diagram(layers, title)),
        ],
    )
    assert descriptions == [
        {"description": layer.description, "notation": layer.notation} for layer in layers
    ]
    assert picture == expected


def test_the_film_strip_counts_the_views_of_python(run: Run) -> None:
    found = run(
        """
        const { SHIFT, TURN, VIEWS, ZOOM } = await import("/core/views.js");
        return [SHIFT, TURN, VIEWS, ZOOM];
        """
    )
    assert found == [SHIFT, TURN, VIEWS, ZOOM]
