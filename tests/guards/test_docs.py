"""What the documentation draws is what the code does."""

import re
from pathlib import Path

from communities.posting_states import POSTING_FIRST, POSTING_TRANSITIONS
from complaints.states import EDGES, FIRST

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_drawn_life_cycle_is_the_real_one() -> None:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    drawn = {tuple(found) for found in re.findall(r"^  (\w+) --> (\w+): (\w+)$", text, re.M)}
    assert drawn == {(edge.old.value, edge.new.value, edge.action) for edge in EDGES}
    assert f"[*] --> {FIRST.value}" in text


def test_the_drawn_life_of_a_posting_is_the_real_one() -> None:
    text = (DOCS / "postings.md").read_text(encoding="utf-8")
    drawn = set(re.findall(r"^  (\w+) --> (\w+): (\w+)$", text, re.M))
    assert drawn == {(old, new, step) for old, to in POSTING_TRANSITIONS.items() for new, step in to.items()}
    assert f"[*] --> {POSTING_FIRST.value}" in text


def test_every_page_of_the_documentation_is_linked_from_the_readme() -> None:
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    missing = [page.name for page in sorted(DOCS.glob("*.md")) if f"docs/{page.name}" not in readme]
    assert missing == []
