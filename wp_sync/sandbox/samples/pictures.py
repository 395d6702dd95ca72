"""Draw the sources' pictures: the scenes of `scenes.toml`, each varied by the file's name."""

from __future__ import annotations

from functools import cache, lru_cache
from io import BytesIO
from random import Random
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw, ImageOps

from .library import read_table

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = (1200, 675)
PIXEL = (  # a GIF of one transparent point, as trackers use
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00"
    b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
_SCALE = 2  # drawn larger and reduced: smooth edges, which Pillow's pen does not make
_PENS: dict[str, Callable[..., None]] = {
    "arc": ImageDraw.ImageDraw.arc,
    "ellipse": ImageDraw.ImageDraw.ellipse,
    "line": ImageDraw.ImageDraw.line,
    "polygon": ImageDraw.ImageDraw.polygon,
    "rectangle": ImageDraw.ImageDraw.rectangle,
}
# Quality and effort for small files in under 50 ms each on one core.
_ENCODINGS: dict[str, dict[str, Any]] = {
    "jpg": {"format": "JPEG", "quality": 80},
    "png": {"format": "PNG", "compress_level": 2},
    "webp": {"format": "WEBP", "quality": 75, "method": 1},
}


@lru_cache(maxsize=100)
def draw_picture(name: str) -> bytes:
    """Draw "slug--scene.jpg": the same name, the same bytes; none for a scene not there."""
    stem, _, kind = name.rpartition(".")
    scene, encoding = _load_scenes().get(stem.rpartition("--")[2]), _ENCODINGS.get(kind)
    if scene is None or encoding is None:
        return b""
    chance = Random(name)  # noqa: S311 (variety, not secrecy)
    image = _draw_sky(chance.choice(scene["sky"]))
    pen = ImageDraw.Draw(image)
    if "sun" in scene:
        x, y, radius = chance.randint(100, 1100), chance.randint(60, 220), chance.randint(35, 80)
        around = (x - radius, y - radius, x + radius, y + radius)
        _draw_shape(pen, {"draw": "ellipse", "at": around, "fill": scene["sun"]})
    for shape in scene["shapes"]:
        _draw_shape(pen, shape)
    image = _tint(image.reduce(_SCALE), chance)
    file = BytesIO()
    (ImageOps.mirror(image) if chance.random() < 0.5 else image).save(file, **encoding)  # noqa: PLR2004
    return file.getvalue()


@cache
def _load_scenes() -> dict[str, Any]:
    return read_table("scenes.toml")


def _draw_sky(colours: list[str]) -> Image.Image:
    column = Image.linear_gradient("L").resize((1, 256))
    sky = ImageOps.colorize(column, black=colours[0], white=colours[1])
    return sky.resize((SIZE[0] * _SCALE, SIZE[1] * _SCALE), Image.Resampling.BILINEAR)


def _draw_shape(pen: ImageDraw.ImageDraw, shape: dict[str, Any]) -> None:
    options = dict(shape)
    draw, at = _PENS[options.pop("draw")], options.pop("at")
    count, step = options.pop("count", 1), options.pop("step", (0, 0))
    if "width" in options:
        options["width"] *= _SCALE
    for index in range(count):
        draw(pen, [(at[i] + index * step[i % 2]) * _SCALE for i in range(len(at))], **options)


def _tint(image: Image.Image, chance: Random) -> Image.Image:
    """Lay a thin veil of colour over the picture, so that no two of one scene are alike."""
    veil = Image.new("RGB", image.size, (chance.randrange(256), chance.randrange(256), 160))
    return Image.blend(image, veil, 0.06)
