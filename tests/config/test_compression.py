"""Pages go out compressed, with another length each time; photos, downloads and streams as they are."""

import gzip

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.urls import reverse

from complaints.models import TicketPhoto
from complaints.states import State
from config.middleware import CompressPagesMiddleware
from files import images
from people.roles import Role
from tenancy import scope
from tests.factories.tickets import ticket

GZIP = {"HTTP_ACCEPT_ENCODING": "gzip, deflate, br"}
LONG = "小区" * 500


@pytest.mark.parametrize("path", ["/my/", "/file/", "/api/v1/schema/"])
def test_a_page_arrives_compressed_whole_and_much_smaller(sign_in, path: str) -> None:
    client = sign_in(Role.RESIDENT)
    plain, small = client.get(path), client.get(path, **GZIP)
    assert "Content-Encoding" not in plain
    assert (small["Content-Encoding"], int(small["Content-Length"])) == ("gzip", len(small.content))
    assert len(small.content) < len(plain.content) / 2
    assert len(gzip.decompress(small.content)) == pytest.approx(len(plain.content), rel=0.01)
    for answer in (plain, small):
        assert "Accept-Encoding" in answer["Vary"]
        for header in ("Content-Security-Policy", "X-Request-Id", "Cache-Control"):
            assert answer[header]


def through(response, accepts: str = "gzip"):
    request = RequestFactory().get("/", headers={"Accept-Encoding": accepts})
    return CompressPagesMiddleware(lambda _request: response)(request)


def test_the_length_tells_nothing_exact() -> None:
    lengths = {len(through(HttpResponse(LONG)).content) for _ in range(30)}
    assert len(lengths) > 5


def test_who_does_not_ask_gets_it_plain() -> None:
    assert through(HttpResponse(LONG), "identity").content == LONG.encode()


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(LONG, content_type="image/jpeg", headers={"ETag": '"abc"'}),
        HttpResponse(LONG, content_type="text/csv", headers={"Content-Disposition": 'attachment; filename="a.csv"'}),
        HttpResponse(LONG, content_type="text/html", headers={"Content-Disposition": 'attachment; filename="a.html"'}),
        HttpResponse(status=304),
        HttpResponse("short"),
    ],
    ids=["photo", "csv", "download", "not modified", "short"],
)
def test_what_is_no_page_goes_out_as_it_is(response: HttpResponse) -> None:
    before, etag = response.content, response.get("ETag")
    after = through(response)
    assert (after.content, after.get("ETag")) == (before, etag)
    assert "Content-Encoding" not in after


def test_a_stream_goes_out_as_it_is() -> None:
    after = through(StreamingHttpResponse(iter([b"one", b"two"])))
    assert b"".join(after.streaming_content) == b"onetwo"
    assert "Content-Encoding" not in after


def test_an_etag_of_a_page_becomes_weak() -> None:
    assert through(HttpResponse(LONG, headers={"ETag": '"abc"'}))["ETag"] == 'W/"abc"'


def test_a_photo_keeps_its_strong_etag(world, sign_in) -> None:
    sent = images.Photo(body=b"\xff\xd8" * 200, width=1, height=1, thumbnail=b"\xff\xd8", sha256="0" * 64)
    row = ticket(world, State.ACCEPTED, photos=[sent])
    with scope.place(world.area()):
        photo = TicketPhoto.objects.get(ticket=row).photo_id
    answer = sign_in(Role.RESIDENT).get(reverse("complaints:photo", args=[row.number, photo]), **GZIP)
    assert (answer.content, answer["ETag"], answer.get("Content-Encoding")) == (sent.body, f'"{"0" * 64}"', None)
