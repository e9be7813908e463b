#!/bin/sh
# Dovecot and Postfix for the tests that speak with real mail servers: those that are there, else
# Debian's if we may install them. Otherwise one line that says what is skipped; the tests go on.
PATH="$PATH:/usr/sbin"
command -v dovecot >/dev/null 2>&1 && command -v postfix >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Dovecot and Postfix for the tests…"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends dovecot-imapd postfix >/dev/null && exit 0
fi
echo "The tests with real mail servers are skipped: install the packages dovecot-imapd and postfix." >&2
exit 0
