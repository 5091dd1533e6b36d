"""Photos: read on the way in, served on the way out only to whoever may see their ticket."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from complaints import queries
from complaints.models import Ticket
from files import images, serving
from people.actors import Actor
from people.http import HttpRequest
from tenancy.refusals import NotThere, Refusal
from tenancy.text import clean

LONGEST_LABEL = 40


def label(upload: UploadedFile[bytes]) -> str:
    """The name somebody knows a photo by, fit to be shown: without control characters or direction overrides, and short."""
    try:
        name = clean(upload.name or "", field="", longest=1000, required=False)
    except Refusal:
        name = ""
    return name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 8]}…{name[-7:]}"


class Problem(str):
    """Why a photo is refused, in words that name it; it remembers which upload it was."""

    __slots__ = ("upload",)
    upload: UploadedFile[bytes] | None

    def __new__(cls, words: str, upload: UploadedFile[bytes] | None = None) -> Problem:
        made = super().__new__(cls, words)
        made.upload = upload
        return made


def read(uploads: list[UploadedFile[bytes]]) -> tuple[list[images.Photo], list[Problem]]:
    """The photos decoded, and what is wrong with those that are refused, each by its name."""
    if len(uploads) > images.MAX_PHOTOS:
        too_many = _("At most %(most)d photos fit; you chose %(chosen)d. Choose again, please.")
        return [], [Problem(too_many % {"most": images.MAX_PHOTOS, "chosen": len(uploads)})]
    photos, problems = [], []
    for upload in uploads:
        try:
            photos.append(images.clean(upload.file or b""))
        except images.PhotoRefused as refused:
            problems.append(Problem(_("%(name)s: %(why)s") % {"name": label(upload), "why": refused.message}, upload))
    return photos, problems


def choose_again(uploads: list[UploadedFile[bytes]]) -> str:
    """A browser does not keep chosen files over an error; say which ones are to be chosen once more."""
    names = _(", ").join(label(upload) for upload in uploads)
    return _("The browser could not keep the photos. Please choose them again: %(names)s") % {"names": names}


def serve(actor: Actor, ticket: Ticket, photo_id: UUID, *, small: bool) -> HttpResponse:
    """A photo of this ticket. Raises Http404 for any other id, for what this reader is not to see, and when the file is gone."""
    row = queries.photos(actor, ticket).filter(photo_id=photo_id).first()
    if row is None:
        raise Http404
    return serving.answer(row.photo, name=ticket.number, small=small)


@require_safe
@login_required
def photo(request: HttpRequest, number: str, photo_id: UUID, small: bool = False) -> HttpResponse:
    """A ticket's photo, through the same `queries.get` as the ticket."""
    try:
        ticket = queries.get(request.actor, number)
    except NotThere:
        raise Http404 from None
    return serve(request.actor, ticket, photo_id, small=small)
