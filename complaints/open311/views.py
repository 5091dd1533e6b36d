"""The addresses of GeoReport v2. Everybody reads what is public; who files has a key."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework.request import Request

from complaints import queries
from complaints.actions import open311
from complaints.models import FilingKey, Leaf, Open311Key, Ticket
from complaints.open311 import asked, words
from complaints.open311.answers import TYPES, Fault, answering, form_of, refused, rendered
from complaints.open311.jurisdictions import entered
from complaints.states import State
from people.api.requests import Throttle
from people.http import HttpRequest
from tenancy.areas import Level, ancestor

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGED = "2026-11-23T00:00:00+08:00"
"""When what is offered here last changed."""
RETRY_HEADER = "Idempotency-Key"


@answering("GET")
def discovery(request: HttpRequest, *, form: str) -> HttpResponse:
    """Where the endpoint is and in which formats. Names no jurisdiction: the errors of the others do."""
    root = settings.MULIN_PUBLIC_URL.rstrip("/") + reverse("open311:discovery_xml").removesuffix("/discovery.xml")
    contact = settings.MULIN_OPEN311_CONTACT or _("The county desk (12345)")
    endpoint = {
        "specification": SPECIFICATION,
        "url": f"{root}/v2",
        "changeset": CHANGED,
        "type": "production" if settings.IS_PRODUCTION else "test",
        "formats": [kind.partition(";")[0] for kind in TYPES.values()],
    }
    how = _("A key is given by the county desk to an organisation: %(contact)s") % {"contact": contact}
    return rendered("discovery", {"changeset": CHANGED, "contact": contact, "key_service": how, "endpoints": [endpoint]}, form)


@answering("GET")
def services(request: HttpRequest, *, form: str) -> HttpResponse:
    """The leaves of the complaint catalogue; the same in every jurisdiction."""
    with entered(request):
        leaves = Leaf.objects.select_related("category").order_by("code")
        return rendered("services", [words.service(leaf) for leaf in leaves], form)


@answering("GET")
def service(request: HttpRequest, *, form: str, service_code: str) -> HttpResponse:
    """What a service asks."""
    with entered(request):
        leaf = Leaf.objects.filter(code=service_code).first() if "\x00" not in service_code else None
        if leaf is None:
            raise Fault(404, _("The service_code provided was not found."))
        return rendered("service_definition", words.definition(leaf), form)


@answering("GET", "POST")
def requests(request: HttpRequest, *, form: str) -> HttpResponse:
    """Public requests, newest first; or one more, for who has a key."""
    if request.method == "POST":
        return _file(request, form)
    with entered(request):
        found = queries.published().filter(asked.wanted(request.GET)).select_related("leaf", "lead")
        return rendered("service_requests", words.requests(found.order_by("-filed_at", "-pk")[: asked.MOST]), form)


@answering("GET")
def one(request: HttpRequest, *, form: str, request_id: str) -> HttpResponse:
    """One public request. What is not public, elsewhere or absent answers alike."""
    with entered(request):
        known = asked.NUMBER.fullmatch(request_id)
        found = queries.published().filter(number=request_id).select_related("leaf", "lead") if known else Ticket.objects.none()
        shown = words.requests(found)
        if not shown:
            raise Fault(404, _("The service_request_id provided was not found."))
        return rendered("service_requests", shown, form)


@answering("GET")
def token(request: HttpRequest, *, form: str, token: str) -> HttpResponse:
    """The number behind a token, once the worker has taken it in. Whoever holds the token has filed it."""
    with entered(request):
        number = _number_behind(token)
        return rendered("service_requests", [{"service_request_id": number, "token": token}], form)


def _number_behind(token: str) -> str:
    key = token.partition("-")[0]
    fits = len(token) <= 60 and token.isascii() and token.isprintable() and key.isdigit()
    used = FilingKey.objects.filter(holder=f"session:open311-{key}", key=token) if fits else FilingKey.objects.none()
    found = used.select_related("ticket").first()
    if found is None or found.ticket is None or found.ticket.state == State.SUBMITTED:
        raise Fault(404, _("The token was not found, or its request has no number yet. Ask again in a minute."))
    return str(found.ticket.number)


@csrf_exempt
def none(request: HttpRequest) -> HttpResponse:
    """Any address below the root that is none, other formats included."""
    return refused(Fault(404, _("There is no such address. Formats are .xml and .json.")), form_of(request.path))


class KeyThrottle(Throttle):
    """As many filings a minute for each key as the API allows each person."""

    def __init__(self, key: Open311Key) -> None:
        super().__init__("filing")
        self.open311_key = key

    def get_cache_key(self, request: Request, view: Any) -> str:
        return f"throttle:filing:open311:{self.open311_key.pk}"


def _key(request: HttpRequest) -> Open311Key:
    """The key of the county in scope. Raises Fault: 403 for one that is wrong, revoked, or another county's, all alike."""
    digest = open311.digest_of(request.POST.get("api_key", "").strip())
    found: Open311Key | None = Open311Key.objects.filter(digest=digest, revoked_at=None).first()
    if found is None:
        raise Fault(403, _("The api_key is not valid here."))
    return found


def _file(request: HttpRequest, form: str) -> HttpResponse:
    """Who files comes first: nothing else is looked at without a key."""
    if not request.POST.get("api_key", "").strip():
        raise Fault(403, _("api_key was not provided, in a body of application/x-www-form-urlencoded."))
    with entered(request) as county:
        key = _key(request)
        throttle = KeyThrottle(key)
        if not throttle.allow_request(request, None):  # type: ignore[arg-type]  # it asks the key, not the request
            wait = int(throttle.wait() or 60) + 1
            raise Fault(429, _("This key has filed too much in a short time."), retry_after=wait)
        wish = asked.filed(request.POST)
        if ancestor(wish.filing.compound, Level.COUNTY) != county.code:
            raise Fault(400, _("address_id: there is no such compound in this jurisdiction."))
        filed, token = open311.file_request(wish.filing, wish.leaf, key=key, retry=request.headers.get(RETRY_HEADER, ""))
        answer = {
            "token": token or None,
            "service_request_id": None if token else filed.ticket.number,
            "service_notice": _notice(wish.leaf, with_media=bool(request.POST.get("media_url", "").strip())),
        }
        return rendered("service_requests", [answer], form, status=200)


def _notice(leaf: Leaf, *, with_media: bool) -> str:
    said = [_("It can be read here once its street has made it public.")]
    if leaf.emergency_line:
        said.insert(0, _("In danger call %(line)s first.") % {"line": leaf.emergency_line})
    if with_media:
        said.append(_("The picture of media_url is not taken over."))
    return " ".join(said)
