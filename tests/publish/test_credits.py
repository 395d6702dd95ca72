"""Who made a picture stays in the file; where, when and with what it was taken does not."""

from __future__ import annotations

import struct
from io import BytesIO

import pytest
from PIL import ExifTags, Image, ImageDraw

from wp_sync.publish.pictures import Wanted, make_upload, prepare_picture

PLACE, DEVICE = b"N 49 16", b"Secret Camera 3000"
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax'
    b'-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.a'
    b'dobe.com/photoshop/1.0/" photoshop:Credit="The Press &amp; Co" photoshop:City="Vancouver">'
    b"<dc:creator><rdf:Seq><rdf:li>Ann Lee</rdf:li><rdf:li>Bo Ek</rdf:li></rdf:Seq></dc:creator>"
    b'<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">2026 Ann Lee</rdf:li></rdf:Alt></dc:rights>'
    b"</rdf:Description></rdf:RDF></x:xmpmeta>"
)


def iptc(**records: str) -> bytes:
    """Write a Photoshop resource with by-line, credit, copyright and city."""
    numbers = {"creator": 80, "city": 90, "credit": 110, "rights": 116}
    block = b""
    for name, text in records.items():
        raw = text.encode()
        block += struct.pack(">BBBH", 0x1C, 2, numbers[name], len(raw)) + raw
    data = b"8BIM" + struct.pack(">HHI", 0x0404, 0, len(block)) + block
    data += b"\0" * (len(block) % 2)
    payload = b"Photoshop 3.0\0" + data
    return b"\xff\xed" + struct.pack(">H", len(payload) + 2) + payload


def photograph(
    kind: str = "JPEG", *, exif: bool = False, xmp: bytes = b"", more: bytes = b""
) -> bytes:
    image = Image.effect_noise((160, 120), 60).convert("RGB")
    told = Image.Exif()
    if exif:
        told[ExifTags.Base.Artist], told[ExifTags.Base.Copyright] = "Cam Dent", "2025 Cam Dent"
        told[ExifTags.Base.Model] = DEVICE.decode()
        told[ExifTags.Base.DateTime] = "2026:05:04 12:00:00"
        told.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSAreaInformation] = PLACE
    out = BytesIO()
    image.save(out, kind, exif=told, **({"xmp": xmp} if xmp else {}))
    body = out.getvalue()
    return body[:2] + more + body[2:] if more else body


@pytest.mark.parametrize(
    ("source", "credits_"),
    [
        pytest.param(photograph(exif=True), ("Cam Dent", "", "2025 Cam Dent"), id="EXIF"),
        pytest.param(
            photograph(xmp=XMP), ("Ann Lee, Bo Ek", "The Press & Co", "2026 Ann Lee"), id="XMP"
        ),
        pytest.param(
            photograph("WEBP", exif=True, xmp=XMP),
            ("Ann Lee, Bo Ek", "The Press & Co", "2026 Ann Lee"),
            id="WebP",
        ),
        pytest.param(
            photograph(
                exif=True, more=iptc(creator="Di Éa", city="Paris", credit="AP", rights="© AP")
            ),
            ("Di Éa", "AP", "© AP"),
            id="IPTC before EXIF",
        ),
        pytest.param(photograph(more=iptc(creator="<?php x ?>")), ("", "", ""), id="code"),
        pytest.param(photograph(xmp=b"\xff<dc:creator>"), ("", "", ""), id="broken XMP"),
    ],
)
@pytest.mark.parametrize("webp", [False, True])
def test_makers_stay_and_places_go(
    source: bytes, credits_: tuple[str, str, str], *, webp: bool
) -> None:
    """A credit is owed; a photographer's home is nobody's business."""
    prepared = prepare_picture(source, Wanted(webp=webp))

    assert tuple(prepared.credits) == credits_
    with Image.open(BytesIO(prepared.content)) as result:
        exif = result.getexif()
        artist = str(exif.get(ExifTags.Base.Artist, "")).encode("latin-1", "replace").decode()
        assert bool(artist) == bool(credits_[0])
        assert set(exif) <= {ExifTags.Base.Artist, ExifTags.Base.Copyright}
    for secret in (PLACE, DEVICE, b"2026:05:04", b"Vancouver", b"Paris", b"<?php"):
        assert secret not in prepared.content
    if any(credits_):
        again = prepare_picture(prepared.content, Wanted(webp=webp))
        assert again.credits == prepared.credits


def test_webp_is_sent_where_it_is_smaller() -> None:
    """And only where the site takes it."""
    out = BytesIO()
    image = Image.linear_gradient("L").resize((800, 500)).convert("RGB")
    ImageDraw.Draw(image).ellipse((100, 100, 500, 400), fill=(200, 30, 30))
    image.save(out, "JPEG", quality=95)

    webp = prepare_picture(out.getvalue(), Wanted(webp=True))
    jpeg = prepare_picture(out.getvalue())

    assert (webp.mime, webp.extension, jpeg.mime) == ("image/webp", "webp", "image/jpeg")
    assert len(webp.content) < len(jpeg.content)


def test_what_shows_through_stays_so_in_webp() -> None:
    """A drawing without a ground must not get a black one."""
    out = BytesIO()
    image = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((20, 20, 180, 180), fill=(200, 30, 30, 255))
    image.save(out, "PNG")

    prepared = prepare_picture(out.getvalue(), Wanted(webp=True))

    with Image.open(BytesIO(prepared.content)) as result:
        assert result.convert("RGBA").getpixel((2, 2))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize(
    ("caption", "told"),
    [
        pytest.param("", "Cam Dent", id="credit alone"),
        pytest.param("A pier", "A pier (Cam Dent)", id="caption and credit"),
        pytest.param("A pier. Photo: CAM DENT", "A pier. Photo: CAM DENT", id="named already"),
    ],
)
def test_caption_names_the_maker(caption: str, told: str) -> None:
    """Readers see whose picture it is, once."""
    source = photograph(exif=True)

    upload = make_upload(source, prepare_picture(source), alt="", title="A", caption=caption)

    assert upload.caption == told


@pytest.mark.parametrize(
    ("title", "words"),
    [
        pytest.param("Élan & “Vital”: don't!", "elan-vital-dont-", id="accents"),
        pytest.param("日本の港", "日本の港-", id="other letters"),
        pytest.param("../../etc/passwd.php", "etc-passwd-php-", id="path"),
        pytest.param("☃ !!", "", id="no word"),
        pytest.param("word " * 40, "-".join(["word"] * 12) + "-", id="long"),
    ],
)
def test_file_is_named_by_the_title(title: str, words: str) -> None:
    """Search engines read names; no name leads out of a folder."""
    source = photograph()

    upload = make_upload(source, prepare_picture(source), alt="", title=title)

    assert upload.name == f"{words}{upload.sha256[:16]}.jpg"
