"""The door of the programme, and what makes it open quickly."""

import gc
import os
import sys


def main() -> None:
    """Run the command line."""
    # Both are measured on `wp-sync status`: pydantic looks through all installed packages for
    # plug-ins, which we have none of (11 ms), and the collector walks all that imports make.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    gc.set_threshold(50_000)

    from wp_sync.cli.app import app, keep_only

    keep_only(sys.argv[1] if sys.argv[1:] else "")
    app(prog_name="wp-sync")


if __name__ == "__main__":
    main()
