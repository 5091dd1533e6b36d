"""QR codes as SVG that stands in a page: no style attributes, so the strict Content-Security-Policy lets it through."""

import segno
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _


def public_url(path: str) -> str:
    """The address under which the public reaches this installation."""
    return f"{settings.MULIN_PUBLIC_URL.rstrip('/')}{path}"


def svg(url: str) -> SafeString:
    """Black on white, with the quiet zone of four modules that the standard asks for (ISO/IEC 18004), size by CSS."""
    drawn = segno.make_qr(url, error="m").svg_inline(
        omitsize=True, border=4, light="#ffffff", title=_("QR code"), svgclass=None, lineclass=None
    )
    return mark_safe(drawn)  # noqa: S308  made by segno from modules; the title is escaped by it
