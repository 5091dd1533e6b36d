"""The standard reasons that may be chosen with a rating (`data/rating_reasons.json`, own), and which go with what was said."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.translation import get_language

FILE = Path(__file__).parent / "data" / "rating_reasons.json"


@dataclass(frozen=True)
class Reason:
    """`about` is "result" or "manner"; `when` are the values of it that it goes with."""

    code: str
    about: str
    when: tuple[str, ...]
    name: str
    name_en: str

    def __str__(self) -> str:
        return self.name if (get_language() or "").startswith("zh") else self.name_en


@lru_cache(maxsize=1)
def reasons() -> dict[str, Reason]:
    """All of them by code, in the order of the file."""
    rows = json.loads(FILE.read_text(encoding="utf-8"))["reasons"]
    return {row["code"]: Reason(**{**row, "when": tuple(row["when"])}) for row in rows}


def fitting(codes: Iterable[str], result: str, manner: str) -> list[str]:
    """Those of the codes that go with what was said, each once, in the order of the file. Raises KeyError for an unknown one."""
    asked = {code: reasons()[code] for code in codes}
    said = {"result": result, "manner": manner}
    return [code for code, reason in reasons().items() if code in asked and said[reason.about] in reason.when]


def named(codes: Iterable[str]) -> list[str]:
    """Reasons in words; of a code that is no longer known, the code."""
    return [str(reasons().get(code, code)) for code in codes]
