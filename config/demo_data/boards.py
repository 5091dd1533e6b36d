"""Postings of the demo: what hangs, what hung, what is overdue, and an objection with its answer, each on its day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from communities.actions import postings
from communities.models import Posting
from communities.posting_states import PostingKind
from config.demo_data.pictures import picture
from config.demo_data.places import DemoCompound, compounds
from config.demo_data.world import Say
from people import actors
from people.actors import Actor
from people.queries import holders
from people.roles import STREET, Role
from tenancy import clock, scope


@dataclass(frozen=True)
class Board:
    """Something put up in the compound `slug`. Days before today: asked, due, hung, taken down; None: not yet."""

    slug: str
    kind: PostingKind
    subject: str
    text: str
    law: str
    days: int
    asked: int
    due: int
    hung: int | None = None
    down: int | None = None
    spot: str = "小区主出入口公告栏"
    objection: str = ""
    answer: str = ""


BOARDS = (
    Board(
        "fulian",
        PostingKind.ACCOUNTS,
        "上半年公共收益收支公示（示例）",
        "公共收益收入 86 400 元：电梯广告 52 000 元，临时停车 34 400 元。\n"
        "支出 31 250 元：监控维修 18 600 元，绿化补种 12 650 元。\n"
        "结余 55 150 元，转入业主共有资金账户。",
        "民法典 第九百四十三条",
        30,
        asked=24,
        due=20,
        hung=21,
        objection="电梯广告一共六块，公示里只算了五块的钱。",
        answer="第六块广告 5 月才签约，5 200 元计入下半年，合同可到物业服务中心查看。",
    ),
    Board(
        "fulian",
        PostingKind.RESULT,
        "消防通道检查结果公示（示例）",
        "检查单位：消防救援大队。\n三号楼北侧消防通道停车 2 辆，已当场移走；"
        "五号楼常闭式防火门闭门器损坏 1 处，七日内更换。其余未发现问题。",
        "",
        7,
        asked=5,
        due=3,
        hung=4,
        spot="三号楼一层大堂",
    ),
    Board(
        "fulian",
        PostingKind.CONTRACT,
        "物业服务内容和收费标准公示（示例）",
        "住宅每平方米每月 1.80 元，商铺每平方米每月 3.00 元；服务内容、服务标准、投诉电话见附表。",
        "民法典 第九百四十三条",
        90,
        asked=12,
        due=2,
    ),
    Board(
        "shuxiang",
        PostingKind.DECISION,
        "快递柜移位方案征求意见（示例）",
        "拟将东门快递柜移至地下车库入口旁，不占绿地。七日内可以提出意见。",
        "民法典 第二百七十八条",
        7,
        asked=30,
        due=27,
        hung=28,
        down=20,
        spot="东门岗亭旁",
    ),
    Board(
        "huayao",
        PostingKind.CONTRACT,
        "物业服务内容和收费标准公示（示例）",
        "住宅每平方米每月 1.60 元；保洁每日一次，电梯每十五日维保一次。",
        "民法典 第九百四十三条",
        90,
        asked=0,
        due=-7,
    ),
)


def put_up_all(say: Say) -> None:
    """Put up what is not there yet. Twice is once."""
    made = 0
    by_slug = {compound.slug: compound for *_, compound in compounds()}
    for board in BOARDS:
        with transaction.atomic(), scope.everything(reason="the demo's postings"):
            compound = by_slug[board.slug]
            if not Posting.objects.filter(area=compound.code, subject=board.subject).exists():
                _live(board, compound)
                made += 1
    if made:
        say(f"postings: {made}")


def _live(board: Board, compound: DemoCompound) -> None:
    area = compound.code
    clerk, manager = holder(STREET, area), holder([Role.PROPERTY_MANAGER], area)
    today = timezone.localdate()
    with clock.standing_at(days_ago(board.asked, 9)):
        row = postings.ask(
            area=area,
            kind=board.kind,
            subject=board.subject,
            text=board.text,
            law=board.law,
            contact="物业服务中心 000-0000000（示例）",
            due_on=today - timedelta(days=board.due),
            days=board.days,
            by=clerk,
        )
    if board.hung is None:
        return
    with clock.standing_at(days_ago(board.hung, 16)):
        row = postings.put_up(row.pk, by=manager, version=row.version, spot=board.spot, photos=[picture("board")])
    if board.objection:
        with clock.standing_at(days_ago(board.hung - 1, 20)):
            held = postings.raise_objection(row.pk, by=holder([Role.RESIDENT], area), text=board.objection)
        with clock.standing_at(days_ago(board.hung - 2, 10)):
            postings.answer(row.pk, held.pk, by=manager, text=board.answer)
    if board.down is not None:
        with clock.standing_at(days_ago(board.down, 17)):
            postings.take_down(row.pk, by=manager, version=row.version)


def holder(roles: Iterable[Role], area: int) -> Actor:
    """The first who holds one of these roles over a place."""
    return actors.of_user(holders(roles, area)[0])


def days_ago(days: int, hour: int) -> datetime:
    """That day at that hour, but never in the future."""
    day = timezone.localdate() - timedelta(days=days)
    return min(timezone.now(), timezone.make_aware(datetime.combine(day, time(hour))))
