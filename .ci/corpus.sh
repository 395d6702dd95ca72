#!/bin/sh
# Fetch feedparser's source distribution: its tests are a corpus of feeds, that ours read too. It is
# unpacked in the cache, and nothing of it is ever part of this project. The argument is a Python.
set -eu
version=6.0.14
cache="${XDG_CACHE_HOME:-$HOME/.cache}/wp-sync"
[ -d "$cache/feedparser-$version" ] && exit 0
mkdir -p "$cache"
scratch=$(mktemp -d "$cache/corpus.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
"$1" -m pip download --quiet --no-deps --no-binary feedparser --dest "$scratch" \
    "feedparser==$version"
tar -xzf "$scratch/feedparser-$version.tar.gz" -C "$scratch"
# Another set-up may have been faster.
mv -T "$scratch/feedparser-$version" "$cache/feedparser-$version" || [ -d "$cache/feedparser-$version" ]
echo "feedparser's corpus is in $cache/feedparser-$version"
