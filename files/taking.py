"""Photos that somebody chose in a form: decoded, and what is wrong with one said by its name."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from files import images
from tenancy.refusals import Refusal
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
