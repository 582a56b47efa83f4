"""Makes docs/rules.md from the texts of `planton explain`."""

from __future__ import annotations

from collections.abc import Iterator

from planton.diagnostics import render
from planton.explain.catalogue import SUBJECTS
from planton.explain.example import BASE, found_by
from planton.explain.explanation import Explanation, Reference, wrapped

_HEAD = f"""\
# What each code means

Made by `./dev docs` from the texts that `planton explain CODE` prints. An **error** keeps a
manifest from being deployed: AWS, or the manifest's own contract, refuses it, or the program could
only guess what is meant. A **warning** does not: it is accepted, and will likely hurt.
[checking.md](checking.md#warnings) says how to leave one out.

An example that holds nothing but `metadata` and `spec` replaces those fields in this manifest; any
other stands for itself. Below each wrong one is what the checker says about it, counting the lines
of the example. In the right ones nothing is found.

```yaml
{BASE}```
"""


def page() -> str:
    """The whole page."""
    blocks = [_HEAD]
    for subject, explanations in SUBJECTS.items():
        rows = "".join(f"| [`{e.code}`](#{e.code}) | {_title(e)} |\n" for e in explanations)
        blocks.append(f"**{subject}**\n\n| code | |\n| --- | --- |\n{rows}")
    for subject, explanations in SUBJECTS.items():
        blocks.append(f"## {subject}\n")
        for explanation in explanations:
            blocks += _section(explanation)
    return "\n".join(blocks)


def _title(explanation: Explanation) -> str:
    return f"{explanation.title}{' (warning)' * (explanation.severity == 'warning')}"


def _section(explanation: Explanation) -> Iterator[str]:
    yield f"### {explanation.code}\n"
    yield f"**{explanation.severity.capitalize()}: {explanation.title}.**\n"
    for paragraph in explanation.why.split("\n\n"):
        yield f"{wrapped(paragraph, 100)}\n"
    yield _fenced("Wrong", explanation.bad, explanation.form)
    yield f"```text\n{render(found_by(explanation))}\n```\n"
    yield _fenced("Right", explanation.good, explanation.form)
    yield f"Source: {'; '.join(map(_link, explanation.sources))}.\n"


def _fenced(label: str, text: str, language: str) -> str:
    return f"{label}:\n\n```{language}\n{text}```\n"


def _link(source: Reference) -> str:
    return f"[{source.name}]({source.url})" if source.url else source.name
