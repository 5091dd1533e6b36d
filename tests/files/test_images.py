"""What `files.images.clean` takes, what it refuses, and that nothing of the sender's file survives."""

import hashlib
import io
import os
import random
import struct
import subprocess
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageChops, ImageOps, ImageStat

from files.images import MAX_BYTES, MESSAGES, Photo, PhotoRefused, clean
from tests.files import samples

KINDS = ["jpeg", "png", "webp", "heif"]
TRACES = [
    samples.CANARY,
    b"Exif",
    b"GPS",
    b"ns.adobe.com",
    b"xmpmeta",
    b"Photoshop",
    b"8BIM",
    b"ICC_PROFILE",
    b"<script",
]


def refusal(upload):
    with pytest.raises(PhotoRefused) as caught:
        clean(upload)
    return caught.value.code


def jpeg_segments(body):
    """The markers before the first scan; fails unless the file is exactly one JPEG, start to end."""
    assert body.startswith(b"\xff\xd8")
    markers, at = [], 2
    while body[at + 1] != 0xDA:
        assert body[at] == 0xFF
        markers.append(body[at + 1])
        at += 2 + struct.unpack(">H", body[at + 2 : at + 4])[0]
    assert body.index(b"\xff\xd9", at) == len(body) - 2, "bytes after the end of the picture"
    return markers


def assert_nothing_foreign(jpeg):
    for trace in TRACES:
        assert trace not in jpeg
    # Size, tables and the 16 bytes of JFIF; no EXIF, no comment, no other application segment.
    assert set(jpeg_segments(jpeg)) <= {0xE0, 0xDB, 0xC0, 0xC2, 0xC4}
    assert jpeg_segments(jpeg).count(0xE0) == 1
    assert not zipfile.is_zipfile(io.BytesIO(jpeg))


def difference(one, other):
    """Mean difference of two pictures of the same size, 0 to 255."""
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean)


# --- taken -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_comes_out_as_the_same_picture_in_jpeg(kind):
    photo = clean(samples.encoded(samples.picture(), kind))
    assert (photo.width, photo.height) == (320, 240)
    assert samples.opened(photo.body).size == (320, 240)
    assert difference(samples.opened(photo.body), samples.picture()) < 4
    assert photo.sha256 == hashlib.sha256(photo.body).hexdigest()


@pytest.mark.parametrize("kind", KINDS)
def test_a_large_photo_is_shrunk_and_gets_a_thumbnail(kind):
    photo = clean(samples.encoded(samples.picture((2600, 1300)), kind))
    assert (photo.width, photo.height) == (2560, 1280) == samples.opened(photo.body).size
    assert samples.opened(photo.thumbnail).size == (480, 240)
    assert difference(samples.opened(photo.thumbnail), samples.picture((480, 240))) < 4


def test_a_small_photo_is_not_enlarged():
    photo = clean(samples.encoded(samples.picture((40, 1))))
    assert (photo.width, photo.height) == samples.opened(photo.thumbnail).size == (40, 1)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_mode_of_png_is_taken(mode):
    grey = samples.picture().convert("L")
    source = grey.convert("I").point(lambda v: v * 257).convert("I;16") if mode == "I;16" else grey.convert(mode)
    assert difference(samples.opened(clean(samples.encoded(source, "png")).body).reduce(8), grey.reduce(8)) < 4


def test_a_press_jpeg_in_four_colours_is_taken():
    photo = clean(samples.encoded(samples.picture(mode="CMYK")))
    assert difference(samples.opened(photo.body), samples.picture()) < 4


def test_what_is_transparent_is_laid_on_white():
    source = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    assert samples.opened(clean(samples.encoded(source, "png")).body).getpixel((32, 32)) == (255, 255, 255)


def test_a_photo_of_two_lenses_gives_the_first_picture():
    both = samples.encoded(samples.picture(), "MPO", save_all=True, append_images=[Image.new("RGB", (320, 240))])
    assert b"MPF\0" in both
    assert difference(samples.opened(clean(both).body), samples.picture()) < 4


def test_forty_million_pixels_are_taken_and_one_row_more_is_not():
    assert clean(samples.flat_png(8000, 5000)).width == 2560
    assert refusal(samples.flat_png(8000, 5001)) == "too_many_pixels"


@pytest.mark.parametrize(("kind", "name"), [("heif", "IMG_0001.jpg"), ("jpeg", "IMG_0001.heic"), ("png", "../x.svg")])
def test_the_content_decides_and_not_the_name(kind, name):
    upload = SimpleUploadedFile(name, samples.encoded(samples.picture(), kind), "image/svg+xml")
    assert clean(upload).width == 320


def test_a_file_is_read_from_its_start_and_left_open():
    upload = io.BytesIO(samples.encoded(samples.picture()))
    upload.read()
    assert clean(upload).width == 320
    assert not upload.closed


def test_a_file_that_comes_in_small_pieces_is_read_whole():
    class Dripping(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 1000))

    assert clean(Dripping(samples.encoded(samples.picture()))).width == 320


# --- nothing of the sender's file survives ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_place_and_maker_are_gone_from_every_byte(kind):
    told = samples.TELLING[kind]()
    assert told.count(samples.CANARY) >= 2
    photo = clean(told)
    assert_nothing_foreign(photo.body)
    assert_nothing_foreign(photo.thumbnail)


@pytest.mark.parametrize("name", samples.polyglots())
def test_a_picture_that_is_also_something_else_is_only_a_picture_afterwards(name):
    body = samples.polyglots()[name]
    assert samples.CANARY in body
    assert_nothing_foreign(clean(body).body)


# --- looks the same --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_photo_stands_upright_whatever_its_format(kind, orientation):
    body = samples.encoded(samples.picture(), kind, exif=samples.exif_with_gps(orientation))
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(body)))
    assert difference(samples.opened(clean(body).body), expected) < 4
    assert (expected.width > expected.height) == (orientation == 3)


@pytest.mark.parametrize("orientation", [0, 1, 2, 4, 5, 7, 9])
def test_mirrored_and_impossible_orientations(orientation):
    body = samples.encoded(samples.picture(), exif=samples.exif_with_gps(orientation))
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(body)))
    assert difference(samples.opened(clean(body).body), expected) < 4


def test_a_broken_exif_block_does_not_cost_the_photo():
    assert clean(samples.encoded(samples.picture(), exif=b"Exif\0\0II*\0\xff\xff\xff\x7f")).width == 320


@pytest.mark.parametrize("kind", KINDS)
def test_the_colour_profile_is_applied_before_it_is_dropped(kind):
    red = Image.new("RGB", (64, 64), (250, 10, 10))
    profile = samples.profile_with_red_and_blue_exchanged()
    r, _, b = samples.opened(clean(samples.encoded(red, kind, icc_profile=profile)).body).getpixel((32, 32))
    assert r < 40
    assert b > 220


@pytest.mark.parametrize("profile", [b"x" * 200, samples.srgb_profile()[:300]])
def test_a_broken_colour_profile_is_left_out(profile):
    photo = clean(samples.encoded(samples.picture(), icc_profile=profile))
    assert difference(samples.opened(photo.body), samples.picture()) < 4


# --- refused ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", samples.other_pictures())
def test_other_files_are_refused_before_any_decoder_starts(name, monkeypatch):
    def started(*args, **kwargs):
        raise AssertionError("a decoder was started")

    monkeypatch.setattr(subprocess, "Popen", started)
    body, code = samples.other_pictures()[name]
    assert refusal(body) == code


BOMBS = {
    "png of 64k by 64k": (lambda: samples.png_of(65536, 65536), "too_many_pixels"),
    "png of 2 billion by 2 billion": (lambda: samples.png_of(2**31 - 1, 2**31 - 1), "too_many_pixels"),
    "png of 100 megapixels": (lambda: samples.flat_png(10_000, 10_000), "too_many_pixels"),
    "jpeg of 64k by 64k": (lambda: samples.jpeg_that_claims(65_500, 65_500), "too_many_pixels"),
    "webp of 16k by 16k": (lambda: samples.webp_that_claims(16_384, 16_384), "too_many_pixels"),
    "heif of 100 megapixels": (lambda: samples.heif_that_claims(10_000, 10_000), "too_many_pixels"),
    "png without size": (lambda: samples.png_of(0, 0), "broken"),
    "png animated": (lambda: samples.animated("png"), "unsupported"),
    "webp animated": (lambda: samples.animated("webp"), "unsupported"),
    "png with a text of 40 MB": (
        lambda: samples.png_with(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(40 << 20))),
        "broken",
    ),
    "png with a profile of 40 MB": (
        lambda: samples.png_with(b"iCCP", b"profile\0\0" + zlib.compress(bytes(40 << 20))),
        "broken",
    ),
    "jpeg with a profile of 5 MB": (
        lambda: samples.encoded(samples.picture(), icc_profile=bytes(5 << 20)),
        "broken",
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_within_two_seconds_of_work(name):
    build, code = BOMBS[name]
    body = build()
    assert len(body) < MAX_BYTES
    before = sum(os.times()[:4])  # processor time, of the decoder too: a busy machine must not decide this
    assert refusal(body) == code
    assert sum(os.times()[:4]) - before < 2


def test_an_empty_file_is_refused():
    assert refusal(b"") == refusal(io.BytesIO()) == "empty"


def test_the_limit_of_bytes_is_exact():
    body = samples.encoded(samples.picture())
    assert clean(body + bytes(MAX_BYTES - len(body))).width == 320
    assert refusal(body + bytes(MAX_BYTES + 1 - len(body))) == "too_many_bytes"


def test_an_endless_upload_is_read_only_to_the_limit():
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size=-1):
            assert 0 < size <= MAX_BYTES + 1
            self.given += size
            return b"\xff" * size

    upload = Endless()
    assert refusal(upload) == "too_many_bytes"
    assert upload.given == MAX_BYTES + 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_a_cut_off_photo_is_refused(kind, share):
    whole = samples.encoded(samples.picture((640, 480)).effect_spread(20), kind)
    assert refusal(whole[: max(16, int(len(whole) * share))]) == "broken"


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_bytes_end_in_a_photo_or_a_refusal(kind):
    whole = samples.encoded(samples.picture((64, 64)), kind)
    dice = random.Random(20260701)
    outcomes: set[object] = set()
    for _ in range(5):
        damaged = bytearray(whole)
        for _ in range(12):
            damaged[dice.randrange(16, len(damaged))] = dice.randrange(256)
        try:
            outcomes.add(type(clean(bytes(damaged))))
        except PhotoRefused as refused:
            outcomes.add(refused.code)
    assert outcomes <= {Photo, "broken", "too_many_pixels", "unsupported"}


def test_every_refusal_has_its_own_message_for_the_field():
    texts = {str(PhotoRefused(code).message) for code in MESSAGES}
    assert len(texts) == 7
    assert all(texts)


# --- together --------------------------------------------------------------------------------------------------------


def test_nine_photos_at_once_all_arrive():
    bodies = [samples.encoded(samples.picture((800, 600), seed=seed), KINDS[seed % 4]) for seed in range(9)]
    with ThreadPoolExecutor(9) as pool:
        photos = list(pool.map(clean, bodies))
    assert len({photo.sha256 for photo in photos}) == 9
    for seed, photo in enumerate(photos):
        assert difference(samples.opened(photo.body), samples.picture((800, 600), seed=seed)) < 4
