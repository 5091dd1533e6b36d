"""What the templates of papers may name: texts and lists of rows of texts, in Chinese, whatever language is spoken on the screen.

`docs/papers.md` lists the names; `example` gives each an invented value for previews.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone, translation

from communities import qr
from enforcement import queries, visit_queries
from enforcement.finding_states import PUT_RIGHT, FindingState, Party
from enforcement.models import Finding, Member, Visit
from enforcement.paper_kinds import DECIDED, SERIES, PaperKind
from enforcement.paper_rendering import Values
from people.queries import place_names
from tenancy import areas

NO_LAW = "—"


@dataclass(frozen=True)
class Head:
    """What every paper bears."""

    printed: str
    address: str
    day: date


def in_words(day: date | None) -> str:
    """A day as papers write it: 2026年3月5日."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def at(moment: datetime | None) -> str:
    if moment is None:
        return ""
    here = timezone.localtime(moment)
    return f"{in_words(here.date())}{here:%H时%M分}"


def of_paper(head: Head, visit: Visit, member: Member, kind: PaperKind, named: Sequence[Finding]) -> Values:
    """The values of one paper. `named` are the findings that it is about."""
    with translation.override("zh-hans"):
        county = areas.ancestor(visit.area, areas.Level.COUNTY)
        values = _common(head, visit, member, place_names([county]).get(county, ""), kind)
        values["findings"] = _findings(visit, named)
        if kind == PaperKind.RECORD:
            values["items"] = _items(visit, member)
        if kind == PaperKind.ORDER:
            values |= _order(named)
        if kind == PaperKind.OPINION:
            values |= _opinion(visit, named)
    return values


def _common(head: Head, visit: Visit, member: Member, county: str, kind: PaperKind) -> Values:
    day = visit_day(visit)
    others = [each.organisation.name for each in visit_queries.members(visit) if each.state in ("joined", "signed")]
    officers = [{"name": each.user.label, "certificate": each.certificate.number} for each in member.officers.all()]
    return {
        "title": SERIES[kind].title,
        "number": head.printed,
        "bureau": member.organisation.name,
        "county": county,
        "day": in_words(head.day),
        "visit_number": visit.number,
        "visit_day": in_words(day),
        "visit_from": at(visit.started_at),
        "visit_until": at(visit.ended_at or member.signed_at),
        "compound": visit.compound.name,
        "compound_address": visit.compound.address,
        "lead": visit.lead.name,
        "bureaus": "、".join(others),
        "officers": list(officers),
        "officers_in_words": "、".join(f"{each['name']}（证号{each['certificate']}）" for each in officers),
        "present": " ".join(filter(None, [visit.get_present_role_display(), visit.present_name])) or "—",
        "words": member.words,
        "sample": "示例数据" if visit.check_list.sample else "",
        "address": head.address,
    }


def visit_day(visit: Visit) -> date:
    """The day whose law counts: that on which the visit took place (立法法 104)."""
    return timezone.localdate(visit.started_at) if visit.started_at else visit.planned_on


def _items(visit: Visit, member: Member) -> list[dict[str, str]]:
    lines = [line for line in visit_queries.lines(visit) if line.member_id == member.pk]
    laws = _laws(visit, {line.item_id for line in lines})
    return [
        {
            "n": str(n),
            "code": line.item.code,
            "name": line.item.name,
            "result": line.get_result_display(),
            "note": line.text,
            "basis": laws.get(line.item_id, NO_LAW),
        }
        for n, line in enumerate(lines, 1)
    ]


def _laws(visit: Visit, items: set[int]) -> dict[int, str]:
    """The laws of items, as they stood on the day of the visit. Two queries."""
    found = queries.items(visit.check_list).filter(pk__in=items)
    day = visit_day(visit)
    return {each.pk: law_of(queries.bases_on(each, day)) for each in found}


def law_of(bases: Sequence[object]) -> str:
    return "；".join(_cited(basis) for basis in bases) or NO_LAW


def _cited(basis: Any) -> str:
    """As papers cite: 《…》第37、47（七）条; what is still to be verified stands in brackets instead of articles."""
    articles: str = basis.articles
    return f"《{basis.law.name}》{articles if articles.startswith('（') else f'第{articles}条'}"


def _findings(visit: Visit, named: Sequence[Finding]) -> list[dict[str, str]]:
    laws: dict[int, str] = {}
    for source in {each.visit_id: each.visit for each in named}.values():
        laws |= _laws(source, {each.item_id for each in named if each.visit_id == source.pk})
    return [
        {
            "n": str(n),
            "number": each.number,
            "item": f"{each.item.code} {each.item.name}",
            "spot": " ".join(filter(None, [each.building.name if each.building else "", each.spot])),
            "text": each.text,
            "basis": laws.get(each.item_id, NO_LAW),
            "party": addressee(each),
            "state": each.get_state_display(),
            "demand": each.demand,
            "last_day": in_words(each.due_on),
            "outcome": outcome(each),
        }
        for n, each in enumerate(named, 1)
    ]


def addressee(finding: Finding) -> str:
    """Whom an order addresses, by name where there is one."""
    if finding.party_organisation:
        return finding.party_organisation.name
    return finding.party_name or str(finding.get_party_display())


def outcome(finding: Finding) -> str:
    """What a re-check came to."""
    if finding.state == FindingState.TRANSFERRED:
        return "未整改到位，已移送处理"
    return {True: "已整改到位", False: "未整改到位"}.get(DECIDED.get(finding.state, finding.state in PUT_RIGHT), "")


def _order(named: Sequence[Finding]) -> Values:
    first = named[0]
    days = [each.due_on for each in named if each.due_on]
    return {
        "addressee": addressee(first),
        "addressee_kind": str(first.get_party_display()),
        "last_day": in_words(max(days, default=None)),
    }


def _opinion(visit: Visit, named: Sequence[Finding]) -> Values:
    before = visit.recheck_of
    right = sum(bool(DECIDED.get(each.state)) for each in named)
    return {
        "visit_before": before.number if before else "",
        "day_before": in_words(visit_day(before)) if before else "",
        "addressee": "、".join(dict.fromkeys(addressee(each) for each in named)),
        "right": str(right),
        "not_right": str(len(named) - right),
    }


_FINDINGS: list[dict[str, str]] = [
    {
        "n": "1",
        "number": "F350582001-2611-000001",
        "item": "E41 电动自行车停放充电",
        "spot": "3号楼门厅",
        "text": "门厅内停放电动自行车6辆，其中2辆正在充电",
        "basis": "《示例条例》第十条第一款",
        "party": "示例物业服务有限公司",
        "state": "责令整改",
        "demand": "立即将电动自行车移出门厅，并在醒目位置设置禁停标识",
        "last_day": "2026年12月1日",
        "outcome": "已整改到位",
    },
    {
        "n": "2",
        "number": "F350582001-2611-000002",
        "item": "E43 疏散通道",
        "spot": "5号楼2层楼梯间",
        "text": "楼梯间堆放纸箱等杂物，占用疏散通道",
        "basis": "《示例条例》第二十一条",
        "party": "示例物业服务有限公司",
        "state": "责令整改",
        "demand": "清理楼梯间内全部杂物，保持疏散通道畅通",
        "last_day": "2026年12月8日",
        "outcome": "未整改到位",
    },
]


def example(kind: PaperKind, bureau: str, word: str, day: date) -> Values:
    """Plainly invented values (示例数据) for a preview; every name that this kind knows."""
    values: Values = {
        "title": SERIES[kind].title,
        "number": f"{word}{SERIES[kind].word}〔{day.year}〕0号（示例）",
        "bureau": bureau,
        "county": "示例市",
        "day": in_words(day),
        "visit_number": "V350582001-2611-000000",
        "visit_day": in_words(day - timedelta(days=1)),
        "visit_from": f"{in_words(day - timedelta(days=1))}09时00分",
        "visit_until": f"{in_words(day - timedelta(days=1))}11时30分",
        "compound": "示例小区",
        "compound_address": "示例市示例街道示例路1号",
        "lead": "示例街道办事处",
        "bureaus": f"{bureau}、示例消防救援大队",
        "officers": [{"name": "示例甲", "certificate": "示例001"}, {"name": "示例乙", "certificate": "示例002"}],
        "officers_in_words": "示例甲（证号示例001）、示例乙（证号示例002）",
        "present": "物业企业 示例丙",
        "words": "按清单检查完毕（示例）。",
        "sample": "示例数据",
        "address": qr.public_url("/v/"),
        "findings": [dict(each) for each in _FINDINGS],
    }
    if kind == PaperKind.RECORD:
        values["items"] = [
            {
                "n": "1",
                "code": "E41",
                "name": "电动自行车停放充电",
                "result": "违法",
                "note": "",
                "basis": "《示例条例》第十条第一款",
            },
            {"n": "2", "code": "E43", "name": "疏散通道", "result": "违法", "note": "", "basis": "《示例条例》第二十一条"},
            {"n": "3", "code": "E44", "name": "消防设施", "result": "符合", "note": "抽查2处", "basis": "《示例条例》第十六条"},
        ]
    if kind == PaperKind.ORDER:
        values |= {"addressee": "示例物业服务有限公司", "addressee_kind": str(Party.FIRM.label), "last_day": "2026年12月8日"}
    if kind == PaperKind.OPINION:
        told = {"visit_before": "V350582001-2610-000000", "day_before": "2026年10月20日", "right": "1", "not_right": "1"}
        values |= {**told, "addressee": "示例物业服务有限公司"}
    return values
