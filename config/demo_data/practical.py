"""The practical projects of the demo: what they are called and what they cost. All of it is invented (示例数据)."""

from dataclasses import dataclass, field

from projects.states import Ground, Source, Use

FIRM, OWN, CITY, FUND, GAIN = Source.FIRM, Source.OWNERS, Source.PUBLIC, Source.MAINTENANCE, Source.REVENUE


@dataclass(frozen=True)
class Sample:
    """One project; amounts in fen. `motif` names what its first photo shows."""

    matter: str
    title: str
    text: str
    quantity: int
    money: tuple[tuple[Source, int], ...]
    motif: str
    ground: Ground = Ground.ABOVE
    use: Use = Use.FUNCTION
    livelihood: bool = True
    milestones: tuple[tuple[str, int], ...] = field(default=(("采购进场", 30), ("施工", 60), ("清理收尾", 10)))

    @property
    def decision(self) -> str:
        owners = {Source.MAINTENANCE, Source.REVENUE, Source.OWNERS} & {source for source, _fen in self.money}
        return "业主共同决定：征询表决通过，结果已公示七日（示例）" if owners else ""


SAMPLES: tuple[Sample, ...] = (
    Sample(
        "P01",
        "消火栓管网保压检修",
        "更换渗漏阀门六只，恢复屋顶水箱稳压泵，逐栋试水。",
        1,
        ((FIRM, 1_860_000),),
        "water",
        Ground.BELOW,
    ),
    Sample(
        "P06",
        "地下车库照明更换",
        "更换损坏灯具四十盏，坡道加装感应灯。",
        40,
        ((GAIN, 960_000),),
        "lamp",
        Ground.BELOW,
    ),
    Sample(
        "P02",
        "增设电动自行车充电棚",
        "东门空地建棚一处，安装充电口三十个，配喷淋和监控。",
        30,
        ((CITY, 4_500_000), (FIRM, 1_000_000)),
        "cabinet",
    ),
    Sample(
        "P03",
        "主干道坑洼修补",
        "铣刨重铺二号楼前六十米，更换井盖三处。",
        3,
        ((FIRM, 2_250_000),),
        "road",
    ),
    Sample(
        "P04",
        "三号楼电梯更换门机",
        "更换门机和光幕各两套，请检验机构复检。",
        2,
        ((FUND, 3_680_000),),
        "lift",
    ),
    Sample(
        "P05",
        "重划停车位疏通消防通道",
        "重划标线，规范车位四十个，通道增设提示。",
        40,
        ((FIRM, 680_000),),
        "road",
    ),
    Sample(
        "P08",
        "七号楼污水管疏通改造",
        "更换化粪池出水管二十米，高压疏通全部支管。",
        1,
        ((FUND, 1_940_000),),
        "water",
        Ground.BELOW,
    ),
    Sample(
        "P07",
        "五号楼外墙空鼓铲除",
        "铲除空鼓瓷砖，挂网修补，设置警示围挡。",
        1,
        ((FUND, 5_200_000),),
        "wall",
    ),
    Sample(
        "P09",
        "清理楼道堆物和毁绿",
        "清理楼道杂物，补种绿地三处。",
        3,
        ((FIRM, 320_000),),
        "rubbish",
        use=Use.LANDSCAPE,
        livelihood=False,
    ),
    Sample(
        "P10",
        "架空层改造一老一小活动角",
        "增设座椅、儿童软垫和照明。",
        1,
        ((CITY, 1_500_000), (OWN, 300_000)),
        "done",
        livelihood=False,
    ),
    Sample(
        "P10",
        "单元门禁和监控修复",
        "修复门禁四套、监控八个。",
        12,
        ((GAIN, 1_120_000),),
        "cabinet",
    ),
    Sample(
        "P06",
        "楼道感应灯更换",
        "六栋楼道更换感应灯一百二十盏。",
        120,
        ((FIRM, 840_000),),
        "lamp",
    ),
)
REPORTS = ("材料已进场，作业面已围挡，今日开工。", "完成一半以上，未接到噪声投诉。", "主体完成，正在清理现场。")
DELAYS = ("连续降雨，室外作业顺延。", "主要配件由厂家直发，较约定晚到一周。")
DONE = "已按计划完工，现场已清理，请邻居们看看。"
GOOD = ("做得不错，亮堂多了。", "终于修好了，谢谢。", "")
SENT_BACK = "收边不齐，请整改后再报验。"
REVIEW = "本月计划的实事逐项实施，照片和支出已张榜。未落地的写明原因，结转下月。（示例）"
CARRIED = "配件到货晚，已与居民代表沟通，下月优先完成。"
