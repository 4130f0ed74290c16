"""The charts that the demo's learners draw: small pictures, always the same bytes."""

import io
from functools import cache

from PIL import Image, ImageDraw, ImageFont

WIDE, HIGH, EDGE, FLOOR = 720, 420, 56, 352
INK, BAR, BEFORE, PAPER = "#10333a", "#1f7a74", "#b9c7c6", "#ffffff"
HONEST = ("Falls at night went from 9 to 4 a month", (9, 8, 9, 7, 5, 4, 4), 3)
MISLEADING = ("Falls", (104, 103, 103, 101, 98, 97, 96), 7)


@cache
def chart(*, honest: bool) -> bytes:
    """A chart of seven months as PNG: one that begins at zero, or one that makes a small change look large."""
    title, values, before = HONEST if honest else MISLEADING
    low = 0 if honest else min(values) - 1
    drawing = Image.new("RGB", (WIDE, HIGH), PAPER)
    pen = ImageDraw.Draw(drawing)
    pen.text((EDGE, 18), title, fill=INK, font=ImageFont.load_default(24))
    step = (WIDE - 2 * EDGE) / len(values)
    for place, value in enumerate(values):
        left = EDGE + place * step + 10
        top = FLOOR - (FLOOR - 80) * (value - low) / (max(values) - low)
        pen.rectangle((left, top, left + step - 20, FLOOR), fill=BEFORE if place < before else BAR)
        pen.text((left + step / 2 - 16, top - 24), str(value), fill=INK, font=ImageFont.load_default(18))
        pen.text((left + 8, FLOOR + 10), f"{place + 1}", fill=INK, font=ImageFont.load_default(16))
    pen.line((EDGE, FLOOR, WIDE - EDGE, FLOOR), fill=INK, width=2)
    pen.text((EDGE, FLOOR + 36), "Month; grey: before the change", fill=INK, font=ImageFont.load_default(16))
    into = io.BytesIO()
    drawing.save(into, "PNG")
    return into.getvalue()
