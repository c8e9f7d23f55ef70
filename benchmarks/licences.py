"""The licences of the packages that the app installs, as their own metadata name them.

Run it in an environment with the packages of `hosting/requirements.lock` and `hosting/torch.lock`:
`python -m benchmarks.licences --out results/licences.json`.
"""

import argparse
import re
from importlib.metadata import PackageNotFoundError, metadata

from benchmarks import ROOT, results

LOCKS = ("hosting/torch.lock", "hosting/requirements.lock")
PREFIX = "License :: OSI Approved :: "
LONGEST = 60
"""Longer texts are whole licences instead of their names."""


def locked() -> dict[str, str]:
    """The version of each package that the app installs, by name."""
    text = "\n".join((ROOT / lock).read_text(encoding="utf-8") for lock in LOCKS)
    return dict(sorted(re.findall(r"^([a-z0-9][\w.-]*)==([\w.]+)", text, re.MULTILINE)))


def licence_of(package: str) -> str | None:
    """The licence that an installed package names; None if it is not installed or names none."""
    try:
        found = metadata(package)
    except PackageNotFoundError:
        return None
    if "License-Expression" in found:
        return found["License-Expression"]
    named = [c.removeprefix(PREFIX) for c in found.get_all("Classifier", []) if PREFIX in c]
    first = found["License"].strip().splitlines() if "License" in found else []
    if named or not first or len(first[0]) > LONGEST:
        return "; ".join(named) or None
    return first[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    results.add_out(parser)
    options = parser.parse_args()
    found = {package: licence_of(package) for package in locked()}
    for package, licence in found.items():
        print(f"{package}: {licence}")
    if options.out:
        results.write(options.out, results.command_line("licences"), found)


if __name__ == "__main__":
    main()
