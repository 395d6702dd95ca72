"""Pictures made ready for WordPress: decoded, reduced and encoded anew, in a confined child."""

from __future__ import annotations

import hashlib
import struct
import warnings
from io import BytesIO
from typing import NamedTuple

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from wp_sync.errors import ImageError
from wp_sync.model import Upload
from wp_sync.text import clean_text

FORMATS = ("AVIF", "GIF", "JPEG", "PNG", "WEBP")  # read; SVG, which runs scripts, never
SMALLEST = 64  # pixels, either side: smaller ones are icons and trackers
MOST_FRAMES = 200
TALLEST = 8_000  # pixels: more is a scroll of its own, and WebP viewers stop at 16,383
QUALITY = 85

_SIDEWAYS = frozenset({5, 6, 7, 8})  # EXIF orientations that swap width and height
# What Pillow's plugins raise for damaged files; UnidentifiedImageError is an OSError.
_DAMAGES = (
    OSError,
    SyntaxError,
    ValueError,
    ArithmeticError,
    LookupError,
    TypeError,
    EOFError,
    struct.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


class PreparedPicture(NamedTuple):
    """A picture as we encoded it."""

    content: bytes
    mime: str
    extension: str
    width: int
    height: int


def prepare_picture(
    body: bytes, *, max_width: int = 1600, max_pixels: int = 40_000_000
) -> PreparedPicture:
    """Decode a picture and encode it without anything but its pixels. Raises ImageError.

    The first frame of a moving one; JPEG, or PNG where something shows through.
    """
    if not body:
        raise ImageError("is empty")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(BytesIO(body), formats=FORMATS) as image:
                _check(image, max_pixels)
                return _encode(_reduce(image, max_width))
        except _DAMAGES as error:
            raise ImageError(_explain(body, error)) from error


def _check(image: Image.Image, max_pixels: int) -> None:
    """Refuse by what the header says, before a pixel is decoded."""
    width, height = image.size
    if width * height > max_pixels:
        raise ImageError(f"too large: {width}x{height}, over {max_pixels:,} pixels")
    if min(width, height) < SMALLEST:
        raise ImageError(f"too small: {width}x{height}")
    if (frames := getattr(image, "n_frames", 1)) > MOST_FRAMES:
        raise ImageError(f"too many frames: {frames}, over {MOST_FRAMES}")


def _reduce(image: Image.Image, max_width: int) -> Image.Image:
    """Fit the picture, upright, into the width; smaller ones stay as they are."""
    image.seek(0)
    sideways = image.getexif().get(ExifTags.Base.Orientation) in _SIDEWAYS
    box = (TALLEST, max_width) if sideways else (max_width, TALLEST)
    if image.mode.startswith("I"):  # 16 bits: keep the upper eight
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif image.mode == "P":
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail(box, Image.Resampling.LANCZOS)
    return ImageOps.exif_transpose(image)


def _encode(image: Image.Image) -> PreparedPicture:
    image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    image.info = {}  # or Pillow writes comment, profile and resolution again
    output = BytesIO()
    if image.mode == "RGBA":
        image.save(output, "PNG", optimize=True)
        kind = ("image/png", "png")
    else:
        image.save(output, "JPEG", quality=QUALITY, progressive=True, optimize=True)
        kind = ("image/jpeg", "jpg")
    return PreparedPicture(output.getvalue(), *kind, *image.size)


def _explain(body: bytes, error: Exception) -> str:
    if isinstance(error, (Image.DecompressionBombError, Image.DecompressionBombWarning)):
        return f"too large: {error}"
    if isinstance(error, UnidentifiedImageError):
        start = clean_text(body[:24].decode("ascii", "replace")).split("\n")[0].lower()
        return f"is not a picture that we publish: it begins with {start!a}"
    return f"is damaged: {error}"


def make_upload(source: bytes, prepared: PreparedPicture, *, alt: str, title: str) -> Upload:
    """Name a picture by the hash of the bytes that its source served: the same, the same name."""
    digest = hashlib.sha256(source).hexdigest()
    return Upload(
        content=prepared.content,
        mime=prepared.mime,
        name=f"{digest[:16]}.{prepared.extension}",
        sha256=digest,
        alt=alt,
        title=title,
    )
