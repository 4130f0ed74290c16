#!/usr/bin/env bash
# Every check of `make test`, cheapest first; the first that fails ends it. Arguments go to pytest.
set -euo pipefail

cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8 PYTHONUTF8=1 DJANGO_SETTINGS_MODULE=config.settings.test
unset CAIRN_DEMO CAIRN_PRODUCTION
python=.venv/bin/python # tools run as modules: a script's first line breaks below a folder with a blank in its name
mkdir -p var/static     # WhiteNoise warns about a missing folder, and warnings are errors

seconds() { printf '%d s' $(((${EPOCHREALTIME/./} - ${1/./} + 500000) / 1000000)); }

step() {
    local words=$1 start=$EPOCHREALTIME
    shift
    printf '==> %s\n' "$words"
    if ! "$@"; then
        printf '==> %s: FAILED after %s\n' "$words" "$(seconds "$start")"
        exit 1
    fi
    printf '==> %s: %s\n' "$words" "$(seconds "$start")"
}

start=$EPOCHREALTIME
# What test databases are copied from takes one core for a while; so do the tools.
"$python" -m tests.templates &
template=$!
trap 'kill "$template" 2>/dev/null || true' EXIT

step "format" .venv/bin/ruff format --check .
step "lint" .venv/bin/ruff check --output-format concise .
step "templates" "$python" -m djlint --lint --quiet .
step "types" "$python" -m mypy .
step "layers" "$python" -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
step "migrations" "$python" manage.py makemigrations --check --dry-run
step "database for the tests" wait "$template"
step "tests" "$python" -m pytest -n 2 "$@"
printf '==> all checks passed in %s\n' "$(seconds "$start")"
