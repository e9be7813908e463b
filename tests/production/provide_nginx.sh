#!/bin/sh
# nginx for `make test-production`: the one that is there, else Debian's if we may install it. Otherwise one
# line that says what is skipped.
PATH="$PATH:/usr/sbin"
command -v nginx >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing nginx for the tests of production…"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends nginx-light >/dev/null && exit 0
fi
echo "The tests of production are skipped: install the package nginx." >&2
exit 0
