"""Who made a picture and whose it is: the one thing that is taken out of a file beside its pixels.

Run in the confined child. What the file says of device, place and time is dropped.
"""

from __future__ import annotations

import html
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from PIL import ExifTags, Image, IptcImagePlugin

from wp_sync.text import limit_text, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 200  # characters of a credit
# Records of IPTC's application record: by-line, credit, copyright notice.
_CREATOR, _CREDIT, _RIGHTS = (2, 80), (2, 110), (2, 116)
_LONGEST_XMP = 64_000  # characters
_CODE = re.compile(r"[<>{}`$=\\]|\?\?|javascript:", re.IGNORECASE)  # in no name of a person or firm
_XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/">{inside}</rdf:Description>'
    '</rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
)


class Credits(NamedTuple):
    """Plain text, each "" when the file does not say."""

    creator: str = ""
    credit: str = ""  # whom to name beside the picture
    rights: str = ""

    @property
    def line(self) -> str:
        """Say in one line whom to name."""
        parts = dict.fromkeys(filter(None, (self.creator, self.credit)))
        return " / ".join(parts) or self.rights


def read_credits(image: Image.Image) -> Credits:
    """Read IPTC, XMP and EXIF, in this order; what looks like code is not taken."""
    iptc, xmp, exif = _read_iptc(image), _read_xmp(image), _read_exif(image)
    return Credits(
        creator=_first(iptc.get(_CREATOR, ""), *_named(xmp, "dc:creator"), exif.creator),
        credit=_first(iptc.get(_CREDIT, ""), *_named(xmp, "photoshop:Credit")),
        rights=_first(iptc.get(_RIGHTS, ""), *_named(xmp, "dc:rights"), exif.rights),
    )


def exif_of(credits_: Credits) -> bytes:
    """Write a new EXIF block with creator and copyright alone; WordPress reads these."""
    exif = Image.Exif()
    if credits_.creator or credits_.credit:
        exif[ExifTags.Base.Artist] = credits_.creator or credits_.credit
    if credits_.rights:
        exif[ExifTags.Base.Copyright] = credits_.rights
    return exif.tobytes()


def xmp_of(credits_: Credits) -> bytes:
    """Write a new XMP packet with the three."""
    creator, credit, rights = map(html.escape, credits_)
    inside = ""
    if creator:
        inside += f"<dc:creator><rdf:Seq><rdf:li>{creator}</rdf:li></rdf:Seq></dc:creator>"
    if rights:
        inside += "<dc:rights><rdf:Alt>"
        inside += f'<rdf:li xml:lang="x-default">{rights}</rdf:li></rdf:Alt></dc:rights>'
    if credit:
        inside += f"<photoshop:Credit>{credit}</photoshop:Credit>"
    return _XMP.format(inside=inside).encode()


def _first(*texts: str) -> str:
    return next(filter(None, map(_safe, texts)), "")


def _safe(text: str) -> str:
    """Make one line of plain text; "" where it holds signs that only code needs."""
    if _CODE.search(text):
        return ""
    return limit_text(plain_text(text).strip("\x00 ;,"), LONGEST)


def _read_iptc(image: Image.Image) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    with suppress(Exception):  # of a damaged block: the pixels are what matters
        read: Any = IptcImagePlugin.getiptcinfo  # whose annotation is narrower than what it takes
        for record, value in (read(image) or {}).items():
            values = value if isinstance(value, list) else [value]
            found[record] = ", ".join(_decode(one) for one in values)
    return found


def _decode(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")


def _read_xmp(image: Image.Image) -> str:
    raw = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    text = raw if isinstance(raw, str) else bytes(raw).decode("utf-8", "replace")
    return text[:_LONGEST_XMP]


def _named(xmp: str, name: str) -> Iterable[str]:
    """Find a property of a packet, as an attribute or as an element with a list in it."""
    if match := re.search(rf'\b{name}="([^"<>]*)"', xmp):
        yield html.unescape(match[1])
    begin, end = xmp.find(f"<{name}"), xmp.find(f"</{name}>")
    if 0 <= begin < end:
        inside = xmp[begin:end].partition(">")[2]
        yield html.unescape(", ".join(filter(None, map(str.strip, re.split(r"<[^<>]*>", inside)))))


def _read_exif(image: Image.Image) -> Credits:
    with suppress(Exception):
        exif = image.getexif()
        creator, rights = exif.get(ExifTags.Base.Artist), exif.get(ExifTags.Base.Copyright)
        return Credits(creator=str(creator or ""), rights=str(rights or "").replace("\0", " "))
    return Credits()
