"""Is somebody in danger now? Read from the words alone, before any worker runs, so that the number to call shows at once.

Recall comes before precision: a false alarm costs a phone call, a missed one a life. So only what is plainly not
happening is let go: a wish that it may not happen again, a hypothesis, a drill, a dated past in the same clause, and never
when the text also says that it is happening now. The word lists are our own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

_PERSON = (
    "(?:人|我|孩子|小孩|娃|老人|孕妇|老太|大爷|大妈|阿姨|阿婆|阿公|奶奶|爷爷|爸|妈|母亲|父亲|老婆|老公|儿子|女儿|"
    "业主|住户|学生|邻居|阿伯|老伯|大姐|大哥|大叔|工人|工友|师傅|宝宝|婴儿|男孩|女孩|姑娘|弟弟|妹妹|男的|女的)"
)
_LIFT = "(?:电梯|轿厢|升降梯|lift|elevator)"
_GAS = "(?:煤气|燃气|天然气|瓦斯|液化气)"


@dataclass(frozen=True, slots=True)
class Danger:
    """A kind of danger. `line` and `line_en` say whom to call where the leaf has no line of its own.

    `lingers`: it may last for days (a smell of gas), so neither "yesterday" nor "every day" makes it past.
    `only_now`: it counts only when the text also says that it is happening now, because the same words are mostly used
    of damage long done (a façade that shed tiles).
    """

    leaf: str
    line: str
    line_en: str
    pattern: re.Pattern[str]
    lingers: bool = False
    only_now: bool = False


@dataclass(frozen=True, slots=True)
class Alarm:
    """A danger found in a text, with the words that gave it away."""

    danger: Danger
    words: tuple[str, ...]


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


# The order is the order of precedence when a text names several.
DANGERS: tuple[Danger, ...] = (
    Danger(
        "0106",
        "119",
        "119 (fire)",
        _any(
            r"(?<!打不)(?<!点不)着火(?!点|锅|车)|起火|失火|着了火|烧起来|烧着了|自燃|火苗|火势|火情|救火(?!的|巷|通道|车)|爆炸(?!物|性)|爆燃|烧焦",
            r"火灾(?!隐患|报警|自动|风险|险|演练|探测)",
            r"(?<!油)(?:冒烟|冒黑烟|冒浓烟|冒白烟|浓烟|黑烟)(?!.{0,6}(?:油烟|烧烤|餐))",
            r"有烟(?!味|头|灰|囱|道|酒|花|草)|全是烟(?!味|头)|都是烟(?!味|头)|起烟(?!花)|烟雾(?!报警|探测|感)",
            r"打火花|冒火|闪火花|电火花|(?:电|插座|插头|开关|线路|充电).{0,12}火花",
            r"焦味|焦糊|糊味|焦臭",
            r"冒青烟|(?:钻|往外冒|窜).{0,2}烟(?!味|头)|点着了|火光|火(?:足|很|好|特别|越来越)大|烧橡胶|线都?熔|烧到(?:了|窗|墙|围墙|阳台|隔壁)|车烧了",
            r"\bfire!|\bsmoke is\b|漏汽油",
            r"正?在烧(?!烤|柴|煤|水|饭|菜|香|纸|火锅|开水|东西吃)|燃烧(?!器)",
            r"\bon fire\b|\bfire in\b|\bhouse fire\b|\bburning smell\b|\bsmell of burning\b|\bis burning\b",
            r"\bsmoke (?:from|in) (?:the|a|our) (?:stair|corridor|hall|lift|elevator|garage|meter|fuse|basement|flat)",
        ),
        lingers=True,
    ),
    Danger(
        "0306",
        "燃气抢修/119",
        "gas emergency repair / 119",
        _any(
            rf"{_GAS}(?:管道?|罐|瓶|表|灶)?.{{0,4}}(?:味|泄漏|泄露|漏气|外泄|在漏|漏了|臭)",
            rf"(?:闻到|闻着|闻见|一股|有股).{{0,6}}{_GAS}|(?:漏|泄漏|泄露)了?{_GAS}",
            rf"(?:像|好像是?|有点){_GAS}|{_GAS}.{{0,3}}咧?漏|(?:气管|黄管|燃气管|软管|中压管|煤气管).{{0,14}}(?:打穿|钻破|挖断|挖破|咬断|断了)",
            r"气一直往外|(?:嗤|呲|嘶){2}.{0,4}(?:声|响|喷)|(?:罐|阀|瓶).{0,4}在漏",
            rf"{_GAS}报警器?.{{0,6}}(?:响|叫)|(?<!轮胎)漏气|臭鸡蛋",
            r"gas ?(?:leak|smell|味|泄)|leaking gas|smell(?:s|ing|ed)?(?: like| of| some)?(?: \w+)? gas|漏 ?gas",
        ),
        lingers=True,
    ),
    Danger(
        "0201",
        "物业值班/119/96333(当地开通时)",
        "property firm's duty phone / 119 / 96333 (where available)",
        _any(
            rf"{_LIFT}.{{0,12}}(?:困(?!难|扰)|关在|关着{_PERSON}|关了?{_PERSON}|关住|被关|锁在|夹住了?{_PERSON})",
            rf"{_LIFT}.{{0,20}}(?:出不来|出不去)|{_LIFT}.{{0,8}}[把将].{{0,8}}[关困夹卡](?!难|扰)",
            rf"{_LIFT}.{{0,8}}卡(?:住|着|了).{{0,4}}{_PERSON}|{_PERSON}.{{0,8}}卡在.{{0,10}}{_LIFT}",
            rf"(?:被困|困[在住于]|被关[在进到住]|关在|锁在).{{0,12}}{_LIFT}",
            rf"{_LIFT}.{{0,20}}(?:停|不动|卡|坏|打不开|开不了|不开门|掉|故障).{{0,16}}(?:里面|里头|里边|轿厢里|里)(?:还|都)?(?:有|是|关|困).{{0,6}}{_PERSON}",
            rf"(?:救命|快来人|救救).{{0,30}}{_LIFT}|{_LIFT}.{{0,30}}(?:救命|求救|呼救|喊救|救救)",
            rf"[层楼](?:和|与|到)?.{{0,4}}(?:中间|之间).{{0,4}}(?:卡住|停住)|{_LIFT}.{{0,16}}(?:关着|还有|里面?有|坐着).{{0,4}}{_PERSON}(?!抽|吸|尿|拉|吐|贴|涂)",
            rf"困在里|困了.{{0,4}}(?:人|分钟|小时)|困人了|又困人|已经困|{_LIFT}.{{0,10}}(?:卡在|卡住).{{0,10}}里|卡在.{{0,4}}(?:里头|里面)",
            rf"(?:井道|轿厢|{_LIFT}).{{0,10}}(?:在哭|哭声|咳嗽|喊人|敲门|拍门|求救)",
            r"(?:stuck|trapped) (?:inside|in) (?:\w+ ){0,3}(?:lift|elevator)|(?:lift|elevator).{0,40}(?:trapped|people inside)",
        ),
    ),
    Danger(
        "0903",
        "110",
        "110 (police)",
        _any(
            r"持刀|拿刀|带刀|动刀|[拿举挥提]着?.{0,3}(?:(?<!剪)(?<!镰)刀(?!具|片|闸|口)|斧|铁棍|钢管|棍子)",
            r"砍人|砍我|砍伤|要砍(?!树|伐|掉|价)|捅人|捅伤|捅了|行凶|杀人|要杀(?!虫|毒|菌|鼠|蚊|蟑)|有枪|开枪|抢劫|劫持|绑架|强奸|非礼|猥亵|纵火|放火",
            r"打架|打起来|打群架|斗殴|群殴|互殴|殴打|打老婆|打妻子|家暴|掐.{0,2}脖|勒.{0,2}脖|打人(?!工|民|社|防|口|员)|呼救",
            r"在打(?:人(?!工|防)|我(?!们?电话)|架|老|孩|小孩|女)|(?:揪|拽|按|追|围)着.{0,10}打|动手打|打我(?!电话|手机|微信|们电话)",
            r"被.{0,4}打(?:伤|倒|晕|得|出血|破头|了(?!电话|招呼|孔|洞|折|水漂))",
            r"扬言.{0,6}(?:杀|砍|捅|放火|点火|炸)|(?:威胁|说)要.{0,4}(?:杀(?!虫|毒|菌|鼠|蚊|蟑)|砍(?!树|伐|掉|价)|捅|放火|炸(?!油|鸡|串))|人身威胁|威胁我|跟踪我|闯进我?家|强行闯入",
            r"扭打|打成一团|互砸|头破血|抡(?:起|着)?(?:棍|锤|椅)|要我的?命|砍门|扇.{0,3}耳光|持械|持棍|动酒瓶|推搡升级|(?:拿|举|抄).{0,3}(?:椅子|灭火器|酒瓶|铁锤|斧).{0,3}(?:砸|打)",
            r"(?:拎|提|抡)着.{0,2}(?:斧|锤|刀|棍)|又动手了|掐着.{0,6}脖|拉.{0,6}(?:姑娘|女孩|孩子|小孩)上车|(?:泼|倒).{0,6}(?:汽油|红漆).{0,10}(?:点|烧)|喊救命|别打了|拍甲流血",
            r"(?:正在|有人在?|有人正在)(?:撬|砸|开)我.{0,3}(?:门|锁)|在(?:开|撬)我.{0,2}门",
            r"\bknife\b|\bfighting\b|\battack(?:ed|ing)\b|\bbeating\b",
        ),
    ),
    Danger(
        "0907",
        "120/110",
        "120 (ambulance) / 110 (police)",
        _any(
            r"晕倒|昏倒|昏迷|晕过去|昏过去|晕了过去|休克|抽搐|口吐白沫|叫不醒|失去意识|心梗|心脏病发|脑梗|中风|猝死",
            r"(?:没有?|无)(?:呼吸|心跳|意识|知觉)|呼吸困难|喘不上气|窒息|噎住|噎到",
            rf"{_PERSON}.{{0,15}}(?:倒在地|倒地|躺在地|(?:没有?|无)反应)",
            r"掉(?:到|进)?水里|滑进(?:去|水|池)|胸口?(?:很|好)?(?:痛|疼|闷)|喘不[上过]|摸不到脉|脸.{0,2}(?:紫|青)了|(?:脸|嘴唇).{0,4}发?紫|羊水|快?要生了|呼吸机|制氧|氧气停|血流一地",
            r"过量服药|吞了?药|烧炭|告别信|遗书|意识模糊|说不出话|手脚抽|起不来.{0,10}(?:流血|喊|疼|头)|(?:头|脸|腿|手|壳)(?:在|都)?流血|流血(?:了|矣)|倒在血|救我|救人|救命",
            r"坐着.{0,10}(?:脚在外面|要跳)|楼顶.{0,4}边缘|挂在.{0,6}(?:边上|外面|窗外|防盗网外)|拔不出来|卡(?:住|在|进).{0,3}喉|头卡(?:进|在)|中暑|没回家.{0,12}(?:孩子|学生|同学)|(?:学生|孩子|奶奶|爷爷|老人|爸|妈|痴呆).{0,16}(?:没回来|没回家|不知道去哪)",
            rf"(?:掉|摔)下去.{{0,10}}(?:喊|疼|里面|动不了|了)|踩(?:空|翻).{{0,6}}掉|(?:压|埋)(?:住|到|着|在).{{0,5}}{_PERSON}|{_PERSON}.{{0,4}}(?:被)?(?:压|埋)(?:住|在|到)|打中头|从.{{0,3}}楼掉下来砸",
            r"正在咬|咬住.{0,10}不[松放]|扑倒.{0,8}(?:孕妇|老人|孩子|小孩|师傅)|已经咬了|还在咬|一个人在(?:马路|路)边哭",
            r"\bis missing\b|\bmissing child\b",
            r"溺水|落水(?!口|管|斗|沟)|掉(?:进|到|下).{0,4}(?:水池|水里|池塘|河里|泳池|井|坑)|跳楼|轻生|自杀|割腕|想不开|坠楼|跳河",
            r"触电|被电(?:到|倒|了|晕|击)|大出血|血流不止|流血(?:很多|好多|不止|不停)|流了?(?:很多|好多|一地|大量|满地|满脸)血",
            rf"砸(?:伤|中|到)了?{_PERSON}|砸到了?头|摔(?:断|骨折|昏|晕)|烧伤|烫伤|中毒",
            r"急救(?!箱|包|设备|知识|培训|站|柜)|(?:叫|喊|呼叫|打|拨打|拨)了?(?:救护车|120)|(?:救护车|120).{0,4}还没",
            r"被困|困住了|走失|走丢|失踪|(?:孩子|小孩|老人|爸|妈|奶奶|爷爷)(?:突然)?(?:不见了|找不到了)",
            r"(?:独居|老人|阿婆|阿公|老太|大爷|大妈|奶奶|爷爷|孤寡).{0,20}(?:没出过?门|没下楼|敲门.{0,3}(?:没|不|无)|没有?动静|联系不上|天没见)",
            r"\bunconscious\b|\bfainted\b|\bcollapsed\b|\bnot breathing\b|\bheart attack\b|\bdrown|\bsuicide\b|\bbleeding\b",
        ),
    ),
    Danger(
        "0401",
        "物业值班/110",
        "property firm's duty phone / 110",
        _any(
            r"(?:外墙|瓷砖|墙皮|墙砖|水泥块|石块|砖头|玻璃|广告牌|保温板|招牌|外机|脚手架|吊篮).{0,14}"
            r"(?:往下[掉砸落坠]|(?:掉|砸|落|坠|倒|飞)(?:下|了?下来))|(?:摇摇欲坠|要掉|快掉|快倒)",
            r"从(?!.{0,8}[扔丢抛倒泼]).{0,6}(?:楼|层).{0,4}下来",
            r"坍塌|倒塌|垮塌|快塌|要塌|塌了|垮下来|往下塌|往下沉|倒下来.{0,3}(?:压|砸)|被风刮倒|(?:支架|架子).{0,4}断|吊着晃|柱子.{0,3}掉块|(?:楼|天花板|楼板).{0,14}(?:咔咔|往下弯)",
            r"往下(?:丢|扔|砸|抛).{0,6}(?:酒瓶|砖|家具|刀|玻璃|花盆|东西)|扔(?:砖|酒瓶|花盆)",
        ),
        only_now=True,
    ),
    Danger(
        "0304",
        "物业值班/供水抢修",
        "property firm's duty phone / water emergency repair",
        _any(
            r"(?:灌|淹|泡|漫|流|冲).{0,8}(?:配电|电箱|插座|电房|电梯井|电表)|水.{0,4}(?:往|正往|已经到).{0,4}(?:车库里灌|膝盖|腰)|有人脚麻",
            r"(?:爆|破裂|喷|漏).{0,20}(?:电房|配电|电箱|电表箱|电梯井|机房|变压器)(?!维修)",
            r"(?:主管|水管|消防管|总管|管道|管子).{0,6}爆.{0,40}(?:喷|淹|涌|冲|先关|关阀)",
        ),
        only_now=True,
    ),
    Danger(
        "0305",
        "供电抢修95598/物业值班",
        "power emergency repair 95598 / property firm's duty phone",
        _any(
            r"漏电(?!保护|开关|跳闸)|(?:电线|电缆|高压线).{0,4}(?:断|掉|落).{0,6}(?:地上|地面|水里|路上|下来)|电线裸露",
        ),
    ),
)

_NOW = re.compile(
    r"现在|正在|还在|刚刚|刚才|刚(?!需|性|好|交|换|装|买|搬)|今天|今早|今晨|今晚|此刻|突然|又(?=.{0,6}[了!])|快来|快点|快救|快派|赶快|赶紧|"
    r"马上|立即|立刻|救命|速来|(?<!外)(?<!往)来人(?!员)|先关|\bnow\b|\basap\b|\bhelp\b|\bhurry\b|\bjust\b"
)
# Looked for before the words of danger, in the same clause.
_UNREAL = re.compile(
    r"不要|不再|别再|避免|防止|以免|免得|杜绝|防范|预防|谨防|就怕|生怕|担心|万一|如果|要是|假如|假设|一旦|倘若|会不会(?!是)|可能会|迟早|早晚|"
    r"哪天|等到|演练|演习|培训|宣传|要不然|否则|怕.{0,2}$|容易.{0,4}$|(?:没有?|未|并非|(?<!是)不是|(?<!会)不会|(?<!消)防).{0,1}$|真(?!的).{0,1}$|"
    r"\bif\b|\bin case\b|\bno\b.{0,4}$|\bnot\b.{0,8}$"
)
_NEVER_AGAIN = re.compile(r"(?:不要|不想|不会|不|别)再")  # inside them: 电梯不要再困人
# Looked for after them, in the same clause.
_UNREAL_AFTER = re.compile(r"^.{0,8}(?:的话|就完了|就晚了|就来不及|谁来?负责|隐患|风险|演练|演习|培训|预案|应急包)")
_LONG_PAST = re.compile(
    r"上次|上回|那回|那场|上礼拜|上周|上个?星期|上个?月|去年|前年|以前|之前|曾|前几天|前段时间|前阵子|往年|那次|[一二两三四五六七八九十几\d]+(?:天|周|个?月|年)前|"
    r"\blast (?:week|month|year|time)\b"
)
_YESTERDAY = re.compile(r"(?<!从)(?:昨天|昨晚|昨夜|昨日|前天|前晚)|\byesterday\b")
_REPEATED = re.compile(
    r"经常|老是|总是|常常|多次|好几次|[两三四五六几]次|频繁|动不动|隔三差五|每次|每天|每周|每个?月|天天|\boften\b"
)
_CLAUSE = re.compile(r"[,.;!?\n]")
_CLAUSE_LENGTH = 60  # characters; keeps a long text without punctuation from costing more than its length
_ENOUGH = 50  # mentions of one danger that are looked at


def find_alarm(text: str) -> Alarm | None:
    """The most pressing danger in `text`, or None. `text` is folded by `complaints.classify.fold` (clauses end in `,.;!?`)."""
    now = bool(_NOW.search(text))
    for danger in DANGERS:
        if danger.only_now and not now:
            continue
        matches = islice(danger.pattern.finditer(text), _ENOUGH)
        words = tuple(m.group() for m in matches if not _let_go(danger, text, m, now=now))
        if words:
            return Alarm(danger, words)
    return None


def _let_go(danger: Danger, text: str, match: re.Match[str], *, now: bool) -> bool:
    before = _CLAUSE.split(text[max(0, match.start() - _CLAUSE_LENGTH) : match.start()])[-1]
    after = _CLAUSE.split(text[match.end() : match.end() + _CLAUSE_LENGTH], maxsplit=1)[0]
    if _UNREAL.search(before) or _NEVER_AGAIN.search(match.group()) or _UNREAL_AFTER.search(after):
        return True
    if now:
        return False
    if _LONG_PAST.search(before) or _LONG_PAST.search(after):
        return True
    return not danger.lingers and bool(_YESTERDAY.search(before) or _REPEATED.search(before))
