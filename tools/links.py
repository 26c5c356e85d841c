"""Ask for every address that the repository's texts link to, and name those that fail.

    python -m tools.links

Once a week in CI; nothing else in the repository makes a request. Exits with 1 if a
link is broken.
"""

import re
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXTS = ["*.md", "*.cff", "*.toml", "*.yml", "book/*", "benchmarks/*.md"]
TEXTS += ["companion/**/*.md", ".github/**/*.yml"]
ADDRESS = re.compile(r"https?://[^\s\"'`<>\[\](){}]*[\w/]")
# What is not asked for, and why.
EXCLUDED = {
    "http://localhost": "the reader's own machine: `make serve`",
    "https://download.pytorch.org/whl": "an index for pip, which no browser opens",
}


def addresses(read: dict[str, str]) -> dict[str, str]:
    """Map each address to the first of the files, by name, that links to it."""
    found: dict[str, str] = {}
    for name, text in read.items():
        for address in ADDRESS.findall(text):
            if not address.startswith(tuple(EXCLUDED)):
                found.setdefault(address, name)
    return found


def failure(address: str, attempts: int = 3, pause: float = 10.0) -> str | None:
    """Ask for an address; return what is wrong with it, or None.

    Args:
        address: with http:// or https://.
        attempts: how often a server that is busy or down is asked.
        pause: seconds before the second attempt; twice that before the third.
    """
    request = urllib.request.Request(
        address, headers={"User-Agent": "Mozilla/5.0 (link check)"}
    )
    problem = ""
    for attempt in range(attempts):
        time.sleep(pause * attempt)
        try:
            with urllib.request.urlopen(request, timeout=30):
                return None
        except urllib.error.HTTPError as error:
            problem = f"{error.code} {error.reason}"
            if error.code in (404, 410):
                break
        except OSError as error:
            problem = str(error)
    return problem


def texts() -> dict[str, str]:
    """Read the repository's texts, by their paths."""
    paths = [path for pattern in TEXTS for path in sorted(ROOT.glob(pattern))]
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in paths
        if path.is_file()
    }


def main() -> int:
    """Check every link; print each broken one with the file that has it."""
    found = addresses(texts())
    with ThreadPoolExecutor(max_workers=4) as pool:
        problems = list(pool.map(failure, found))
    for (address, name), problem in zip(found.items(), problems, strict=True):
        if problem:
            print(f"{name}: {address}: {problem}")
    print(f"{len(found)} links, {sum(map(bool, problems))} broken")
    return int(any(problems))


if __name__ == "__main__":
    sys.exit(main())
