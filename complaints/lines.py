"""Texts in, decisions out, a JSON object a line: what `manage.py classify` does. Needs no database, services or settings."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from typing import IO, Any

from complaints.catalogue import FALLBACK_LEAF, Catalogue
from complaints.classify import Decision, classify
from complaints.learning.texts import CONFIDENTIAL, CONSULT, COURT, PRAISE, TRIAGE

LONGEST = 10_000  # characters; a longer text is read to here and left to a person
_SPOKEN = {
    CONSULT: "咨询类,转知识库答复",
    CONFIDENTIAL: "涉及工作人员,转纪检保密办理",
    PRAISE: "表扬感谢类,登记转达",
    COURT: "已进入诉讼、仲裁、复议或信访终结程序,告知法定途径",
    TRIAGE: "诉求不清,转人工研判",
}


def decided(lines: Iterable[bytes], catalogue: Catalogue) -> Iterator[dict[str, Any]]:
    """One answer for each line, in their order. A line that cannot be read is answered too, with `auto` false and the reason."""
    for line in lines:
        row, problem = _read(line)
        text = row.get("text")
        if not problem:
            problem = _problem(text)
        decision = classify(text[:LONGEST] if isinstance(text, str) else "", catalogue)
        yield answer(row.get("id"), decision, catalogue, problem)


def answer(ident: object, decision: Decision, catalogue: Catalogue, problem: str = "") -> dict[str, Any]:
    """The decision as `manage.py classify` prints it. With a `problem` it is never automatic."""
    unclear = decision.leaf is None or decision.action == TRIAGE
    leaf = catalogue.leaf(FALLBACK_LEAF if unclear or decision.leaf is None else decision.leaf)
    suggested = (decision.leaf,) if unclear and decision.leaf else ()
    return {
        "id": ident if isinstance(ident, str | int) and not isinstance(ident, bool) else None,
        "leaf": leaf.code,
        "also": list(dict.fromkeys((*suggested, *decision.also))),
        "department": leaf.lead,
        "urgency": "U1" if decision.emergency else leaf.urgency,
        "emergency": decision.emergency,
        "action": TRIAGE if problem and not decision.emergency else decision.action,
        "auto": decision.automatic and not unclear and not problem,
        "confidence": decision.confidence,
        "reasons": [problem] if problem else _reasons(decision, leaf.name),
    }


def _reasons(decision: Decision, name: str) -> list[str]:
    reasons = []
    if decision.emergency:
        reasons.append(f"正在发生的险情,请拨打{decision.emergency_line}")
    if decision.words:
        reasons.append("、".join(f"“{word}”" for word in decision.words) + f"指向“{name}”")
    if decision.action in _SPOKEN:
        reasons.append(_SPOKEN[decision.action])
    if not decision.automatic and decision.action != TRIAGE:
        reasons.append("把握不足,转人工研判")
    return reasons


def _read(line: bytes) -> tuple[dict[str, Any], str]:
    try:
        row = json.loads(line.decode("utf-8", errors="replace"))
    except (ValueError, RecursionError):
        return {}, "不是有效的JSON"
    return (row, "") if isinstance(row, dict) else ({}, "不是JSON对象")


def _problem(text: object) -> str:
    if text is None:
        return "没有文本"
    if not isinstance(text, str):
        return "文本不是字符串"
    if not text.strip():
        return "文本为空"
    return f"文本超过{LONGEST}字" if len(text) > LONGEST else ""


def run(source: IO[bytes], target: IO[bytes]) -> None:
    """Answer each line of `source` on `target` as soon as it has come."""
    catalogue = Catalogue.load()
    for row in decided(source, catalogue):
        # A lone surrogate has no UTF-8; as an escape it is the JSON it came from.
        target.write(json.dumps(row, ensure_ascii=False).encode("utf-8", errors="backslashreplace") + b"\n")
        target.flush()


def main() -> None:
    run(sys.stdin.buffer, sys.stdout.buffer)
