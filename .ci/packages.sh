#!/bin/sh
# Install the named Debian packages that are missing; without root or apt, say what to install.
set -eu
missing=
for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if command -v php >/dev/null && command -v chromium >/dev/null && ! command -v apt-get >/dev/null; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing$missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
    exit 0
fi
echo "Please install:$missing" >&2
echo "On Debian or Ubuntu: sudo apt-get install$missing" >&2
echo "Elsewhere: PHP 8.1 or newer with sqlite3, xml, mbstring, curl and gd; Chromium with its driver." >&2
exit 2
