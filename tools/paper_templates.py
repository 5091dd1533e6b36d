"""Makes the templates of papers that come with Mulin: `python -m tools.paper_templates` writes `enforcement/data/papers/*.docx`.

A4 with the fonts and sizes that offices use (title 宋体 二号, text 仿宋 四号, tables 仿宋 五号); the names in double braces are
those of `docs/papers.md`. The files are committed; running this again changes them only when this program changed.
"""

import io
import zipfile
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

OUT = Path(__file__).resolve().parents[1] / "enforcement" / "data" / "papers"
SONG, FANG, HEI = "宋体", "仿宋", "黑体"
TITLE, HEAD, TEXT, SMALL = 22, 16, 14, 10.5
"""Points: 二号, 三号, 四号, 五号."""
LEADING, TABLE_LEADING = 22, 15
WIDE = 15.6
"""Centimetres between the margins: 21 − 2.8 − 2.6."""
MIDDLE, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


class Sheet:
    """A template being written."""

    def __init__(self, title: str) -> None:
        self.word = Document()
        self.word.core_properties.title, self.word.core_properties.author = title, ""
        section = self.word.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.top_margin, section.bottom_margin = Cm(2.5), Cm(2.0)
        section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
        section.footer_distance = Cm(1.1)
        normal = self.word.styles["Normal"]
        normal.font.name, normal.font.size = FANG, Pt(TEXT)
        normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FANG)
        self._footer(section.footer.paragraphs[0])

    def put(
        self, text: str, *, size: float = TEXT, font: str = FANG, where: Any = None, indent: bool = False, bold: bool = False
    ) -> Any:
        paragraph = self.word.add_paragraph()
        shape(paragraph, LEADING if size <= TEXT else size * 1.6)
        paragraph.alignment = where
        if indent:
            paragraph.paragraph_format.first_line_indent = Pt(2 * size)
        write(paragraph, text, size, font, bold=bold)
        return paragraph

    def control(self, text: str) -> None:
        """A line that steers and leaves nothing behind."""
        self.put(text, size=SMALL)

    def heading(self, text: str) -> None:
        self.put(text, font=HEI).paragraph_format.keep_with_next = True

    def table(
        self, widths: Sequence[float], rows: Sequence[Sequence[str]], *, head: bool = False, middle: Sequence[int] = ()
    ) -> Any:
        table: Any = self.word.add_table(rows=0, cols=len(widths))
        table.style, table.autofit, table.alignment = "Table Grid", False, WD_TABLE_ALIGNMENT.CENTER
        for number, row in enumerate(rows):
            added = table.add_row()
            whole(added)
            if head and number == 0:
                repeated(added)
            for column, (cell, width, text) in enumerate(zip(added.cells, widths, row, strict=True)):
                cell.width = Cm(width)
                shape(cell.paragraphs[0], TABLE_LEADING)
                top = head and number == 0
                cell.paragraphs[0].alignment = MIDDLE if top or column in middle else None
                write(cell.paragraphs[0], text, SMALL, HEI if top else FANG)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        return table

    def gap(self) -> None:
        shape(self.word.add_paragraph(), 10)

    def code(self) -> None:
        """The code by which everybody verifies the paper, with its address for those who cannot scan; never alone on a page."""
        self.word.paragraphs[-1].paragraph_format.keep_with_next = True
        self.gap()
        self.word.paragraphs[-1].paragraph_format.keep_with_next = True
        table = self.table([3.2, WIDE - 3.2], [["{{ qr }}", "扫描二维码可核验本文书真伪与效力。\n{{ address }}\n{{ number }}"]])
        shape(table.rows[0].cells[0].paragraphs[0], None)
        table.rows[0].cells[0].paragraphs[0].alignment = MIDDLE
        borderless(table)

    def saved(self, name: str) -> None:
        kept = io.BytesIO()
        self.word.save(kept)
        (OUT / name).write_bytes(undated(kept.getvalue()))

    def _footer(self, paragraph: Any) -> None:
        paragraph.alignment = MIDDLE
        for text, field in (("第 ", "PAGE"), (" 页　共 ", "NUMPAGES"), (" 页", "")):
            write(paragraph, text, 9, SONG)
            if field:
                told = OxmlElement("w:fldSimple")
                told.set(qn("w:instr"), f" {field} ")
                run = deepcopy(paragraph.runs[-1]._r)
                run.remove(run.find(qn("w:t")))
                shown = OxmlElement("w:t")
                shown.text = "1"
                run.append(shown)
                told.append(run)
                paragraph._p.append(told)


def shape(paragraph: Any, leading: float | None) -> None:
    """Exact leading in points; None where a picture stands."""
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    if leading is None:
        form.line_spacing_rule = WD_LINE_SPACING.SINGLE
    else:
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(leading)


def write(paragraph: Any, text: str, size: float, font: str, *, bold: bool = False) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.name, run.font.bold = Pt(size), font, bold or None
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _flag(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def whole(row: Any) -> None:
    """A row is not torn between two pages."""
    _flag(row, "w:cantSplit")


def repeated(row: Any) -> None:
    _flag(row, "w:tblHeader")


def borderless(table: Any) -> None:
    table.style = "Normal Table"


def undated(body: bytes) -> bytes:
    """The same parts without the hour at which they were packed, so that the same program gives the same bytes."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as before, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.infolist():
            fresh = zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0))
            fresh.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(fresh, before.read(entry))
    return kept.getvalue()


def head(title: str) -> Sheet:
    sheet = Sheet(title)
    sheet.put("{{ bureau }}", size=HEAD, font=SONG, where=MIDDLE)
    sheet.put(title, size=TITLE, font=SONG, where=MIDDLE, bold=True)
    sheet.put("{{ number }}", where=MIDDLE)
    sheet.control("{%p if sample %}")
    sheet.put("（{{ sample }}）", size=SMALL, where=MIDDLE)
    sheet.control("{%p endif %}")
    return sheet


def facts(sheet: Sheet, rows: Sequence[tuple[str, str]]) -> None:
    table = sheet.table([3.2, WIDE - 3.2], rows)
    for row in table.rows:
        shape(row.cells[0].paragraphs[0], TABLE_LEADING)
    sheet.gap()


def signatures(sheet: Sheet, names: Sequence[str]) -> None:
    """Room to sign by hand, two beside each other; kept on one page."""
    sheet.gap()
    day = "年　　月　　日"
    pairs = [(left, day, right, day) for left, right in zip(names[::2], names[1::2], strict=True)]
    table = sheet.table([3.7, 4.1, 3.7, 4.1], pairs)
    for row in table.rows:
        row.height = Cm(1.3)
        for number, cell in enumerate(row.cells):
            cell.paragraphs[0].alignment = RIGHT if number % 2 else None
            cell.paragraphs[0].paragraph_format.keep_with_next = True


def seal(sheet: Sheet) -> None:
    sheet.gap()
    for text in ("{{ bureau }}", "（印章）", "{{ day }}"):
        paragraph = sheet.put(text, where=RIGHT)
        paragraph.paragraph_format.keep_with_next = text != "{{ day }}"


def record() -> None:
    sheet = head("现场检查记录")
    facts(
        sheet,
        [
            ("检查地点", "{{ compound }}{% if compound_address %}（{{ compound_address }}）{% endif %}"),
            ("检查时间", "{{ visit_from }}{% if visit_until %}至{{ visit_until }}{% endif %}"),
            ("联合检查编号", "{{ visit_number }}"),
            ("牵头单位", "{{ lead }}"),
            ("参加单位", "{{ bureaus }}"),
            ("执法人员及证号", "{{ officers_in_words }}"),
            ("在场人员", "{{ present }}"),
        ],
    )
    sheet.put(
        "检查时，两名以上执法人员主动出示了行政执法证件（《中华人民共和国行政处罚法》第四十二条、第五十五条）。当事人对检查情况和拟作出的"
        "处理享有陈述、申辩的权利（同法第四十五条）；认为执法人员与检查事项有直接利害关系的，有权申请其回避（同法第四十三条）。",
        indent=True,
    )
    sheet.heading("一、检查事项及结果")
    columns = [1.3, 4.0, 1.9, 5.2, 3.2]
    sheet.table(
        columns,
        [
            ("序号", "检查事项", "结果", "法律依据（检查当日有效）", "备注"),
            ("{%tr for item in items %}", "", "", "", ""),
            ("{{ item.n }}", "{{ item.code }} {{ item.name }}", "{{ item.result }}", "{{ item.basis }}", "{{ item.note }}"),
            ("{%tr endfor %}", "", "", "", ""),
        ],
        head=True,
        middle=(0, 2),
    )
    sheet.heading("二、发现的问题")
    sheet.control("{%p if findings %}")
    sheet.table(
        [1.3, 3.6, 6.4, 4.3],
        [
            ("序号", "位置", "情况", "责任主体及事项"),
            ("{%tr for finding in findings %}", "", "", ""),
            ("{{ finding.n }}", "{{ finding.spot }}", "{{ finding.text }}", "{{ finding.party }}\n{{ finding.item }}"),
            ("{%tr endfor %}", "", "", ""),
        ],
        head=True,
        middle=(0,),
    )
    sheet.control("{%p else %}")
    sheet.put("本机关的检查事项未发现问题。", indent=True)
    sheet.control("{%p endif %}")
    sheet.control("{%p if words %}")
    sheet.heading("三、检查说明")
    sheet.put("{{ words }}", indent=True)
    sheet.control("{%p endif %}")
    sheet.gap()
    sheet.put("当事人意见（可陈述、申辩，可另附页）：", font=HEI).paragraph_format.keep_with_next = True
    box = sheet.table([WIDE], [[""]])
    box.rows[0].height = Cm(2.2)
    signatures(sheet, ["执法人员（签名）", "执法人员（签名）", "被检查人或在场人（签名）", "见证人（签名）"])
    sheet.put("被检查人拒绝签名的，由执法人员注明原因，并由见证人签名。", size=SMALL)
    sheet.code()
    sheet.saved("record.docx")


def order() -> None:
    sheet = head("责令整改通知书")
    sheet.gap()
    sheet.put("{{ addressee }}：")
    sheet.put(
        "{{ visit_day }}，本机关在{{ compound }}联合检查（编号{{ visit_number }}）中，由执法人员{{ officers_in_words }}检查发现，"
        "你（单位）负责的下列事项违反了有关规定。依据《中华人民共和国行政处罚法》第二十八条第一款和表列法律依据，责令你（单位）在表列期限"
        "届满前改正：",
        indent=True,
    )
    sheet.table(
        [1.2, 4.0, 3.3, 3.3, 3.8],
        [
            ("序号", "违法情况", "法律依据", "整改要求", "最迟日期"),
            ("{%tr for finding in findings %}", "", "", "", ""),
            (
                "{{ finding.n }}",
                "{{ finding.spot }}：{{ finding.text }}（{{ finding.item }}）",
                "{{ finding.basis }}",
                "{{ finding.demand }}",
                "{{ finding.last_day }}",
            ),
            ("{%tr endfor %}", "", "", "", ""),
        ],
        head=True,
        middle=(0, 4),
    )
    sheet.gap()
    sheet.put("上述日期均含当日。整改完成后，请及时将整改情况报本机关，本机关将进行复查。", indent=True)
    sheet.put("逾期不改正或者整改不符合要求的，本机关将依法处理；构成行政处罚事由的，依法立案查处。", indent=True)
    sheet.put(
        "你（单位）对上述认定有异议的，可以向本机关陈述、申辩。不服本通知的，可以自收到之日起六十日内依法向{{ county }}人民政府"
        "申请行政复议，也可以自收到之日起六个月内依法向有管辖权的人民法院提起行政诉讼。",
        indent=True,
    )
    seal(sheet)
    signatures(sheet, ["执法人员（签名）", "执法人员（签名）", "收件人（签名）", "见证人（签名）"])
    sheet.put("本通知书一式两份，一份送达当事人，一份由本机关存档。", size=SMALL)
    sheet.code()
    sheet.saved("order.docx")


def opinion() -> None:
    sheet = head("复查意见书")
    sheet.gap()
    sheet.put("{{ addressee }}：")
    sheet.put(
        "{{ day_before }}，本机关在{{ compound }}联合检查（编号{{ visit_before }}）中发现的问题已责令整改。{{ visit_day }}，"
        "执法人员{{ officers_in_words }}到场复查（编号{{ visit_number }}），在场人员：{{ present }}。复查意见如下：",
        indent=True,
    )
    sheet.table(
        [1.2, 4.2, 3.6, 3.8, 2.8],
        [
            ("序号", "问题", "整改要求", "最迟日期", "复查结果"),
            ("{%tr for finding in findings %}", "", "", "", ""),
            (
                "{{ finding.n }}",
                "{{ finding.spot }}：{{ finding.text }}（{{ finding.item }}）",
                "{{ finding.demand }}",
                "{{ finding.last_day }}",
                "{{ finding.outcome }}",
            ),
            ("{%tr endfor %}", "", "", "", ""),
        ],
        head=True,
        middle=(0, 3, 4),
    )
    sheet.gap()
    sheet.put("共复查 {{ findings|length }} 项，已整改到位 {{ right }} 项，未整改到位 {{ not_right }} 项。", indent=True)
    sheet.control("{%p if not_right != '0' %}")
    sheet.put("未整改到位的，应当继续整改；本机关将依法处理。", indent=True)
    sheet.control("{%p endif %}")
    sheet.put("当事人对复查意见有异议的，可以向本机关陈述、申辩。", indent=True)
    sheet.control("{%p if words %}")
    sheet.put("说明：{{ words }}", indent=True)
    sheet.control("{%p endif %}")
    seal(sheet)
    signatures(sheet, ["执法人员（签名）", "执法人员（签名）", "被检查人或在场人（签名）", "见证人（签名）"])
    sheet.code()
    sheet.saved("opinion.docx")


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    for make in (record, order, opinion):
        make()
    print(*sorted(path.name for path in OUT.glob("*.docx")))


if __name__ == "__main__":
    main()
