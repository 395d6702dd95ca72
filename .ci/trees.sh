#!/bin/sh
# Fetch html5lib's source distribution: the inputs of its tree-construction tests are what cleaning
# is tried on. They lie in the cache, and nothing of them is ever part of this project. The argument
# is a Python.
set -eu
version=1.1
cache="${XDG_CACHE_HOME:-$HOME/.cache}/wp-sync"
[ -d "$cache/html5lib-$version" ] && exit 0
mkdir -p "$cache"
scratch=$(mktemp -d "$cache/trees.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
# Its set-up script asks for an older setuptools than the isolated build would bring.
"$1" -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet 'setuptools<70' wheel
"$scratch/venv/bin/pip" download --quiet --no-deps --no-build-isolation --no-binary html5lib \
    --dest "$scratch" "html5lib==$version"
tar -xzf "$scratch/html5lib-$version.tar.gz" -C "$scratch"
# Another set-up may have been faster.
mv -T "$scratch/html5lib-$version" "$cache/html5lib-$version" || [ -d "$cache/html5lib-$version" ]
echo "html5lib's trees are in $cache/html5lib-$version"
