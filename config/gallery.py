"""A page that shows every component with sample matter, to look at while drawing. Routed in the demo and in DEBUG only."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe

from complaints.states import State

STATES = State.values
TEXTS = (
    ("三号楼电梯又停了，老人下不来，物业电话没人接", "福炼小区 3 号楼", "dispatched", "U2", "late"),
    ("地下车库入口消防通道被两辆面包车堵住，晚上一直停着", "福炼小区 东门", "accepted", "U3", "soon"),
    ("儿童乐园秋千链条断了一根", "书香名府 中心花园", "submitted", "U4", "on_time"),
    ("楼道感应灯坏了半个月", "福炼小区 5 号楼 2 单元", "resolved", "U5", "met"),
    (
        "有人把电动车推进电梯上楼充电，充电时整层都能闻到焦味，请尽快来人处理，家里有小孩很担心",
        "长盛小区 8 号楼",
        "triage",
        "U1",
        "late",
    ),
    ("公共收益半年没有公示", "书香名府", "closed", "U5", "missed"),
    ("装修噪音，午休时间一直在电钻", "长盛小区 2 号楼", "refused", "U4", ""),
    ("绿化带种菜施肥，味道很大", "长盛小区 南侧绿地", "cancelled", "U5", ""),
    ("门口路灯不亮", "福炼小区 北门", "rated", "U4", "met"),
)


class SampleForm(forms.Form):
    """One field of each kind; sent empty, it shows each error."""

    text = forms.CharField(
        label="发生了什么", help_text="写清楚在哪里、什么时候、影响到谁。", widget=forms.Textarea(attrs={"rows": 4})
    )
    place = forms.CharField(label="具体位置", help_text="例如：3 号楼 2 单元电梯", required=False)
    building = forms.ChoiceField(label="楼栋", choices=[("", "请选择"), ("3", "3 号楼"), ("5", "5 号楼")])
    privacy = forms.ChoiceField(
        label="谁可以看到您的姓名",
        choices=[("named", "处理单位可以看到"), ("confidential", "只有经办人可以看到"), ("anonymous", "匿名")],
        widget=forms.RadioSelect,
    )
    agree = forms.BooleanField(label="我确认所述属实", help_text="不实投诉可能影响他人。")


class SampleFilters(forms.Form):
    q = forms.CharField(label="搜索编号或文字", required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *((s, s) for s in STATES)])


def sample_rows(now: datetime) -> list[dict[str, Any]]:
    """Tickets as `components/ticket_row.html` wants them."""
    return [
        {
            "url": f"?row={index}",
            "number": f"2026-1122-{index + 1:04}",
            "text": text,
            "place": place,
            "state": state,
            "level": level,
            "due_kind": due,
            "due_at": now + timedelta(hours=6 * index - 9),
            "who": "海都物业",
            "filed_at": now - timedelta(hours=5 * index + 1),
            "photo_count": index % 3,
        }
        for index, (text, place, state, level, due) in enumerate(TEXTS)
    ]


def sample_timeline(now: datetime) -> list[dict[str, Any]]:
    """A ticket's life as `components/timeline.html` wants it."""
    photo = {"url": "#", "thumbnail_url": "/static/build/favicon.svg", "alt": "电梯停运告示"}
    return [
        {
            "title": "已提交",
            "at": now - timedelta(hours=9),
            "who": "林女士",
            "icon": "submitted",
            "photos": [photo, photo],
        },
        {
            "title": "已派单",
            "at": now - timedelta(hours=8),
            "who": "自动分派",
            "icon": "dispatched",
            "text": "依据：“电梯”“停了”，由服务本小区的物业企业主办。",
        },
        {
            "title": "退回",
            "at": now - timedelta(hours=6),
            "who": "海都物业",
            "icon": "refused",
            "kind": "stop",
            "text": "理由：电梯仍在维保单位质保期内。",
        },
        {
            "title": "已签收",
            "at": now - timedelta(hours=2),
            "who": "海都物业 王经理",
            "icon": "accepted",
            "kind": "now",
        },
        {"title": "答复", "icon": "resolved", "kind": "ahead"},
    ]


def sample_context(request: HttpRequest) -> dict[str, Any]:
    """Everything that both gallery pages show."""
    now = timezone.now()
    rows = sample_rows(now)
    form = SampleForm({} if "errors" in request.GET else None)
    return {
        "states": STATES,
        "rows": rows,
        "opened": rows[1],
        "entries": sample_timeline(now),
        "dues": [(kind, now + timedelta(hours=5)) for kind in ("on_time", "soon", "late", "met", "missed")],
        "levels": ("U1", "U2", "U3", "U4", "U5"),
        "form": form,
        "filters": SampleFilters(request.GET),
        "numbers": [("119", "消防救援"), ("96333", "电梯应急处置"), ("0595-85000000 转 80012", "物业值班")],
        "terms": [("编号", "2026-1122-0002"), ("小区", "福炼小区"), ("主办", "海都物业"), ("签收期限", "11-22 18:00")],
        "photos": [{"url": "#", "thumbnail_url": "/static/build/favicon.svg", "alt": ""}] * 3,
        "tabs": [
            {"url": "?tab=1", "label": "待签收", "current": True, "count": 12, "late": True},
            {"url": "?tab=2", "label": "办理中", "count": 34},
            {"url": "?tab=3", "label": "已办结"},
        ],
        "figures": [
            {"value": "1,284", "name": "本月诉求", "url": "#"},
            {"value": "97.6%", "name": "按时答复", "url": "#"},
            {"value": "31", "name": "逾期未办", "url": "#", "late": True},
            {"value": "4.6", "name": "平均评分", "url": "#"},
        ],
        "qr": mark_safe(
            '<svg viewBox="0 0 5 5" role="img" aria-label="QR"><path d="M0 0h2v2H0zM3 0h2v2H3zM0 3h2v2H0zM3 3h1v1H3z"/></svg>'
        ),
        "nav": [
            {"url": "/", "label": "首页", "icon": "home"},
            {"url": "/gallery/", "label": "我要反映", "icon": "file", "current": True},
            {"url": "/gallery/desk/", "label": "我的诉求", "icon": "ticket", "count": 2},
            {"url": "#compound", "label": "小区", "icon": "compound"},
        ],
        "workbench_url": "desk/",
        "unread_count": 3,
    }


def gallery(request: HttpRequest) -> HttpResponse:
    """All components; `?base=desk` shows them as dense as staff see them, `?errors` with every field refused."""
    base = {"desk": "base_desk.html", "plain": "base_plain.html"}.get(request.GET.get("base", ""), "base_resident.html")
    return render(request, "gallery.html", {**sample_context(request), "base": base})


def workbench(request: HttpRequest) -> HttpResponse:
    """The staff's two panes, with sample tickets."""
    context = sample_context(request)
    context["nav"] = [
        {"heading": True, "label": "队列"},
        {"url": "?q1", "label": "待甄别", "icon": "triage", "count": 4},
        {"url": "?q2", "label": "待签收", "icon": "inbox", "count": 12, "late": True, "current": True},
        {"url": "?q3", "label": "办理中", "icon": "accepted", "count": 34},
        {"url": "?q4", "label": "全部诉求", "icon": "list"},
        {"heading": True, "label": "小区"},
        {"url": "?q5", "label": "小区档案", "icon": "compound"},
        {"url": "?q6", "label": "看板", "icon": "chart"},
    ]
    return render(request, "gallery_workbench.html", {**context, "has_case": "list" not in request.GET})
