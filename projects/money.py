"""What the law asks before owners' money is spent. Amounts are whole fen.

民法典 (2021) 第二百七十八条: use of the maintenance fund, and what else bears on shared parts, is decided by the owners: two
thirds of area and of persons take part, more than half of both say yes (raising the fund, rebuilding: three quarters).
第二百八十一条: in an emergency the owners' assembly or committee may apply for the fund. 第二百八十二条: income from shared
parts belongs to the owners.
"""

import re
import unicodedata
from collections.abc import Iterable

from projects.states import Source

OWNERS_MONEY = {
    Source.MAINTENANCE: "民法典第二百七十八条、第二百八十一条",
    Source.REVENUE: "民法典第二百八十二条",
    Source.OWNERS: "民法典第二百七十八条",
}


def laws(sources: Iterable[str]) -> list[str]:
    """The articles by which the owners must have decided before this money may be planned; empty when none."""
    found = (OWNERS_MONEY.get(Source(source)) for source in sources)
    return list(dict.fromkeys(law for law in found if law))


def needs_decision(sources: Iterable[str]) -> bool:
    return bool(laws(sources))


def yuan(fen: int) -> str:
    """Fen as people write yuan: 300000 is `3,000.00`."""
    return f"{fen // 100:,}.{fen % 100:02d}"


def fen_of(words: str) -> int:
    """An amount in yuan, as people type it (`3,000.50`, `￥3000元`), in fen. Raises ValueError on anything else."""
    plain = re.sub(r"[\s,¥元]", "", unicodedata.normalize("NFKC", words))
    found = re.fullmatch(r"([0-9]{1,12})(?:\.([0-9]{1,2}))?", plain)
    if found is None:
        raise ValueError(words)
    whole, part = found.groups()
    return int(whole) * 100 + int((part or "").ljust(2, "0"))
