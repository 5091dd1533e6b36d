"""One jurisdiction for each county (县级行政区): its six digits after GB/T 2260 are the jurisdiction_id."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from complaints.open311.answers import Fault
from people.http import HttpRequest
from tenancy import scope
from tenancy.areas import SPANS, Level
from tenancy.models import Area


def jurisdictions() -> list[tuple[str, Area]]:
    """All counties of the installation with their jurisdiction_id."""
    return [(str(area.code // SPANS[Level.COUNTY]), area) for area in Area.objects.filter(level=Level.COUNTY).order_by("code")]


@contextmanager
def entered(request: HttpRequest) -> Iterator[Area]:
    """The county asked for, with the scope of just that county in force: whoever asks, session and account count for nothing.

    Raises Fault: 400 when there are several and none is named, 404 for one that is not there.
    """
    asked = (request.GET.get("jurisdiction_id") or request.POST.get("jurisdiction_id") or "").strip()
    known = dict(jurisdictions())
    if not asked and len(known) == 1:
        (asked,) = known
    names = ", ".join(f"{code} ({area.name})" for code, area in known.items())
    if not asked:
        raise Fault(400, _("jurisdiction_id was not provided. It is one of: %(names)s") % {"names": names})
    if asked not in known:
        raise Fault(404, _("The jurisdiction_id provided was not found. It is one of: %(names)s") % {"names": names})
    with scope.place(known[asked].code):
        yield known[asked]
