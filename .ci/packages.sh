#!/bin/sh
# See that the programs are there; install Debian's packages as root, else say what is missing.
# Without an argument: what the demo needs, a PHP. With "tests": beside it a browser, MariaDB, and
# nginx, Apache and php-cgi, which tests start before a site with a configuration of their own, and
# strace, which kills the command before a given system call, and openssl, which signs certificates.
set -eu
packages="php-cli php-sqlite3 php-xml php-mbstring php-curl php-gd php-zip"
theme=wordpress-theme-twentytwentyone # fetched and unpacked by the sandbox, not installed
extensions="pdo_sqlite sqlite3 xml mbstring curl gd"
programs="php"
needs="PHP 8.1 or newer with $extensions"
if [ "${1:-}" = tests ]; then
    # mariadb-server-core is the program alone: no service is installed, so none is started.
    # So it is with apache2-bin and php-cgi. nginx would bring one, and is only unpacked.
    packages="$packages php-mysql mariadb-server-core chromium chromium-driver apache2-bin php-cgi systemd strace openssl"
    extensions="$extensions mysqli"
    programs="$programs mariadbd chromium chromedriver apache2 php-cgi nginx systemd-analyze strace openssl"
    needs="PHP 8.1 or newer with $extensions, php-cgi, MariaDB's server, Apache, nginx, systemd, strace, OpenSSL, and Chromium with its driver"
fi
nginx="${XDG_CACHE_HOME:-$HOME/.cache}/wp-sync/nginx"
PATH="$PATH:/usr/sbin:$nginx/usr/sbin"

is_complete() {
    for program in $programs; do
        command -v "$program" >/dev/null || return 1
    done
    loaded=$(php -m)
    for extension in $extensions; do
        echo "$loaded" | grep -qix "$extension" || return 1
    done
}

unpack_nginx() {
    command -v nginx >/dev/null && return
    scratch=$(mktemp -d)
    (cd "$scratch" && apt-get download -qq nginx 2>/dev/null && dpkg-deb -x nginx_*.deb files)
    mkdir -p "$(dirname "$nginx")"
    rm -rf "$nginx"
    mv "$scratch/files" "$nginx"
    rm -rf "$scratch"
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
    [ "${1:-}" = tests ] && unpack_nginx
    is_complete && exit 0
fi
echo "Please install $needs." >&2
echo "On Debian: sudo apt-get install $packages" >&2
exit 2
