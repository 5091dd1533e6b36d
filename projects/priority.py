"""Which project comes first: 先民生后提升、先地下后地上、先功能后景观 (seed: 晋江), the first word weighing more than the second.

The order is the seed's; that emergencies and the number of people who asked come next is our own.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from projects.states import Ground, Use

LIVELIHOOD, BELOW, FUNCTION = 400, 200, 100
MOST_FOR_ASKING = 99
"""However many asked, it never outweighs one of the three words."""


@dataclass(frozen=True)
class Reason:
    """One attribute that counted: what it is called, and its points."""

    words: str | Promise
    points: int


def reasons(*, livelihood: bool, ground: str, use: str, asked: int) -> tuple[Reason, ...]:
    """The reasons for a project's rank, each with its points; `asked` is the number of complaints it answers."""
    return (
        Reason(_("people's daily life first") if livelihood else _("an improvement, after daily life"), LIVELIHOOD * livelihood),
        Reason(_("below ground first") if ground == Ground.BELOW else _("above ground"), BELOW * (ground == Ground.BELOW)),
        Reason(_("function first") if use == Use.FUNCTION else _("landscape, after function"), FUNCTION * (use == Use.FUNCTION)),
        Reason(_("complaints that it answers: %(n)d") % {"n": asked}, min(asked, MOST_FOR_ASKING)),
    )


def rank(*, livelihood: bool, ground: str, use: str, asked: int) -> int:
    """From 0 to 799; the higher comes first."""
    return sum(reason.points for reason in reasons(livelihood=livelihood, ground=ground, use=use, asked=asked))
