"""Run PHP for a site: the settings, the clean environment, and what the machine must have."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Literal

from wp_sync.errors import SandboxError

SITE = Path(__file__).parent / "site"  # our PHP
COMPILED = "compiled"  # where PHP keeps code between its processes, if a site has that

Database = Literal["sqlite", "mariadb"]

# What WordPress needs; what its database needs beside; how Debian calls the package of each.
EXTENSIONS = ("curl", "gd", "mbstring", "xml")
DRIVERS: dict[Database, str] = {"sqlite": "pdo_sqlite", "mariadb": "mysqli"}
PACKAGES: dict[Database, str] = {"sqlite": "php-sqlite3", "mariadb": "php-mysql"}

SETTINGS = (
    "display_errors=0",
    "log_errors=1",
    "memory_limit=256M",
    "opcache.enable_cli=1",
    "opcache.revalidate_freq=0",  # a plugin that a test replaces counts at once
    "post_max_size=32M",
    "sendmail_path=/bin/true",
    "upload_max_filesize=32M",
)


def check_php(database: Database) -> None:
    """Refuse to go on without a PHP that can run WordPress, and say what to install."""
    needed = (*EXTENSIONS, DRIVERS[database])
    cure = (
        f"Debian: apt-get install php-cli php-curl php-gd php-mbstring {PACKAGES[database]} php-xml"
        f"; elsewhere: PHP 8 or newer with {', '.join(needed)}"
    )
    php = shutil.which("php")
    if php is None:
        raise SandboxError("there is no PHP on the PATH", cure=cure)
    modules = subprocess.check_output((php, "-m"), text=True).lower().split()  # noqa: S603
    missing = [name for name in needed if name not in modules]
    if missing:
        raise SandboxError(f"{php} lacks {', '.join(missing)}", cure=cure)


def run_php(site: Path, *arguments: str, code: str = "") -> str:
    """Run a script in the site's WordPress; return what it prints."""
    to_us = ("-d", "log_errors=0", "-d", "display_errors=stderr")
    done = subprocess.run(  # noqa: S603  our own PHP
        (*php_command(site), *to_us, *arguments),
        cwd=site / "www",
        env=php_environment(site),
        input=code,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        complaint = "\n".join(done.stderr.splitlines()[-5:]) or done.stdout[-500:]
        raise SandboxError(f"PHP ended with {done.returncode} in {site}: {complaint}")
    return done.stdout


def php_command(site: Path) -> tuple[str, ...]:
    """Return PHP's command line for a site."""
    settings = [*SETTINGS, f"error_log={site / 'php.log'}"]
    if (site / COMPILED).is_dir():
        settings.append(f"opcache.file_cache={site / COMPILED}")
    return ("php", *(part for setting in settings for part in ("-d", setting)))


def php_environment(site: Path) -> dict[str, str]:
    """Hand PHP nothing of ours, least of all a password; its temporary files go with the site."""
    temporary = site / "tmp"
    temporary.mkdir(exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "PHP_CLI_SERVER_WORKERS": "2",
        "TMPDIR": str(temporary),
    }


def find_root(site: Path) -> Path:
    """Name what the server gives out: WordPress itself, or what has it in a directory below."""
    above = site / "root"
    return above if above.is_dir() else site / "www"
