"""Prepare a release in a checkout that is about to be built; run by workflows/publish.yml.

    python3 .github/release.py TAG SERVER OWNER/NAME

1. The tag must be "v" and the version of the package, and the changelog must have that version.
2. README's links and pictures are relative, so that they work in every copy of the repository. A
   package index shows README outside of one, so there they become absolute, to the files of this
   tag: pages under /blob/, pictures under /raw/.
3. The addresses of the repository, its issues and its changelog go into setup.cfg.

So no address stands in the repository, and a copy of it that is published from elsewhere names
itself. Nothing of this is committed: it happens in the checkout that builds.
"""

import re
import sys
from pathlib import Path
from typing import List

ROOT = Path(__file__).resolve().parent.parent
# Code first: what looks like a link in it is none.
CODE = r"^```.*?^```$|`[^`\n]*`"
WORDS = r"\[(?:[^\[\]]|\[[^\[\]]*\])*\]"
LINK = re.compile(rf"({CODE})|(!?)({WORDS})\((?!https?:|#|mailto:)([^()\s]+)\)", re.M | re.S)


def absolute_links(text: str, repository: str, tag: str) -> str:
    """Return Markdown whose relative links lead to the files of a tag.

    >>> absolute_links("![a](b.svg), [c](d.md#e), [f](#g)", "https://host/o/n", "v1")
    '![a](https://host/o/n/raw/v1/b.svg), [c](https://host/o/n/blob/v1/d.md#e), [f](#g)'
    """
    def absolute(found: "re.Match[str]") -> str:
        code, picture, words, path = found.groups()
        return code or f"{picture}{words}({repository}/{'raw' if picture else 'blob'}/{tag}/{path})"

    return LINK.sub(absolute, text)


def with_addresses(settings: str, repository: str) -> str:
    """Return setup.cfg with the addresses of a repository."""
    lines = (f"url = {repository}\nproject_urls =\n    Changelog = {repository}/blob/HEAD/.github/"
             f"CHANGELOG.md\n    Issues = {repository}/issues\n    Source = {repository}\n")
    return settings.replace("[metadata]\n", f"[metadata]\n{lines}", 1)


def problems(tag: str, root: Path = ROOT) -> List[str]:
    """Return why this tag must not be published; nothing if it may."""
    source = (root / "purenn" / "__init__.py").read_text(encoding="utf-8")
    [version] = re.findall(r'^__version__ = "(.*)"$', source, flags=re.M)
    changes = (root / ".github" / "CHANGELOG.md").read_text(encoding="utf-8")
    found = []
    if tag != f"v{version}":
        found.append(f"the tag is {tag}, but the package says version {version}")
    if not re.search(rf"^## {re.escape(version)}\b", changes, flags=re.M):
        found.append(f"CHANGELOG.md has no section for {version}")
    return found


def main(tag: str, server: str, name: str, root: Path = ROOT) -> int:
    """Check the tag and change README.md and setup.cfg; return the exit code."""
    found = problems(tag, root)
    for problem in found:
        print(problem, file=sys.stderr)
    if found:
        return 1
    repository = f"{server.rstrip('/')}/{name}"
    readme, settings = root / "README.md", root / "setup.cfg"
    for path, text in (
        (readme, absolute_links(readme.read_text(encoding="utf-8"), repository, tag)),
        (settings, with_addresses(settings.read_text(encoding="utf-8"), repository)),
    ):
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: release.py TAG SERVER OWNER/NAME")
    sys.exit(main(*sys.argv[1:]))
