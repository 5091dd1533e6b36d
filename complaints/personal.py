"""Personal data in a text: where it stands, and the text with it masked.

Everybody but the handler reads the masked text (个人信息保护法 6, 28; see `docs/law.md`). Patterns are our own and look for
what a stranger could find somebody by, and for what is sensitive by law (health, children). A building alone
("3号楼") is the place of the matter and stays; with the home behind it, it is an address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MASK = "＊"
_SURNAME = (
    "(?:欧阳|上官|司马|诸葛|[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚"
    "沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常洪庄柯施翁颜温游卓纪涂尤])"
)
_ROLE = (
    "(?!业主|租户|租客|住户|居民|物业|保安|老人|房东|这|那|一|本|新|外|小区|楼|在|来|被|因|高层|高三|高二|高一|白天|白领|常住|向|方便|任何|何时|"
    "马上|余下|于)"
)
_NUMERAL = r"[\d零〇一二三四五六七八九十百]"
_AFTER_NAME = r"(?=[,，.。;；!！?？、:：\s]|住|电话|手机|身份证|的电话|$)"
_FOLLOWS = "(?=$|[^A-Za-z0-9])"
_ILLNESS = (
    "(?:(?:肢体|视力|听力|智力|精神|言语)?(?:[一二三四]级)?残疾(?!人车位|人通道)(?:[一二三四]级)?|[肺肝胃肠乳]?癌症?|白血病|肿瘤|糖尿病|高血压|冠心病|心脏病|"
    "(?:过敏性)?鼻炎|哮喘|抑郁症?|焦虑症|精神分裂症?|精神病史|自闭症|孤独症|癫痫|乙肝|肝炎|肺结核|艾滋病?|尿毒症|肾衰竭|透析|化疗|帕金森|"
    "老年痴呆|阿尔茨海默|中风|偏瘫|瘫痪(?=在床|的?老|的?病|多年)|脑梗|骨折|流产|早产|怀孕[一二三四五六七八九十\\d]*个?月?|孕[一二三四五六七八九十\\d]+(?:周|个月)|"
    "缝了?[一二三四五六七八九十\\d]+针|神经衰弱|支架手术|心梗|[一二三四]级伤残)"
)


@dataclass(frozen=True, slots=True)
class Span:
    """Personal data at `start:end` of the text. `kind` is one of KINDS."""

    kind: str
    start: int
    end: int


# The order decides which kind a place counts as when several fit.
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("email", r"[a-z0-9._%+\-]{1,64}@[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63}){1,4}"),
        ("id_card", r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dx](?![\da-z])"),
        ("id_card", r"身份证(?:号码?)?(?:是|为|尾号)?[:： ]?\d{4,18}x?"),
        ("bank_card", r"(?<!\d)[3-6]\d{3}(?:[ \-]?\d{4}){3}(?:[ \-]?\d{1,3})?(?!\d)"),
        ("phone", r"(?<!\d)(?:\+?86[ \-]?)?1[3-9]\d[ \-]?\d{4}[ \-]?\d{4}(?!\d)"),
        ("phone", r"(?<!\d)0\d{2,3}[ \-]?[2-9]\d{6,7}(?!\d)"),
        (
            "phone",
            r"(?<![零〇一二三四五六七八九幺])[一幺][三四五六七八九][零〇一二三四五六七八九幺]{9}(?![零〇一二三四五六七八九幺])",
        ),
        ("account", r"(?:微信|v信|wechat|wx|qq)(?:号码?)?(?:是|为)?[:： ]?[a-z0-9][a-z0-9_\-]{4,19}"),
        ("plate", rf"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z][·•. ]?[a-z0-9]{{5,6}}{_FOLLOWS}"),
        (
            "address",
            rf"{_NUMERAL}{{1,3}}(?:号楼|栋楼?|幢|座|号|#)[a-z]?[ ,，]?(?:{_NUMERAL}{{1,2}}(?:单元|梯)[ ,，]?)?"
            rf"(?:{_NUMERAL}{{1,2}}[楼层][ ,，]?)?"
            r"[\d零〇一二三四五六七八九]{3,4}(?!\d|元|块|户(?:人|业)|多)(?:室|房|户)?",
        ),
        ("address", r"(?<![\d.\-])\d{1,2}[\-—]\d{1,2}[\-—]\d{3,4}(?![\d\-元年月日])(?:室|房|户)?"),
        ("address", r"(?<![\d.\-])\d{1,2}[\-—](?:[1-9]|[1-3]\d)0[1-9](?![\d\-元年月日])(?:室|房|户)?"),
        ("address", rf"{_NUMERAL}{{1,2}}(?:单元|梯)[ ,，]?[\d零〇一二三四五六七八九]{{3,4}}(?!\d|元|块|多)(?:室|房|户)?"),
        ("address", r"(?<![\d.])\d{3,4}(?:室|房)(?!间|子|屋|东|价|贷)"),
        ("name", rf"(?<=我叫){_SURNAME}[\u4e00-\u9fff]{{1,2}}"),
        ("name", rf"(?<=姓名)[:：是为 ]{{0,2}}{_SURNAME}[\u4e00-\u9fff]{{1,2}}"),
        ("name", rf"(?:(?<=名叫)|(?<=名字叫)|(?<=联系人)|(?<=本人)){_ROLE}[:：]?{_SURNAME}[\u4e00-\u9fff]{{1,2}}{_AFTER_NAME}"),
        ("name", rf"(?<=我是){_ROLE}{_SURNAME}[\u4e00-\u9fff]{{1,2}}{_AFTER_NAME}"),
        ("name", r"(?:(?<=my name is )|(?<=i am called ))[a-z]{2,20}(?: [a-z]{2,20})?"),
        (
            "minor",
            r"(?:[\u4e00-\u9fff]{2,4})?(?:小学|初中|中学|幼儿园)(?:[一二三四五六七八九]年级|[大中小]班)(?:[(（]?[\d一二三四五六七八九十]{1,2}[)）]?班)?"
            r"(?:[,，、][\u4e00-\u9fff]{2,6}(?:小学|中学|幼儿园))?",
        ),
        (
            "minor",
            r"(?:女儿|儿子|孩子|小孩|孙子|孙女|外孙女?|男孩|女孩|娃).{0,4}?(?:今年)?(?:1[0-7]|[1-9]|[一二三四五六七八九])岁半?",
        ),
        ("minor", r"(?<!\d)(?:1[0-7]|[1-9]|[一二三四五六七八九])岁半?的?(?:女儿|儿子|孩子|小孩|孙子|孙女|男孩|女孩|娃)"),
        ("health", _ILLNESS),
        (
            "financial",
            r"(?<=转了)\d[\d,.]{0,12}万?[元块]|(?:月薪|工资|收入|存款|退休金|养老金|贷款|低保金)(?:只有|才|是|有)?\d[\d,.]{0,12}[千万]?[元块]?",
        ),
        (
            "confidential",
            r"[对把为].{0,8}?(?:保密)|(?:不要|不想|别|请勿|勿).{0,4}?(?:泄露|透露|公开|暴露|告诉).{0,6}?(?:信息|姓名|身份|电话|名字|是我)|匿名|请.{0,3}保密",
        ),
    )
)
KINDS = frozenset(kind for kind, _ in _PATTERNS)
SHOWN = frozenset({"financial", "confidential"})
"""Kinds that are a hint for whoever handles the ticket and find nobody by themselves; they are not masked."""
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def find(text: str) -> tuple[Span, ...]:
    """Personal data in `text`, in its order, without overlaps. Never raises."""
    plain = text.translate(_HALF_WIDTH)  # one character for one, so that places stay
    taken = [False] * len(plain)
    found = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            start, end = match.span()
            if start < end and not any(taken[start:end]):
                taken[start:end] = [True] * (end - start)
                found.append(Span(kind, start, end))
    return tuple(sorted(found, key=lambda span: span.start))


def masked(text: str) -> str:
    """The text with every character of personal data replaced by MASK; same length, and masking again changes nothing."""
    while spans := [span for span in find(text) if span.kind not in SHOWN]:
        for span in spans:
            text = text[: span.start] + MASK * (span.end - span.start) + text[span.end :]
    return text
