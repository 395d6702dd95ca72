"""prepare_picture: only pixels get through, as files that we wrote."""

from __future__ import annotations

import hashlib
import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageDraw, PngImagePlugin

from wp_sync.confine import Confinement
from wp_sync.errors import ImageError
from wp_sync.publish.pictures import Wanted, are_alike, make_upload, prepare_picture

CANARY = b"<?php echo 'canary'; ?><script>canary</script>"


def paint(mode: str = "RGB", size: tuple[int, int] = (200, 100)) -> Image.Image:
    image = Image.new("RGB", size, (200, 120, 40))
    ImageDraw.Draw(image).ellipse((20, 20, 150, 90), fill=(20, 80, 160))
    return image.quantize() if mode == "P" else image.convert(mode)


def encode(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:  # noqa: ANN401
    output = BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """Declare a size without carrying the pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("image", "kind", "mime"),
    [
        pytest.param(paint(), "JPEG", "image/jpeg", id="JPEG"),
        pytest.param(paint("CMYK"), "JPEG", "image/jpeg", id="CMYK"),
        pytest.param(paint("L"), "JPEG", "image/jpeg", id="grey"),
        pytest.param(paint(), "PNG", "image/jpeg", id="PNG"),
        pytest.param(paint("P"), "GIF", "image/jpeg", id="GIF"),
        pytest.param(paint(), "WEBP", "image/jpeg", id="WebP"),
        pytest.param(paint(), "AVIF", "image/jpeg", id="AVIF"),
        pytest.param(paint("1"), "PNG", "image/jpeg", id="1 bit"),
        pytest.param(paint("LA"), "PNG", "image/jpeg", id="opaque alpha"),
        pytest.param(Image.new("RGBA", (90, 90), (1, 2, 3, 9)), "PNG", "image/png", id="alpha"),
        pytest.param(
            Image.new("RGBA", (90, 90), (1, 2, 3, 9)), "WEBP", "image/png", id="WebP alpha"
        ),
    ],
)
def test_pictures_become_jpeg_or_png(image: Image.Image, kind: str, mime: str) -> None:
    """What the browser of each reader shows, and each WordPress takes."""
    prepared = prepare_picture(encode(image, kind))

    assert prepared.mime == mime
    assert prepared.extension == {"image/jpeg": "jpg", "image/png": "png"}[mime]
    with Image.open(BytesIO(prepared.content)) as result:
        assert (result.size, f"image/{result.format}".lower()) == (image.size, mime)
        assert (prepared.width, prepared.height) == image.size


def test_sixteen_bits_keep_their_shades() -> None:
    """A grey of one half stays one half, instead of turning white."""
    prepared = prepare_picture(encode(Image.new("I;16", (80, 80), 32_768)))

    with Image.open(BytesIO(prepared.content)) as result:
        assert result.convert("L").getpixel((40, 40)) == pytest.approx(128, abs=2)


def test_colours_survive() -> None:
    """Blue stays blue, in each mode that a source may use."""
    for mode, kind in (("RGB", "JPEG"), ("CMYK", "JPEG"), ("P", "GIF"), ("RGB", "WEBP")):
        prepared = prepare_picture(encode(paint(mode), kind))
        with Image.open(BytesIO(prepared.content)) as result:
            pixel = result.convert("RGB").getpixel((80, 50))

        assert pixel == pytest.approx((20, 80, 160), abs=12)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_stand_upright_and_fit(orientation: int) -> None:
    """The camera's note is applied before the width is measured, and then gone."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    width, height = (400, 800) if orientation >= 5 else (800, 400)
    source = encode(paint(size=(width, height)), "JPEG", exif=exif)
    prepared = prepare_picture(source, Wanted(width=300))

    assert (prepared.width, prepared.height) == (300, 150)
    with Image.open(BytesIO(prepared.content)) as result:
        assert not result.getexif()


@pytest.mark.parametrize("webp", [False, True])
def test_nothing_but_pixels_gets_through(*, webp: bool) -> None:
    """Comments, captions, places, profiles, appended files: no byte of them is left."""
    exif = Image.Exif()
    for tag in (0x010E, 0x013B, 0x8298):  # caption; artist and copyright, which stay else
        exif[tag] = CANARY.decode()
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", CANARY.decode())
    transparent = Image.new("RGBA", (90, 90), (1, 2, 3, 9))
    sources = [
        encode(paint(), "JPEG", exif=exif, comment=CANARY, icc_profile=CANARY) + CANARY,
        encode(paint(), "PNG", pnginfo=notes, icc_profile=CANARY) + CANARY,
        encode(transparent, "PNG", pnginfo=notes, icc_profile=CANARY, exif=exif) + CANARY,
        encode(paint("P"), "GIF", comment=CANARY) + CANARY,
        encode(paint(), "PNG", pnginfo=notes, save_all=True, append_images=[paint("L")]) + CANARY,
        encode(paint(), "AVIF", exif=exif) + CANARY,
        b"\xff\xd8\xff\xe0" + encode(paint(), "JPEG", comment=b"*/=1;" + CANARY)[4:] + CANARY,
        encode(paint(), "WEBP", exif=exif, icc_profile=CANARY) + CANARY,
    ]

    for source in sources:
        assert b"canary" in source
        assert b"canary" not in prepare_picture(source, Wanted(webp=webp)).content


def test_moving_pictures_stand_still() -> None:
    """The first frame stands for all."""
    frames = [paint("P"), Image.new("L", (200, 100), 3)]
    moving = encode(frames[0], "GIF", save_all=True, append_images=frames[1:])
    prepared = prepare_picture(moving)

    with Image.open(BytesIO(prepared.content)) as result:
        assert getattr(result, "n_frames", 1) == 1
        assert result.convert("RGB").getpixel((80, 50)) == pytest.approx((20, 80, 160), abs=12)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b"<!DOCTYPE html><p>404", "begins with '<!doctype html><p>404'", id="HTML"),
        pytest.param(b"<svg onload=alert(1)></svg>", "begins with '<svg onload", id="SVG"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "is not a picture|is damaged", id="only a head"),
        pytest.param(b"BM" + b"\0" * 200, "is not a picture", id="BMP"),
        pytest.param(encode(paint(), "TIFF"), "is not a picture", id="TIFF"),
        pytest.param(encode(paint(), "PDF"), "begins with '%pdf", id="PDF"),
        pytest.param(encode(paint(size=(1, 1))), "too small: 1x1", id="pixel"),
        pytest.param(encode(paint(size=(400, 63))), "too small: 400x63", id="strip"),
        pytest.param(huge_png(8000, 8000), "too large: 8000x8000", id="over 40 megapixels"),
        pytest.param(huge_png(50_000, 50_000), "too large", id="bomb"),
        pytest.param(huge_png(500, 500), "is damaged", id="pixels missing"),
        pytest.param(
            b"\x1b]0;evil\x07" + b"\0" * 40, r"begins with '\]0;evil'", id="terminal codes"
        ),
    ],
)
def test_what_is_no_picture_says_what_it_is(body: bytes, message: str) -> None:
    """An editor learns why the post has no picture."""
    with pytest.raises(ImageError, match=message):
        prepare_picture(body)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_truncated_pictures_are_refused_wherever_they_end(kind: str) -> None:
    """Half a picture is no picture: it is tried again another time."""
    noise = Image.effect_noise((160, 120), 90).convert("P" if kind == "GIF" else "RGB")
    whole = encode(noise, kind)

    for end in range(0, len(whole) - 64, max(1, len(whole) // 25)):
        with pytest.raises(ImageError):
            prepare_picture(whole[:end])


def test_too_many_frames_are_refused() -> None:
    """A film in a GIF costs more than it is worth."""
    frames = [Image.new("L", (64, 64), number) for number in range(220)]
    body = encode(frames[0], "GIF", save_all=True, append_images=frames[1:])

    with pytest.raises(ImageError, match="too many frames: 2"):
        prepare_picture(body)


def test_the_largest_picture_fits_into_the_child() -> None:
    """Forty megapixels take less than the 768 MB that the confined child has."""
    body = encode(Image.new("RGB", (8000, 5000), (9, 99, 200)), "PNG")
    with Confinement() as confinement:
        prepared = confinement.run(prepare_picture, body, memory_mb=768)

    assert (prepared.width, prepared.height) == (1536, 960)


def test_upload_is_named_by_its_source() -> None:
    """The same bytes give the same file, name and hash, each time."""
    source = encode(paint(), "WEBP")
    one = make_upload(source, prepare_picture(source), alt="A tram", title="Tram")
    two = make_upload(source, prepare_picture(source), alt="A tram", title="Tram")

    assert one == two
    assert one.sha256 == hashlib.sha256(source).hexdigest()
    assert one.name == f"tram-{one.sha256[:16]}.jpg"
    assert (one.mime, one.alt, one.title) == ("image/jpeg", "A tram", "Tram")


@pytest.mark.parametrize(
    ("size", "kind", "options"),
    [
        pytest.param((300, 150), "JPEG", {"quality": 40}, id="small and poor"),
        pytest.param((1200, 600), "WEBP", {"quality": 60}, id="WebP"),
        pytest.param((700, 352), "PNG", {}, id="PNG"),
    ],
)
def test_same_picture_in_another_size_is_recognised(
    size: tuple[int, int], kind: str, options: dict[str, Any]
) -> None:
    """Feeds carry a small one of what stands in the text: it is not shown twice."""
    image = Image.linear_gradient("L").resize((600, 300)).convert("RGB")
    ImageDraw.Draw(image).ellipse((60, 40, 300, 200), fill=(200, 30, 60))
    whole = prepare_picture(encode(image, "JPEG"))

    assert are_alike(whole, prepare_picture(encode(image.resize(size), kind, **options)))
    other = image.copy()
    ImageDraw.Draw(other).ellipse((300, 40, 560, 280), fill=(20, 130, 60))
    assert not are_alike(whole, prepare_picture(encode(other, kind, **options)))


def test_empty_pictures_are_like_nothing() -> None:
    """Two grey boxes are not the same picture."""
    grey = prepare_picture(encode(Image.new("RGB", (300, 200), (90, 90, 90))))

    assert not grey.likeness
    assert not are_alike(grey, grey)
