"""What the suite of every Target puts on its sites, and where they differ."""

from __future__ import annotations

import io
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from PIL import Image

from wp_sync.model import Upload, User
from wp_sync.publish.xmlrpc_target import XmlRpcTarget

if TYPE_CHECKING:
    from wp_sync.publish.target import Target


USERS = (User(wp_id=1, slug="admin", name="admin"), User(wp_id=2, slug="editor", name="Editor"))
PAST = datetime(2026, 1, 5, 18, 30, 15, tzinfo=UTC)
NOWHERE = 987_654


def by_xmlrpc(target: Target) -> bool:
    """Tell where WordPress itself differs: publish.xmlrpc_values names all the differences."""
    return isinstance(target, XmlRpcTarget)


def new_name() -> str:
    return f"a{secrets.token_hex(5)}"


def draft(**values: object) -> dict[str, Any]:
    return {"title": "Rain", "body": "<p>It rains.</p>", "slug": new_name(), **values}


def picture(name: str) -> Upload:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(file, "PNG")
    return Upload(
        content=file.getvalue(), mime="image/png", name=f"{name}.png", sha256="", alt="<a>"
    )
