"""Answers and errors of GeoReport v2 in its two formats. XML is written, never read."""

import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from xml.etree import ElementTree

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpResponse, UnreadablePostError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from people.http import HttpRequest
from people.throttling import exceeded
from tenancy.refusals import NotThere, Refusal

XML, JSON = "xml", "json"
TYPES = {XML: "text/xml; charset=utf-8", JSON: "application/json; charset=utf-8"}
ITEM = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
}
"""What stands once for each entry of a list. JSON leaves it out (the mapping called Spark in the specification)."""
KEPT = frozenset({400, 403, 404, 405, 429})
"""Statuses that are told; any other refusal is a 400, as the specification wants."""
ASKED_A_MINUTE = 600
"""Requests from one address (own): a portal that shows a county to its readers asks less."""
UNFIT_FOR_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Fault(Exception):
    """A refusal in the specification's form: status and words. `retry_after` in seconds."""

    def __init__(self, status: int, description: str | Promise, *, allow: str = "", retry_after: int = 0) -> None:
        super().__init__(str(description))
        self.status, self.description, self.allow, self.retry_after = status, str(description), allow, retry_after


def rendered(root: str, content: Any, form: str, *, status: int = 200) -> HttpResponse:
    """`content` under `root`: a list of objects, or one object. What is None is left out."""
    if form == JSON:
        body = json.dumps(_bare(content), ensure_ascii=False).encode()
    else:
        body = ElementTree.tostring(_element(root, content), encoding="utf-8", xml_declaration=True)
    return HttpResponse(body, status=status, content_type=TYPES[form])


def _bare(content: Any) -> Any:
    if isinstance(content, dict):
        return {name: _bare(value) for name, value in content.items() if value is not None}
    return [_bare(each) for each in content] if isinstance(content, list) else content


def _element(name: str, content: Any) -> ElementTree.Element:
    made = ElementTree.Element(name)
    if isinstance(content, dict):
        made.extend(_element(inner, value) for inner, value in content.items() if value is not None)
    elif isinstance(content, list):
        made.extend(_element(ITEM[name], value) for value in content)
    elif isinstance(content, bool):
        made.text = str(content).lower()
    else:
        made.text = UNFIT_FOR_XML.sub("", str(content))
    return made


def refused(fault: Fault, form: str) -> HttpResponse:
    answer = rendered("errors", [{"code": str(fault.status), "description": fault.description}], form, status=fault.status)
    if fault.allow:
        answer["Allow"] = fault.allow
    if fault.retry_after:
        answer["Retry-After"] = str(fault.retry_after)
    return answer


NAMES = {
    "text": "description",
    "compound": "address_id",
    "spot": "attribute[spot]",
    "reporter_name": "first_name, last_name",
    "reporter_phone": "phone",
}
"""What a field of a filing is called in GeoReport v2."""


def _as_fault(problem: Refusal) -> Fault:
    if isinstance(problem, NotThere) and problem.field:  # an argument that names nothing, not the address asked for
        return Fault(400, f"{NAMES.get(problem.field, problem.field)}: {problem.message}")
    words = f"{NAMES.get(problem.field, problem.field)}: {problem.message}" if problem.field else problem.message
    return Fault(problem.status if problem.status in KEPT else 400, words)


View = Callable[..., HttpResponse]


def answering(*methods: str) -> Callable[[View], View]:
    """A view below `/open311/`: counted, without cookies or CSRF, its refusals in the format that was asked for."""

    def around(view: View) -> View:
        @csrf_exempt  # no cookie counts here: what writes carries its key
        @wraps(view)
        def answered(request: HttpRequest, *, form: str, **ids: str) -> HttpResponse:
            try:
                if exceeded("open311", most=ASKED_A_MINUTE, seconds=60):
                    raise Fault(429, _("Too many requests came from this address. Wait a minute."), retry_after=60)
                method = "GET" if request.method == "HEAD" else str(request.method)
                if method not in methods:
                    raise Fault(405, _("This address does not take %(method)s.") % {"method": method}, allow=", ".join(methods))
                return view(request, form=form, **ids)
            except Fault as fault:
                return refused(fault, form)
            except Refusal as problem:
                return refused(_as_fault(problem), form)
            except (RequestDataTooBig, SuspiciousOperation, UnreadablePostError):
                return refused(Fault(400, UNREADABLE), form)

        return answered

    return around


UNREADABLE = gettext_lazy("The request could not be read.")


def form_of(path: str) -> str:
    """The format that an address ends with; XML when it ends with none of the two."""
    return JSON if path.endswith(".json") else XML
