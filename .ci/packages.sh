#!/bin/sh
# See that PHP, a browser and systemd are there; install Debian's packages as root, else say what is missing.
set -eu
packages="php-cli php-sqlite3 php-xml php-mbstring php-curl php-gd php-zip chromium chromium-driver systemd"
theme=wordpress-theme-twentytwentyone # fetched and unpacked by the sandbox, not installed
extensions="pdo_sqlite sqlite3 xml mbstring curl gd"

is_complete() {
    command -v php >/dev/null && command -v chromium >/dev/null && command -v chromedriver >/dev/null || return 1
    command -v systemd-analyze >/dev/null || return 1
    loaded=$(php -m)
    for extension in $extensions; do
        echo "$loaded" | grep -qix "$extension" || return 1
    done
}

is_root_on_debian() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null
}

if is_root_on_debian && ! apt-cache show "$theme" >/dev/null 2>&1; then
    apt-get update -qq
fi
is_complete && exit 0
if is_root_on_debian; then
    echo "installing $packages"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $packages >/dev/null
    is_complete && exit 0
fi
echo "Please install PHP 8.1 or newer with $extensions, Chromium with its driver, and systemd." >&2
echo "On Debian: sudo apt-get install $packages" >&2
exit 2
