"""Evidence for the demonstration: drawn pictures and notes that say what they are."""

from __future__ import annotations

import io
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 960, 640
_COLUMNS, _ROWS = 9, 8  # as fine as the fingerprint of pictures looks


def photograph(seed: str) -> SimpleUploadedFile:
    """A picture of blocks, each seed another one, with DEMO across it: nobody takes it for real."""
    random = Random(seed)
    image = Image.new("RGB", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(image)
    width, height = WIDTH / _COLUMNS, HEIGHT / _ROWS
    for column in range(_COLUMNS):
        for row in range(_ROWS):
            shade = random.randint(60, 200)
            left, top = column * width, row * height
            tint = (shade, min(255, shade + 20), min(255, shade + 40))
            draw.rectangle((left, top, left + width, top + height), fill=tint)
    band = (0, HEIGHT // 2 - 50, WIDTH, HEIGHT // 2 + 50)
    draw.rectangle(band, fill=(255, 255, 255))
    # The fonts that come with Pillow have no Chinese; the file's name says 演示.
    font = ImageFont.load_default(size=48)
    draw.text(
        (WIDTH // 2, HEIGHT // 2), f"DEMO  {seed}", fill=(160, 30, 30), font=font, anchor="mm"
    )
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80)
    return SimpleUploadedFile(f"演示照片-{seed}.jpg", file.getvalue(), "image/jpeg")


def note(words: str, name: str) -> SimpleUploadedFile:
    """A text file."""
    return SimpleUploadedFile(f"演示材料-{name}.txt", words.encode(), "text/plain")
