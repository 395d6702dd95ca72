#!/bin/sh
# Fetch published attacks on HTML sanitisers: the tests of bleach and DOMPurify, and a collection.
# They are unpacked in the cache, only ever read, and nothing of them is ever part of this project.
# The argument is a Python.
set -eu
cache="${XDG_CACHE_HOME:-$HOME/.cache}/wp-sync"
done="$cache/vectors-1"
[ -d "$done" ] && exit 0
command -v npm >/dev/null || {
    echo "Please install npm: DOMPurify's tests come by it." >&2
    exit 2
}
mkdir -p "$cache"
scratch=$(mktemp -d "$cache/vectors.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
fetch="$1 -m pip download --quiet --no-deps --dest $scratch"
$fetch --no-binary bleach bleach==6.4.0
$fetch --only-binary brs-kb brs-kb==4.0.2
(cd "$scratch" && npm pack --silent dompurify@0.8.0 >/dev/null)
(cd "$scratch" && sha256sum --check --quiet) <<SUMS
4202482733d85cedd04e59fcb2f89f4e4c7c385a78d3c3c23c30446843a37452  bleach-6.4.0.tar.gz
a9f3737e9ef00f0a3b791d9d3b849618ec3e3eb98c27436ba174ff626ba5ebd8  brs_kb-4.0.2-py3-none-any.whl
467e72632889308b8c0648421c1822f15cbd2e598fa1feb24454ba4554349044  dompurify-0.8.0.tgz
SUMS
mkdir "$scratch/unpacked"
tar -xzf "$scratch/bleach-6.4.0.tar.gz" -C "$scratch/unpacked" bleach-6.4.0/tests
# npm's archive names its one folder "package", and holds headers that tar does not know.
tar -xzf "$scratch/dompurify-0.8.0.tgz" -C "$scratch/unpacked" package/test/fixtures 2>/dev/null
"$1" -m zipfile -e "$scratch/brs_kb-4.0.2-py3-none-any.whl" "$scratch/unpacked"
# Another set-up may have been faster.
mv -T "$scratch/unpacked" "$done" || [ -d "$done" ]
echo "published attacks are in $done"
