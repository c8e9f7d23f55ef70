"""Results as Markdown tables: printed by the benchmarks, written to docs by `benchmarks.report`.

Every function receives the `results` of a results file.
"""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Results = Mapping[str, Any]

TITLES = {
    "pendigits_dev": "UCI pen-based digits, raw recordings",
    "unipen_digits_dev": "UNIPEN digits",
    "omniglot_nondigit_dev": "Omniglot letters",
    "numberpad_symbols_nondigit_dev": "symbols (+ − / ? ^ e x)",
}
"""Titles of the public stroke collections, by file name."""


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def mean_and_deviation(shares: Sequence[float], digits: int = 2) -> str:
    """Mean and standard deviation in percent; only the mean if there is a single value."""
    mean = f"{100 * statistics.mean(shares):.{digits}f}"
    if len(shares) > 1:
        mean += f" ± {100 * statistics.stdev(shares):.{digits}f}"
    return f"{mean}%"


def share(value: float | None) -> str:
    """A share in percent; a dash if it was not measured."""
    return "–" if value is None else f"{value:.2%}"


def title(name: str) -> str:
    return TITLES.get(name, name)


# ------------------------------------------------------------------ drawn digits, non-digits


STROKE_SHARES = ("nearest_right", "rejected", "rejected_for_strokes", "answered_right")


def strokes(measured: Results, groups: str = "files") -> str:
    """How well strokes are read: one row per entry of `files`, `sources` or `digits`."""
    return markdown(
        [
            groups.removesuffix("s"),
            "writers",
            "drawn",
            "most probable digit right",
            "rejected",
            "rejected only for strokes",
            "answered right",
        ],
        [
            [
                ", ".join([title(row["name"]), *filter(None, [row.get("change")])]),
                str(row["writers"]),
                f"{row['drawn']:,}",
                *(f"{row[key]:.2%}" for key in STROKE_SHARES),
            ]
            for row in measured[groups]
        ],
    )


def rejected(measured: Results) -> str:
    """The digits rejected at the checkpoint's threshold."""
    return markdown(
        ["digits", "images", "rejected"],
        [
            [title(row["name"]), f"{row['images']:,}", f"{row['rejected']:.2%}"]
            for row in measured["digits"]
        ],
    )


def accepted(measured: Results) -> str:
    """The non-digits accepted at the checkpoint's threshold, with and without lookalikes."""
    rows = [
        [
            title(row["name"]),
            f"{row['images']:,}",
            share(row["accepted"]),
            f"{row['clear']:,}",
            share(row["clear_accepted"]),
        ]
        for row in measured["non_digits"]
    ]
    images, clear = (sum(row[key] for row in measured["non_digits"]) for key in ("images", "clear"))
    means = [share(measured[f"{kind}accepted_mean_of_sets"]) for kind in ("", "clear_")]
    alls = [share(measured[f"{kind}accepted_of_all_images"]) for kind in ("", "clear_")]
    rows.append(["mean of the sets", "", means[0], "", means[1]])
    rows.append(["all images", f"{images:,}", alls[0], f"{clear:,}", alls[1]])
    head = ["non-digits", "images", "accepted", "without lookalikes", "accepted"]
    return markdown(head, rows)


def ways_of_scoring(measured: Results) -> str:
    """The non-digits that each score accepts when all reject the same share of digits."""
    sets = list(measured["ways"][0]["accepted"])
    return markdown(
        ["score", *map(title, sets), "mean"],
        [
            [row["way"], *(f"{row['accepted'][name]:.1%}" for name in sets), f"{row['mean']:.1%}"]
            for row in measured["ways"]
        ],
    )


# ------------------------------------------------------------------ pictures


def pictures(measured: Results) -> str:
    """How well each kind of picture with one digit is read."""
    keys = ("right", "rejected", "wrong", "more than one", "blank", "error")
    rows = [*measured["kinds"]["one"], {"name": "all", **measured["all"]}]
    return _outcomes(rows, {key: key for key in keys})


def pictures_of_several(measured: Results) -> str:
    """What pictures with more than one digit are taken for."""
    return _outcomes(
        measured["kinds"]["several"],
        {
            "more than one": "reported as more than one",
            "wrong": "read as one digit",
            "rejected": "rejected",
            "blank": "blank",
            "error": "error",
        },
    )


def blank_pictures(measured: Results) -> str:
    """What pictures of blank paper are taken for."""
    return _outcomes(
        measured["kinds"]["blank"],
        {
            "blank": "blank",
            "rejected": "rejected",
            "wrong": "read as a digit",
            "more than one": "reported as more than one digit",
            "error": "error",
        },
    )


def _outcomes(rows: Iterable[Results], columns: Mapping[str, str]) -> str:
    return markdown(
        ["kind", "pictures", *columns.values()],
        [
            [row["name"], f"{row['pictures']:,}", *(f"{row[key]:.1%}" for key in columns)]
            for row in rows
        ],
    )


def mnist_as_pictures(measured: Results) -> str:
    """How well MNIST's test images are read as they are and as pictures."""
    keys = ("right", "rejected", "wrong")
    return markdown(
        ["MNIST's test images", "images", *keys],
        [
            [row["name"], f"{row['images']:,}", *(f"{row[key]:.2%}" for key in keys)]
            for row in measured["mnist"]
        ],
    )


def picture_time(measured: Results) -> str:
    """How long finding the ink takes."""
    found = measured["time"]
    return (
        f"Finding the ink in a picture of 1000×1000 pixels takes {found['median_ms']:.0f} ms of "
        f"CPU time in Python (median over kinds; at most {found['longest_ms']:.0f} ms)."
    )


# ------------------------------------------------------------------ stopped runs


def kills(measured: Results) -> str:
    """What runs that were stopped at random moments left behind."""
    titles = {
        "kills": "SIGKILL at any moment",
        "kills_in_saves": "SIGKILL in a save",
        "storms": "SIGINT and SIGTERM in turns until the end",
    }
    return markdown(
        [
            "stopped by",
            "runs",
            "with an unfinished save",
            "checkpoints damaged",
            "networks lost",
            "resumed",
            "different weights",
            "files left behind",
        ],
        [
            [
                title,
                *(
                    f"{measured[key][count]:,}"
                    for count in (
                        "stopped",
                        "mid_save",
                        "damaged",
                        "lost",
                        "resumed",
                        "different",
                        "littered",
                    )
                ),
            ]
            for key, title in titles.items()
        ],
    )


# ------------------------------------------------------------------ hostile input


def properties(measured: Results) -> str:
    """How many cases of each kind of input were tried, and the most that one took."""
    kinds: dict[str, list[Results]] = {}
    for found in measured["properties"].values():
        for kind, tally in found["kinds"].items():
            kinds.setdefault(kind, []).append(tally)
    rows = []
    for kind, tallies in sorted(kinds.items()):
        cases, rejected = (sum(tally[key] for tally in tallies) for key in ("cases", "rejected"))
        seconds, megabytes = (
            max(tally[key]["value"] for tally in tallies) for key in ("seconds", "megabytes")
        )
        # Chromium doesn't report its memory.
        memory = f"{megabytes:,.0f} MB" if megabytes else "–"
        longest = f"{1000 * seconds:,.0f} ms"
        rows.append([kind, f"{cases:,}", f"{rejected / cases:.0%}", longest, memory])
    return markdown(["input", "cases", "rejected", "slowest", "most memory"], rows)


def properties_facts(measured: Results) -> str:
    """How many properties were tried, and how many failed."""
    # One that fails early has no tally.
    tried = [f for f in measured["properties"].values() if f["kinds"] or f["failed"]]
    cases = sum(tally["cases"] for found in tried for tally in found["kinds"].values())
    faults = sum(found["failed"] for found in tried)
    return (
        f"Together these are {cases:,} cases of {len(tried)} properties, {faults} of which failed."
    )


# ------------------------------------------------------------------ speed


def ink_to_picture(measured: Results) -> str:
    """How fast each page follows the pen."""
    return markdown(
        [
            "page",
            "pointer event → picture, p50",
            "p95",
            "delivery → picture, p50",
            "updates/s",
            "last move → last picture",
            "requests a stroke",
        ],
        [
            [
                _page(row["name"], measured),
                _number(row["p50_ms"], " ms"),
                _number(row["p95_ms"], " ms"),
                _number(row["response_ms"], " ms"),
                _number(row["updates_per_second"]),
                _number(row["after_last_move_ms"], " ms"),
                f"{row['requests_per_stroke']:.0f}",
            ]
            for row in measured["pages"]
        ],
    )


def ink_to_picture_facts(measured: Results) -> str:
    """Sentences with figures that the table leaves out."""
    pages = {row["name"]: row for row in measured["pages"]}
    ours, baseline = pages["sketchpad"], pages["baseline"]
    times = baseline["after_last_move_ms"] / ours["after_last_move_ms"]
    pinned = pages["sketchpad, pinned"]["response_ms"] / ours["response_ms"]
    return (
        f"Rounds: {measured['rounds']}; the figures are their medians. After the last move the "
        f"baseline takes {times:.0f} times as long as the sketchpad. With the microscope "
        f"pinned, the time from delivery to picture is {pinned:.2f} times as long. While a sketch "
        f"grows to {measured['points']:,} points, the page is never busy for more than "
        f"{measured['longest_block_ms']:.0f} ms at a time."
    )


def first_visit(measured: Results) -> str:
    """How each page loads."""
    return markdown(
        ["page", "HTML → first answer", "files", "transferred"],
        [
            [
                _page(row["name"], measured),
                _number(row["first_answer_ms"], " ms"),
                _number(row["first_files"]),
                _number(row["first_kilobytes"], " KB"),
            ]
            for row in measured["pages"]
            if row["first_answer_ms"] is not None
        ],
    )


def sizes(measured: Results) -> str:
    """The sizes of the static forms."""
    found = measured["sizes"]
    return markdown(
        ["form", "files", "size"],
        [
            ["static site", f"{found['site_files']}", _number(found["site_bytes"] / 1000, " KB")],
            ["single file", "1", _number(found["page_bytes"] / 1000, " KB")],
        ],
    )


def _page(name: str, measured: Results) -> str:
    """What a row of the two tables above measures."""
    return {
        "sketchpad, pinned": "sketchpad, microscope pinned",
        "sketchpad, pinned, throttled": (
            f"sketchpad, microscope pinned, CPU {measured['throttle']} times slower"
        ),
        "sketchpad, delayed": f"sketchpad, {measured['delay_ms']} ms of round trip added",
        "sketchpad, throttled": f"sketchpad, CPU {measured['throttle']} times slower",
        "baseline": "baseline: Gradio's own components",
    }.get(name, name)


def loading(measured: Results) -> str:
    """How many visitors can load the page, next to the baseline."""
    rows = [
        [row["cache"], f"{row['requests']:.0f}", f"{row['kilobytes']:,.0f}", *_crowd(row, baseline)]
        for row, baseline in _next_to_baseline(measured, "loading")
    ]
    return markdown(["cache", "requests", "KB", "visitors at once", "visits/s", *CROWD], rows)


def calls(measured: Results) -> str:
    """How many programs can call `/predict`, next to the baseline."""
    rows = [
        [way, *_crowd(row, baseline)]
        for way, key in (("Gradio's client", "calls"), ("one plain request", "posts"))
        for row, baseline in zip(measured[key], measured["baseline"]["calls"], strict=True)
    ]
    return markdown(["way", "programs at once", "calls/s", *CROWD], rows)


CROWD = ["p50", "p95", "p99", "errors", "server's CPU time", "memory", "times the baseline"]


def _crowd(row: Results, baseline: Results) -> list[str]:
    return [
        f"{row['at_once']:,}",
        f"{row['per_second']:,.0f}",
        *(f"{row[f'p{p}_ms']:,.0f} ms" for p in (50, 95, 99)),
        f"{row['errors']:,}",
        f"{row['cpu_ms']:.1f} ms",
        f"{row['memory_mb']:,.0f} MB",
        f"{row['per_second'] / baseline['per_second']:.1f}" if baseline["per_second"] else "–",
    ]


def _next_to_baseline(measured: Results, what: str) -> list[tuple[Results, Results]]:
    return list(zip(measured[what], measured["baseline"][what], strict=True))


def load_facts(measured: Results) -> str:
    """What visitors cost while they load the page, and while they draw."""
    cold = [row for row in measured["loading"] if row["cache"] == "cold"]
    first, drawing = cold[-1], measured["drawing"]
    return (
        f"A first visit takes {first['cpu_ms']:.1f} ms of the server's CPU time, so with "
        f"{first['at_once']:,} visitors at once it serves {first['per_second']:,.0f} a second. "
        f"After {drawing['visitors']:,} visitors have loaded the page, drawing for "
        f"{drawing['seconds']:.0f} s makes {drawing['requests']} requests, and the server uses "
        f"{drawing['cpu_seconds']:.2f} s of CPU time ({drawing['idle_cpu_seconds']:.2f} s without "
        "visitors)."
    )


def memory_over_time(measured: Results) -> str:
    """The server's memory while visitors and programs come all the time."""
    found = measured["memory"]
    return (
        f"In {found['minutes']:g} minutes with {found['visits']:,} first visits and "
        f"{found['calls']:,} calls, {found['errors']} of which failed, the server's memory goes "
        f"from {found['first_mb']:,.0f} to {found['last_mb']:,.0f} MB, and never above "
        f"{found['largest_mb']:,.0f} MB."
    )


def training(measured: Results) -> str:
    """The training speed of each pipeline."""
    return markdown(
        [
            "preset",
            "way",
            "examples/s",
            "examples per CPU second",
            "times the baseline",
            "of the matrix-product bound",
        ],
        [
            [
                f"`{row['preset']}`",
                row["way"],
                f"{row['examples_per_second']:,}",
                f"{row['examples_per_cpu_second']:,}",
                f"{row['times_baseline']:.2f}",
                f"{row['share_of_bound']:.1%}",
            ]
            for row in measured["ways"]
        ],
    )


def _number(value: float | None, unit: str = "") -> str:
    return "–" if value is None else f"{value:,.0f}{unit}"


# ------------------------------------------------------------------ training runs


def seeds(runs: Sequence[Results]) -> str:
    """Each run of a recipe, followed by mean and standard deviation."""
    keys = ("validation_accuracy", "test_accuracy_over_views", "test_accuracy")
    rows = [[str(run["seed"]), *(share(run[key]) for key in keys)] for run in runs]
    columns = [[run[key] for run in runs] for key in keys]
    means = ["–" if None in column else mean_and_deviation(column) for column in columns]
    rows.append(["mean", *means])
    return markdown(["seed", "validation", "test", "test, single view"], rows)


def errors(title: str, runs: Sequence[Results]) -> list[list[str]]:
    """Two rows of test errors: averaged over the views, and for a single view."""

    def row(words: str, key: str) -> list[str]:
        wrong = [1 - run[key] for run in runs]
        return [
            f"{title}, {words}",
            mean_and_deviation(wrong, 3),
            ", ".join(f"{100 * share:.2f}" for share in wrong),
        ]

    return [
        row("mean over the views", "test_accuracy_over_views"),
        row("a single view", "test_accuracy"),
    ]


def tutorial_row(title: str, runs: Sequence[Results]) -> list[str]:
    """Loss and accuracies as the tutorial's notebook reports them: mean, and range over seeds."""
    return [
        title,
        *(
            mean_and_range([run[key] for run in runs])
            for key in ("training_loss", "training_accuracy", "test_accuracy")
        ),
        f"{_mean(runs, 'examples_per_second'):,.0f}",
    ]


def mean_and_range(values: Sequence[float]) -> str:
    return f"{statistics.mean(values):.3f} ({min(values):.3f} to {max(values):.3f})"


def _mean(runs: Sequence[Results], key: str) -> float:
    return statistics.mean(run[key] for run in runs)
