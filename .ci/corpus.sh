#!/bin/sh
# Fetch the source distributions of feedparser and Pillow: their tests are corpora of feeds and of
# damaged pictures, that ours read too. They are unpacked in the cache, and nothing of them is ever
# part of this project. The argument is a Python.
set -eu
python=$1
cache="${XDG_CACHE_HOME:-$HOME/.cache}/wp-sync"

fetch() { # name, version, the folder that is kept
    target="$cache/$1-$2"
    [ -d "$target" ] && return
    mkdir -p "$cache"
    scratch=$(mktemp -d "$cache/corpus.XXXXXX")
    "$python" -m pip download --quiet --no-deps --no-binary "$1" \
        --dest "$scratch" "$1==$2" || { rm -rf "$scratch"; return 1; }
    tar -xzf "$scratch/$1-$2.tar.gz" -C "$scratch" "$1-$2/$3"
    # Another set-up may have been faster.
    mv -T "$scratch/$1-$2" "$target" || [ -d "$target" ]
    rm -rf "$scratch"
    echo "$1's corpus is in $target"
}

fetch feedparser 6.0.14 tests
fetch pillow 13.0.0 Tests/images
