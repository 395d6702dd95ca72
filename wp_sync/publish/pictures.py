"""Pictures made ready for WordPress: decoded, reduced and encoded anew, in a confined child.

A moving picture stands still: its first frame stands for all. WordPress's own smaller sizes, which
lists and themes show, would do the same, and the whole film would be the heaviest file of a page.
"""

from __future__ import annotations

import hashlib
import re
import struct
import warnings
from io import BytesIO
from typing import Any, NamedTuple

from PIL import ExifTags, Image, ImageOps, ImageStat, UnidentifiedImageError

from wp_sync.errors import ImageError
from wp_sync.model import Upload
from wp_sync.text import clean_text, limit_text, slugify

from .credits import Credits, exif_of, read_credits, xmp_of

FORMATS = ("AVIF", "GIF", "JPEG", "PNG", "WEBP")  # read; SVG, which runs scripts, never
SMALLEST = 64  # pixels, either side: smaller ones are icons and trackers
MOST_FRAMES = 200
TALLEST = 8_000  # pixels: more is a scroll of its own, and WebP viewers stop at 16,383
QUALITY = 85
WEBP_QUALITY = 80  # looks as JPEG does at 85
_EFFORT = 4  # of WebP, of 6: more takes twice as long for a twentieth of the size
BLANK = 2.0  # standard deviation of the grey values below which a picture shows nothing
# What other sizes and qualities of one picture differ in at most: on drawings at a quarter of the
# size and quality 40 it was 2 bits of 64 and 0.9 of 256; other drawings of one scene, in another
# light, differed in 1.0 to 57 of 256.
_EDGES = 8  # bytes
ALIKE_EDGES = 4  # bits
ALIKE_COLOURS = 2  # of 256, on the average
LONGEST_NAME = 60  # characters of the title in a file's name; filters of WordPress add to it

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


class Wanted(NamedTuple):
    """What a site uses: nothing larger is sent, and what it does not take neither."""

    width: int = 1536
    webp: bool = False


class PreparedPicture(NamedTuple):
    """A picture as we encoded it."""

    content: bytes
    mime: str
    extension: str
    width: int
    height: int
    credits: Credits = Credits()
    likeness: bytes = b""  # nearly the same for other sizes and qualities; empty: it shows nothing


def prepare_picture(
    body: bytes,
    wanted: Wanted = Wanted(),  # noqa: B008 (frozen)
    max_pixels: int = 40_000_000,
) -> PreparedPicture:
    """Decode a picture and encode its pixels alone, with the names of its makers. ImageError.

    WebP where it is taken and smaller; else JPEG, or PNG where something shows through.
    """
    if not body:
        raise ImageError("is empty")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(BytesIO(body), formats=FORMATS) as image:
                _check(image, max_pixels)
                makers = read_credits(image)
                return _encode(_reduce(image, wanted.width), makers, webp=wanted.webp)
        except _DAMAGES as error:
            raise ImageError(_explain(body, error)) from error


def are_alike(one: PreparedPicture, other: PreparedPicture) -> bool:
    """Tell whether two files show the same, in whatever size and quality."""
    if not (one.likeness and other.likeness):
        return False
    pairs = list(zip(one.likeness, other.likeness, strict=True))
    edges = sum((mine ^ theirs).bit_count() for mine, theirs in pairs[:_EDGES])
    colours = sum(abs(mine - theirs) for mine, theirs in pairs[_EDGES:])
    return edges <= ALIKE_EDGES and colours <= ALIKE_COLOURS * (len(pairs) - _EDGES)


def _check(image: Image.Image, max_pixels: int) -> None:
    """Refuse by what the header says, before a pixel is decoded."""
    width, height = image.size
    if width * height > max_pixels:
        raise ImageError(f"too large: {width}x{height}, over {max_pixels:,} pixels", lasting=True)
    if min(width, height) < SMALLEST:
        raise ImageError(f"too small: {width}x{height}", lasting=True)
    if (frames := getattr(image, "n_frames", 1)) > MOST_FRAMES:
        raise ImageError(f"too many frames: {frames}, over {MOST_FRAMES}", lasting=True)


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


def _encode(image: Image.Image, makers: Credits, *, webp: bool) -> PreparedPicture:
    image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    image.info = {}  # or Pillow writes comment, profile and resolution again
    told: dict[str, Any] = {"exif": exif_of(makers), "xmp": xmp_of(makers)} if any(makers) else {}
    if image.mode == "RGBA":
        told.pop("xmp", None)  # which Pillow does not write into a PNG
        kinds = [("image/png", "png", _save(image, "PNG", optimize=True, **told))]
    else:
        options = {"quality": QUALITY, "progressive": True, "optimize": True, **told}
        kinds = [("image/jpeg", "jpg", _save(image, "JPEG", **options))]
    if webp:
        content = _save(image, "WEBP", quality=WEBP_QUALITY, method=_EFFORT, **told)
        kinds.append(("image/webp", "webp", content))
    mime, extension, content = min(kinds, key=lambda kind: len(kind[2]))
    likeness = _likeness_of(image)
    return PreparedPicture(content, mime, extension, *image.size, makers, likeness)


def _save(image: Image.Image, kind: str, **options: Any) -> bytes:  # noqa: ANN401 (as Pillow)
    output = BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


def _likeness_of(image: Image.Image) -> bytes:
    """Compare the grey of neighbours in a very small copy (a difference hash); add its colours."""
    image = image.convert("RGB")
    grey = image.convert("L")
    if ImageStat.Stat(grey.resize((32, 32), Image.Resampling.BOX)).stddev[0] < BLANK:
        return b""
    small = grey.resize((9, 8), Image.Resampling.BOX).tobytes()
    edges = bytes(
        sum((small[at] > small[at + 1]) << (at - row) for at in range(row, row + 8))
        for row in range(0, 9 * _EDGES, 9)
    )
    return edges + image.resize((4, 4), Image.Resampling.BOX).tobytes()


def _explain(body: bytes, error: Exception) -> str:
    if isinstance(error, (Image.DecompressionBombError, Image.DecompressionBombWarning)):
        return f"too large: {error}"
    if isinstance(error, UnidentifiedImageError):
        start = clean_text(body[:24].decode("ascii", "replace")).split("\n")[0].lower()
        return f"is not a picture that we publish: it begins with {start!a}"
    return f"is damaged: {error}"


def make_upload(
    source: bytes, prepared: PreparedPicture, *, alt: str, title: str, caption: str = ""
) -> Upload:
    """Name a picture by its title and by the hash of the bytes that its source served.

    The caption names whom the file names, unless it does so itself.
    """
    digest = hashlib.sha256(source).hexdigest()
    line = prepared.credits.line
    if line and line.casefold() not in caption.casefold():
        caption = f"{caption} ({line})" if caption else line
    return Upload(
        content=prepared.content,
        mime=prepared.mime,
        name="-".join(filter(None, (_name_of(title), f"{digest[:16]}.{prepared.extension}"))),
        sha256=digest,
        alt=alt,
        title=title,
        caption=caption,
    )


def _name_of(title: str) -> str:
    """Make words for a file's name: ASCII where that is left of it, else its own letters."""
    words = slugify(title) or re.sub(r"[\W_]+", "-", clean_text(title).casefold()).strip("-")
    room = LONGEST_NAME if words.isascii() else LONGEST_NAME // 3  # each takes up to four bytes
    return limit_text(words.replace("-", " "), room).rstrip("\u2026").strip().replace(" ", "-")
