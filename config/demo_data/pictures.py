"""Photos for the demo, drawn flat and marked SAMPLE, so that nobody takes them for real ones."""

import io
from collections.abc import Callable
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from files.images import Photo, clean

SIZE = (1200, 900)
INK, PAPER = "#2f3e46", "#f1efe9"
Draw = ImageDraw.ImageDraw


def _lift(draw: Draw) -> None:
    draw.rectangle((330, 90, 870, 840), fill="#b8c4c9", outline=INK, width=8)
    for left, right in ((350, 590), (640, 850)):  # doors that stopped half-way
        draw.rectangle((left, 180, right, 830), fill="#8fa1a8", outline=INK, width=6)
    draw.rectangle((500, 105, 700, 165), fill="#1d2529")
    draw.line((520, 135, 680, 135), fill="#c8462b", width=10)


def _rubbish(draw: Draw) -> None:
    draw.rectangle((0, 600, 1200, 900), fill="#c9c3b4")
    for left, top, colour in ((180, 420, "#3c5a46"), (430, 360, "#3c5a46"), (700, 430, "#3c5a46")):
        draw.rounded_rectangle((left, top, left + 210, 700), 24, fill=colour, outline=INK, width=6)
    for left, top, size in ((300, 610, 150), (560, 640, 190), (860, 620, 140), (120, 680, 130)):
        draw.ellipse((left, top, left + size, top + size), fill="#24292c", outline=INK, width=5)


def _road(draw: Draw) -> None:
    draw.polygon(((420, 120), (780, 120), (1180, 900), (20, 900)), fill="#8d9093")
    for left, top, width in ((520, 330, 120), (360, 520, 220), (660, 640, 260)):
        draw.ellipse((left, top, left + width, top + width // 2), fill="#4b5559", outline="#6a7a86", width=10)


def _lamp(draw: Draw) -> None:
    draw.rectangle((0, 0, 1200, 900), fill="#161c26")
    draw.line((600, 860, 600, 210, 760, 180), fill="#5b6670", width=22)
    draw.ellipse((735, 160, 835, 220), fill="#39424d", outline="#707c88", width=6)
    draw.polygon(((0, 900), (480, 520), (720, 520), (1200, 900)), fill="#222b37")


def _wall(draw: Draw) -> None:
    for row in range(9):
        for column in range(8):
            left, top = column * 160 - (row % 2) * 80, row * 100
            draw.rectangle((left, top, left + 152, top + 92), fill="#cdb9a0", outline="#a8937a", width=3)
    draw.polygon(((420, 180), (760, 150), (820, 430), (560, 520), (380, 380)), fill="#77706a", outline=INK, width=6)


def _water(draw: Draw) -> None:
    draw.rectangle((0, 260, 1200, 330), fill="#7a878c", outline=INK, width=6)
    for left in range(540, 680, 22):
        draw.line((610, 330, left, 720), fill="#5b9bb5", width=9)
    draw.ellipse((300, 680, 930, 840), fill="#88b9cc", outline="#5b9bb5", width=6)


def _cabinet(draw: Draw) -> None:
    draw.rectangle((340, 120, 860, 800), fill="#b5392c", outline=INK, width=10)
    draw.rectangle((390, 250, 810, 750), fill="#e9e4da", outline=INK, width=6)
    draw.ellipse((520, 400, 680, 560), outline="#9aa3a6", width=16)  # an empty reel


def _done(draw: Draw) -> None:
    draw.rounded_rectangle((300, 200, 900, 700), 60, fill="#d7e4dd", outline="#2f6f5e", width=12)
    draw.line((440, 460, 560, 580, 780, 330), fill="#2f6f5e", width=44, joint="curve")


def _board(draw: Draw) -> None:
    draw.rectangle((150, 130, 1050, 770), fill="#8a6f52", outline=INK, width=12)
    draw.rectangle((190, 170, 1010, 730), fill="#5d7f6e")
    for left, top in ((240, 210), (640, 230)):  # sheets of paper with lines of text
        draw.rectangle((left, top, left + 320, top + 450), fill="#fbfaf6", outline=INK, width=4)
        draw.rectangle((left + 60, top + 40, left + 260, top + 66), fill="#c8462b")
        for line in range(9):
            draw.line(
                (left + 40, top + 120 + line * 34, left + 280 - line % 3 * 40, top + 120 + line * 34), fill="#7a7f83", width=7
            )
    for left in (260, 900):
        draw.rectangle((left, 770, left + 40, 900), fill="#6a5440")


MOTIFS: dict[str, Callable[[Draw], None]] = {
    "lift": _lift,
    "rubbish": _rubbish,
    "road": _road,
    "lamp": _lamp,
    "wall": _wall,
    "water": _water,
    "cabinet": _cabinet,
    "done": _done,
    "board": _board,
}


@cache
def picture(motif: str, *, mended: bool = False) -> Photo:
    """A photo of MOTIFS, gone through the same check and re-encoding as an upload; `mended` ones carry a tick."""
    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    MOTIFS[motif](draw)
    if mended:
        draw.rounded_rectangle((930, 640, 1160, 860), 40, fill="#d7e4dd", outline="#2f6f5e", width=10)
        draw.line((985, 755, 1035, 805, 1115, 700), fill="#2f6f5e", width=26, joint="curve")
    draw.rectangle((0, 0, 400, 70), fill=PAPER)
    draw.text((24, 12), "SAMPLE  (drawn)", fill="#c8462b", font=ImageFont.load_default(40))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return clean(out.getvalue())
