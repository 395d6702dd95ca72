"""The door of the programme."""


def main() -> None:
    """Run the command line."""
    from wp_sync.cli.app import app

    app(prog_name="wp-sync")


if __name__ == "__main__":
    main()
