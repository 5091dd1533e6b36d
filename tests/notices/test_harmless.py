"""What people typed makes no link in a mail, and stays readable."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.harmless import harmless

LINKS = {
    "看 http://a.example.com/x?y=1。": "看 http[://]a[.]example[.]com/x?y=1。",
    "https：//evil.cn": "https[://]evil[.]cn",
    "www.example.com 中奖": "www[.]example[.]com 中奖",
    "加我bad-site.com领奖": "加我bad-site[.]com领奖",
    "联系 a.b@mail.example.org": "联系 a.b@mail[.]example[.]org",
    "例子.中国 和 例子．公司": "例子[.]中国 和 例子[.]公司",
    "小区.com": "小区[.]com",
    "https://中文域名.cn": "https[://]中文域名[.]cn",
    "xn--fiqs8s.xn--fiqz9s": "xn--fiqs8s[.]xn--fiqz9s",
    "example。com": "example[.]com",
    "EXAMPLE.COM!": "EXAMPLE[.]COM!",
    "ftp://1.2.3.4/": "ftp[://]1.2.3.4/",
}
NONE = (
    "3.5米 2026.11.23 1.2.3.4 第3.2条",
    "坏了。请修",
    "坏了。Please",
    "e.g. this, i.e. that",
    "v2.1.0",
    "夜里11.30",
    "没有。",
    "",
)


@pytest.mark.parametrize(("typed", "shown"), LINKS.items())
def test_a_link_is_broken_so_that_it_can_still_be_read(typed: str, shown: str) -> None:
    assert harmless(typed) == shown
    assert harmless(shown) == shown, "done twice it is the same"


@pytest.mark.parametrize("typed", NONE)
def test_what_is_no_link_stays_as_it_was_typed(typed: str) -> None:
    assert harmless(typed) == typed


@given(st.text(alphabet="ab.:/。．中国com11-@ wx"))
def test_nothing_is_lost_and_no_address_is_left(typed: str) -> None:
    shown = harmless(typed)
    assert re.sub(r"[\[\]]", "", shown).translate(str.maketrans("：．。｡", ":...")) == typed.translate(
        str.maketrans("：．。｡", ":...")
    )
    assert "://" not in shown.replace("[://]", "")
    assert not re.search(r"(?<![\w.])[a-z0-9-]+\.(?:com|www)(?![a-z0-9.])", shown, re.ASCII)
