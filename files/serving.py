"""A kept photo as an answer. Whether the reader may see it, the caller has made sure of."""

from django.http import Http404, HttpResponse

from files import storage
from files.models import Photo


def answer(photo: Photo, *, name: str, small: bool) -> HttpResponse:
    """The picture, or its thumbnail, to be shown under this name. Raises Http404 when the file is gone."""
    try:
        with storage.reading(photo.thumbnail if small else photo.name) as stored:
            body = stored.read()
    except (FileNotFoundError, storage.NotAStoredName):
        raise Http404 from None
    shown = f"{name}-{str(photo.pk)[:8]}{'-small' if small else ''}.jpg"
    response = HttpResponse(body, content_type="image/jpeg")
    response["Content-Disposition"] = f'inline; filename="{shown}"'
    response["X-Content-Type-Options"] = "nosniff"
    # Opened by itself a photo is a document of our origin: it may run and fetch nothing.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    response["ETag"] = f'"{photo.sha256}{"-small" if small else ""}"'
    return response
