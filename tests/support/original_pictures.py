"""Pictures as their source served them: what sending the originals would be."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image

from wp_sync.publish.pictures import PreparedPicture

if TYPE_CHECKING:
    from wp_sync.publish.pictures import Wanted


def leave_as_it_is(body: bytes, _wanted: Wanted) -> PreparedPicture:
    """Look at the head alone; each counts as another picture."""
    with Image.open(BytesIO(body)) as image:
        width, height = image.size
    return PreparedPicture(body, "image/jpeg", "jpg", width, height, likeness=bytes(56))
