"""Place codes: 15 digits, stored as one integer, in which a subtree is a range.

6 digits county or district (GB/T 2260), 3 street or town, 3 neighbourhood (统计用区划代码), 3 compound (own, in the place
of the grid of GB/T 30428.1). A shorter place is padded with zeros.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    PROVINCE = "province", _("province")
    PREFECTURE = "prefecture", _("prefecture")
    COUNTY = "county", _("county or district")
    STREET = "street", _("street or town")
    NEIGHBOURHOOD = "neighbourhood", _("neighbourhood")
    COMPOUND = "compound", _("compound")


SPANS: dict[Level, int] = {
    Level.PROVINCE: 10**13,
    Level.PREFECTURE: 10**11,
    Level.COUNTY: 10**9,
    Level.STREET: 10**6,
    Level.NEIGHBOURHOOD: 10**3,
    Level.COMPOUND: 1,
}
HIGHEST = 10**15


def level_of(code: int) -> Level:
    """The level of a place, read off its trailing zeros. Raises ValueError for what is no place code."""
    if not 10**14 <= code < HIGHEST:
        raise ValueError(f"not a 15-digit place code: {code}")
    return next(level for level, span in SPANS.items() if code % span == 0)


def subtree(code: int) -> tuple[int, int]:
    """The half-open range `[code, code + span)` of a place and everything under it."""
    return code, code + SPANS[level_of(code)]


def ancestor(code: int, level: Level) -> int:
    """The code of the place at `level` that holds `code` (`code` itself if it is of that level or above)."""
    return code - code % SPANS[level]


def lineage(code: int) -> list[int]:
    """All places that hold `code`, widest first, `code` included."""
    return sorted({ancestor(code, level) for level in SPANS})
