"""Pictures for the tests, good and hostile, all built here: the repository holds no binary files."""

import gzip
import io
import struct
import zipfile
import zlib

import pillow_heif
from PIL import Image, ImageCms, PngImagePlugin

pillow_heif.register_heif_opener()

CANARY = b"canary-24.8741N-118.6772E"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
SAVED_AS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "heif": "HEIF"}


def picture(size=(320, 240), mode="RGB", seed=0):
    """A colourful gradient: no two corners alike, different for each seed."""
    across = Image.linear_gradient("L").rotate(90).resize(size)
    down = Image.linear_gradient("L").resize(size)
    flat = Image.new("L", size, seed * 25 % 256)
    return Image.merge("RGB", (across, down, flat)).convert(mode)


def encoded(image, kind="jpeg", **options):
    out = io.BytesIO()
    image.save(out, SAVED_AS.get(kind, kind), **options)
    return out.getvalue()


def opened(body):
    return Image.open(io.BytesIO(body), formats=["JPEG"])


def exif_with_gps(orientation=1):
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = CANARY.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (24.0, 52.0, 26.76), 3: "E", 4: (118.0, 40.0, 37.92), 29: CANARY.decode()})
    return exif.tobytes()


def segment(marker, payload):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(payload) + 2) + payload


def telling_jpeg():
    """Everything a JPEG can tell about its maker: EXIF with GPS, XMP, IPTC, a comment, a colour profile, a tail."""
    body = encoded(picture(), exif=exif_with_gps(), comment=CANARY, icc_profile=srgb_profile() + CANARY)
    xmp = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + CANARY + b"</x:xmpmeta>")
    iptc = segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(CANARY)) + CANARY)
    return body[:2] + xmp + iptc + segment(0xEF, CANARY) + body[2:] + CANARY


def telling_png():
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", CANARY.decode())
    text.add_itxt("XML:com.adobe.xmp", CANARY.decode())
    return encoded(picture(), "png", pnginfo=text, exif=exif_with_gps()) + CANARY


def telling_webp():
    return encoded(picture(), "webp", exif=exif_with_gps(), xmp=b"<x:xmpmeta>" + CANARY + b"</x:xmpmeta>")


def telling_heif():
    return encoded(picture(), "heif", exif=exif_with_gps(), xmp=b"<x:xmpmeta>" + CANARY + b"</x:xmpmeta>")


TELLING = {"jpeg": telling_jpeg, "png": telling_png, "webp": telling_webp, "heif": telling_heif}


def srgb_profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def profile_with_red_and_blue_exchanged():
    """The sRGB profile with two names in its table exchanged: honouring it turns red into blue."""
    return srgb_profile().replace(b"rXYZ", b"****").replace(b"bXYZ", b"rXYZ").replace(b"****", b"bXYZ")


def png_chunk(name, payload):
    return struct.pack(">I", len(payload)) + name + payload + struct.pack(">I", zlib.crc32(name + payload))


def png_of(width, height, *chunks):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + b"".join(chunks) + png_chunk(b"IEND", b"")


def png_with(name, payload):
    """A good PNG with one more chunk after its header."""
    body = encoded(picture(), "png")
    return body[:33] + png_chunk(name, payload) + body[33:]


def flat_png(width, height):
    """Really decodable, and small however large: one bit a pixel, all the same."""
    return encoded(Image.new("1", (width, height)), "png")


def heif_that_claims(width, height):
    body = encoded(picture(), "heif")
    real = b"ispe\0\0\0\0" + struct.pack(">II", 320, 240)
    assert real in body
    return body.replace(real, b"ispe\0\0\0\0" + struct.pack(">II", width, height))


def jpeg_that_claims(width, height):
    body = encoded(picture())
    at = body.index(b"\xff\xc0") + 5
    return body[:at] + struct.pack(">HH", height, width) + body[at + 4 :]


def webp_that_claims(width, height):
    """A lossless WebP header: 14 bits for each side."""
    bits = (width - 1) | (height - 1) << 14
    payload = b"\x2f" + struct.pack("<I", bits) + b"\0" * 32
    chunk = b"VP8L" + struct.pack("<I", len(payload)) + payload + b"\0" * (len(payload) % 2)
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def animated(kind):
    frames = [picture((32, 32), seed=seed) for seed in range(1, 30)]
    return encoded(picture((32, 32)), kind, save_all=True, append_images=frames)


def zip_file():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("canary.txt", CANARY)
    return out.getvalue()


def other_pictures():
    """Name, bytes, expected code: pictures and documents that are not taken, whatever they call themselves."""
    small = picture((32, 32))
    avif = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + b"\0" * 64
    return {
        "gif": (encoded(small, "GIF"), "unsupported"),
        "gif and jar": (encoded(small, "GIF") + zip_file(), "unsupported"),
        "tiff": (encoded(small, "TIFF"), "unsupported"),
        "bmp": (encoded(small, "BMP"), "unsupported"),
        "ico": (encoded(small, "ICO"), "unsupported"),
        "pdf": (encoded(small, "PDF"), "unsupported"),
        "pdf and jpeg": (encoded(small, "PDF") + encoded(small), "unsupported"),
        "eps": (encoded(small, "EPS"), "unsupported"),
        "fits": (b"SIMPLE  =                    T" + b" " * 2850, "unsupported"),
        "avif": (avif, "unsupported"),
        "mp4": (b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + b"\0" * 64, "unsupported"),
        "svg": (SVG, "unsupported"),
        "svg with xml line": (b"\xef\xbb\xbf<?xml version='1.0'?>\n" + SVG, "unsupported"),
        "svg after a comment": (b"<!-- \xff\xd8\xff -->" + SVG, "not_a_photo"),
        "svg in utf-16": (SVG.decode().encode("utf-16"), "not_a_photo"),
        "svgz": (gzip.compress(SVG), "not_a_photo"),
        "html before a jpeg": (b"<html><script>" + encoded(small), "not_a_photo"),
        "zip": (zip_file(), "not_a_photo"),
        "text": ("电梯又停了".encode(), "not_a_photo"),
        "one byte": (b"\xff", "not_a_photo"),
    }


def polyglots():
    """Good pictures that are something else as well."""
    script = b"<html><body><script>alert('" + CANARY + b"')</script></body></html>"
    jpeg, png, webp = encoded(picture()), encoded(picture(), "png"), encoded(picture(), "webp")
    return {
        "jpeg and zip": jpeg + zip_file(),
        "jpeg and html": jpeg + script,
        "jpeg with html in a comment": jpeg[:2] + segment(0xFE, b"*/--></script>" + script) + jpeg[2:],
        "jpeg with script in place of JFIF": jpeg[:2] + segment(0xE0, b"/*" + script) + jpeg[2:],
        "png and script": png + b"\n//" + CANARY + b"\nalert(1)",
        "png with php in a text chunk": png_with(b"tEXt", b"Comment\0<?php echo '" + CANARY + b"' ?>"),
        "png with an unknown chunk": png_with(b"ruSt", CANARY),
        "webp and zip": webp + zip_file(),
    }
