#!/bin/sh
# Makes .venv with a Python of 3.12 or newer and installs a lock into it: install.sh base | dev
# `install.sh find` only says which Python it would take.
# Needs nothing but a shell and that Python. PYTHON=/path/to/python names one; .python-version is preferred.
set -eu
cd "$(dirname "$0")/.."

say() { printf 'entente: %s\n' "$*" >&2; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; }

find_python() {
    for candidate in ${PYTHON:+"$PYTHON"} "python$(cat .python-version)" python3.13 python3.12 python3.14 python3 python \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python; do
        if command -v "$candidate" >/dev/null 2>&1 && is_new_enough "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

if [ "$1" = find ]; then
    find_python
    exit
fi

make_environment() {
    python=$(find_python) || {
        say "no Python 3.12 or newer was found: install one, or name it with PYTHON=/path/to/python3.13."
        exit 1
    }
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        say "Python $version cannot make virtual environments here: install the package python$version-venv (on Debian and Ubuntu: apt install python$version-venv), then try again."
        exit 1
    fi
    say "making .venv with Python $version"
    "$python" -m venv --clear .venv
}

# An environment that was moved or whose Python is gone is made again.
if ! [ -x .venv/bin/python ] || ! is_new_enough .venv/bin/python; then
    make_environment
fi
.venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null

lock="requirements/$1.txt"
say "installing $lock (only when it has changed; the first time takes a minute or two)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --requirement "$lock"
# Compiled once here: where Python may not write bytecode, every process would compile the whole stack on its start.
.venv/bin/python -m compileall -q -j 0 .venv/lib/python*/site-packages >/dev/null 2>&1 || true
