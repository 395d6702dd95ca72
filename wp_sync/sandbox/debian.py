"""Take WordPress cores and themes out of Debian's packages, unpacked and never installed.

The packages come from the mirror that this machine's own apt uses. Another suite than the machine's
is read with an apt configuration of our own, so that the machine's stays as it is.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wp_sync.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
CORE = Path("usr/share/wordpress")
THEMES = CORE / "wp-content/themes"
# What Debian's package brings of its own: a configuration for Apache and /etc.
DEBIAN_ONLY = ("wp-config.php", ".htaccess")

APT_CURE = "the older and newer cores come from Debian's packages: set up the tests on a Debian"
MIRROR_CURE = "name a Debian mirror with the component main in apt's sources, then: apt-get update"
PACKAGES_CURE = "see with `apt-get update` whether the mirror answers, and try again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A Debian suite, and the packages that together hold its whole WordPress."""

    name: str
    packages: tuple[str, ...]


# By WordPress's minor version: security updates move the patch version. The packages beside
# `wordpress` are those that its links point into.
_LINKED = ("wordpress", "libjs-cropper", "libjs-underscore", "php-getid3")
SUITES = {
    "6.1": Suite(name="bookworm", packages=_LINKED),
    "6.8": Suite(name="trixie", packages=(*_LINKED, "libjs-lodash")),
}


def build_core(version: str, scratch: Path, report: Callable[[str], object]) -> Path:
    """Unpack the core of a suite into `scratch`, with what its links point to in their places."""
    suite = SUITES[version]
    report(f"WordPress {version} from the packages of Debian {suite.name}")
    apt = _open_suite(suite.name, scratch / "apt")
    run_program((*apt, "update", "-qq"), scratch, PACKAGES_CURE)
    root = _unpack((*apt, "download", "-qq", *suite.packages), scratch / "packages", PACKAGES_CURE)
    _check_links(root)
    built = scratch / "wordpress"
    shutil.copytree(root / CORE, built)  # follows the links
    for name in DEBIAN_ONLY:
        (built / name).unlink(missing_ok=True)
    return built


def find_theme(theme: str, scratch: Path) -> Path:
    """Take the theme that is installed, else what Debian's package of it holds."""
    installed = Path("/") / THEMES / theme
    if installed.is_dir():
        return installed
    package = f"wordpress-theme-{theme}"
    cure = f"install it: apt-get update && apt-get install {package}"
    return _unpack(("apt-get", "download", "-qq", package), scratch / theme, cure) / THEMES / theme


def run_program(command: Sequence[str], directory: Path, cure: str) -> str:
    """Run a program to its end; return what it prints."""
    program = shutil.which(command[0])
    if program is None:
        raise SandboxError(f"{command[0]} is missing", cure=cure)
    done = subprocess.run(  # noqa: S603  the commands stand in these files
        (program, *command[1:]), cwd=directory, capture_output=True, text=True, check=False
    )
    if done.returncode:
        tail = " | ".join(done.stderr.strip().splitlines()[-3:])
        words = [word for word in command if not word.startswith("--option=")]
        raise SandboxError(f"{' '.join(words[:3])} failed: {tail}", cure=cure)
    return done.stdout


def _open_suite(suite: str, directory: Path) -> tuple[str, ...]:
    """Write an apt configuration for one suite; return the command that uses it."""
    for name in ("cache/archives/partial", "lists/partial", "none"):
        (directory / name).mkdir(parents=True)
    (directory / "status").touch()
    signed = (
        f"[signed-by={KEYRING}] " if KEYRING.is_file() else ""
    )  # else by the keys of apt itself
    source = f"deb {signed}{_find_mirror(directory)} {suite} main\n"
    (directory / "sources.list").write_text(source, "utf-8")
    options = {
        "APT::Sandbox::User": "root",  # who else may not enter a home directory
        "Dir::Cache": directory / "cache",
        "Dir::Etc::preferencesparts": directory / "none",
        "Dir::Etc::preferences": directory / "none/preferences",
        "Dir::Etc::sourcelist": directory / "sources.list",
        "Dir::Etc::sourceparts": directory / "none",
        "Dir::State": directory,
        "Dir::State::lists": directory / "lists",
        "Dir::State::status": directory / "status",
    }
    return ("apt-get", *(f"--option={name}={value}" for name, value in options.items()))


def _find_mirror(directory: Path) -> str:
    """Ask apt for the mirror from which this machine has its Debian packages."""
    fields = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(ORIGIN)"
    asked = ("apt-get", "indextargets", "--format", fields, "Created-By: Packages")
    for line in run_program(asked, directory, APT_CURE).splitlines():
        address, release, component, origin = line.split("|")
        # "bookworm-security" and the like stand on servers that have no whole suite.
        if (component, origin) == ("main", "Debian") and "-" not in release:
            return address
    raise SandboxError("apt knows no Debian mirror", cure=MIRROR_CURE)


def _unpack(download: Sequence[str], into: Path, cure: str) -> Path:
    """Download packages, whose signatures and hashes apt checks, and unpack them together."""
    into.mkdir()
    run_program(download, into, cure)
    for package in sorted(into.glob("*.deb")):
        run_program(("dpkg-deb", "-x", str(package), "root"), into, APT_CURE)
    return into / "root"


def _check_links(root: Path) -> None:
    """Refuse a core that lacks parts; drop links to files that only Debian's set-up would make."""
    for path in (root / CORE).rglob("*"):
        if not path.is_symlink() or path.exists():
            continue
        if not path.readlink().is_absolute():
            message = f"{path.relative_to(root)} leads to {path.readlink()}, which no package holds"
            raise SandboxError(message, cure="add the package that holds it to sandbox/debian.py")
        path.unlink()
