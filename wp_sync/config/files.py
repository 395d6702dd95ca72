"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path


def replace_file(path: Path, content: bytes, *, keep_mode: bool = False) -> None:
    """Replace a file at once, or make it; nobody but its owner may read it. Raises OSError.

    With `keep_mode` who may read it stays as it is.
    """
    draft = ""
    try:
        # Made new, never through a link, mode 0600 from its first moment (tempfile._bin_openflags).
        handle, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if keep_mode:
            shutil.copymode(path, draft)
        Path(draft).replace(path)
    except BaseException:  # also an interrupt: a draft may hold a password
        if draft:
            with suppress(OSError):
                Path(draft).unlink()
        raise
