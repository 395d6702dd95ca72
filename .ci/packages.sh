#!/bin/sh
# See that the programs are there; install Debian's packages as root, else say what is missing.
# Without an argument: what the demo needs, a PHP. With "tests": a browser and MariaDB beside it.
set -eu
packages="php-cli php-sqlite3 php-xml php-mbstring php-curl php-gd php-zip"
theme=wordpress-theme-twentytwentyone # fetched and unpacked by the sandbox, not installed
extensions="pdo_sqlite sqlite3 xml mbstring curl gd"
programs="php"
needs="PHP 8.1 or newer with $extensions"
if [ "${1:-}" = tests ]; then
    # mariadb-server-core is the program alone: no service is installed, so none is started.
    packages="$packages php-mysql mariadb-server-core chromium chromium-driver"
    extensions="$extensions mysqli"
    programs="$programs mariadbd chromium chromedriver"
    needs="PHP 8.1 or newer with $extensions, MariaDB's server, and Chromium with its driver"
fi
PATH="$PATH:/usr/sbin"

is_complete() {
    for program in $programs; do
        command -v "$program" >/dev/null || return 1
    done
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
echo "Please install $needs." >&2
echo "On Debian: sudo apt-get install $packages" >&2
exit 2
