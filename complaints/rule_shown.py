"""Versions of rules and replays as pages and API show them: rules in words, what differs, which tickets a reader may open."""

from typing import Any

from complaints import queries, rule_queries, rules
from complaints.models import ReplayRun, RuleSet
from complaints.replaying import Tally
from complaints.rule_sentences import sentence
from complaints.rule_states import RunState
from complaints.rules import Rule
from people.actors import Actor


def entries_of(ruleset: RuleSet) -> list[dict[str, Any]]:
    """Each row with its rule in words, what is wrong with it, and which earlier rule never lets it have a turn."""
    rows = rule_queries.rows_of(ruleset)
    found, broken = rule_queries.read_rows(rows)
    names, by_id = rule_queries.names_for(found), {rule.id: rule for rule in found}
    hidden = {rule.id: before for rule, before in rules.shadowed(found)}
    return [
        {
            "row": row,
            "sentence": sentence(by_id[row.pk], names) if row.pk in by_id else "",
            "broken": broken.get(row.pk, ""),
            "shadowed_by": hidden.get(row.pk),
        }
        for row in rows
    ]


def changes(old: RuleSet | None, new: RuleSet) -> list[dict[str, Any]]:
    """What differs, each rule in words before and after."""
    sides: list[list[Rule]] = [
        rule_queries.read_rows(rule_queries.rows_of(ruleset))[0] if ruleset else [] for ruleset in (old, new)
    ]
    names = rule_queries.names_for([*sides[0], *sides[1]])
    return [
        {
            "what": change.what,
            "name": change.name,
            "old": sentence(change.old, names) if change.old else "",
            "new": sentence(change.new, names) if change.new else "",
            "put_back": bool(change.old and change.new and change.old.aside and not change.new.aside),
        }
        for change in rules.difference(*sides)
    ]


def replay(actor: Actor, run: ReplayRun) -> dict[str, Any]:
    """The result as this reader may see it: tickets they could not open are counted, not named."""
    tally = Tally.read(run.result)
    kept, _broken = rule_queries.read_rows(rule_queries.rows_of(run.ruleset))
    names = {rule.id: rule.name for rule in kept}
    cells = sorted(tally.cells.items(), key=lambda item: -item[1]["count"])
    numbers = {number for cell in (*tally.cells.values(), *tally.conflicts.values()) for number in cell["tickets"]}
    seen = set(queries.visible_to(actor).filter(number__in=numbers).values_list("number", flat=True))
    organisations = rule_queries.organisation_names({one for pair in tally.cells for one in pair})
    return {
        "tally": tally,
        "running": run.state == RunState.WAITING,
        "stale": run.revision != run.ruleset.revision,
        "cells": [
            {
                "old": organisations.get(old, ""),
                "new": organisations.get(new, ""),
                "same": old == new,
                "count": cell["count"],
                "there": cell.get("there", 0),
                "tickets": [number for number in cell["tickets"] if number in seen],
            }
            for (old, new), cell in cells
        ],
        "never": [rule for rule in kept if not rule.aside and not tally.matched.get(rule.id)] if run.done else [],
        "shadowed": rules.shadowed(kept),
        "conflicts": [
            {
                "first": names.get(first, ""),
                "second": names.get(second, ""),
                "count": cell["count"],
                "tickets": [number for number in cell["tickets"] if number in seen],
            }
            for (first, second), cell in tally.conflicts.items()
        ],
        "failures": [(names.get(rule, ""), problem) for rule, problem in tally.failures.items()],
    }
