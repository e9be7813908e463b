#!/bin/sh
# promtool for the tests of the alert rules: the one on PATH, else that of Debian's package prometheus,
# unpacked into .tools without installing its server. Otherwise one line; the tests are skipped.
command -v promtool >/dev/null 2>&1 || [ -x .tools/promtool ] && exit 0
if command -v apt-get >/dev/null 2>&1 && command -v dpkg >/dev/null 2>&1; then
  echo "Fetching promtool for the tests of the alert rules…"
  folder=$(mktemp -d)
  here=$PWD
  [ "$(id -u)" != 0 ] || apt-get update -qq
  (cd "$folder" && apt-get download -qq prometheus && dpkg -x prometheus_*.deb .) >/dev/null 2>&1 \
    && mkdir -p "$here/.tools" && mv "$folder/usr/bin/promtool" "$here/.tools/"
  rm -rf "$folder"
  [ -x .tools/promtool ] && exit 0
fi
echo "The tests of the alert rules are skipped: install promtool (package prometheus)." >&2
exit 0
