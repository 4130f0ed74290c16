#!/usr/bin/env bash
# Installs what `make demo` or `make test` needs: system packages by apt, Python packages by hash into .venv.
#
#   scripts/bootstrap.sh demo|test
#
# Says what it does, phase by phase, with times. When everything is there it says so and takes a moment. Exit 2 means:
# a system package is missing and cannot be installed from here; the line to paste is printed.
set -euo pipefail

goal=${1:-}
case $goal in
demo) lock=requirements.lock ;;
test) lock=requirements-test.lock ;;
*) echo "Usage: scripts/bootstrap.sh demo|test" >&2; exit 2 ;;
esac

cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8 PYTHONUTF8=1 PIP_DISABLE_PIP_VERSION_CHECK=1
PATH=$PATH:/usr/sbin:/sbin # ldconfig is not on an ordinary user's PATH
venv=.venv
python=$venv/bin/python
wheels=var/wheels

say() { printf '[bootstrap] %s\n' "$*"; }

# phase WORDS COMMAND...: runs the command, shows its output only when it fails, says how long it took.
phase() {
    local words=$1 start=$EPOCHREALTIME status=0 log
    shift
    log=$(mktemp)
    printf '[bootstrap] %s ... ' "$words"
    "$@" >"$log" 2>&1 9>&- || status=$?
    if [ "$status" -eq 0 ]; then
        printf '%s s\n' "$(since "$start")"
    else
        printf 'failed after %s s:\n' "$(since "$start")"
        tail -n 40 "$log"
    fi
    rm -f "$log"
    return "$status"
}

# Seconds since an $EPOCHREALTIME, with one decimal.
since() {
    local tenths=$(((${EPOCHREALTIME/./} - ${1/./}) / 100000))
    printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

# --- system packages --------------------------------------------------------------------------------------------

library() { [[ $libraries == *"$1"* ]]; }
program() { command -v "$1" >/dev/null; }
# A font that has the letters of a language.
font() { program fc-list && [[ $(fc-list ":lang=$2" family 2>/dev/null) == *"$1"* ]]; }

missing=()
needs() {
    local package=$1
    shift
    "$@" || missing+=("$package")
}

look_for_packages() {
    missing=()
    libraries=$(ldconfig -p 2>/dev/null || true)
    needs python3-venv python3 -c 'import ensurepip, venv'
    # WeasyPrint lays out text with these.
    needs libpango-1.0-0 library libpango-1.0.so.0
    needs libpangoft2-1.0-0 library libpangoft2-1.0.so.0
    needs libharfbuzz-subset0 library libharfbuzz-subset.so.0
    needs fontconfig program fc-list
    # The fonts of documents. Names come in every script: a letter without a font is refused, never printed as a box.
    needs fonts-dejavu-core font DejaVu en
    needs fonts-noto-core font Noto vi
    needs fonts-noto-cjk font Noto zh-cn
    if [ "$goal" = test ]; then
        needs chromium program chromium
        needs libatomic1 library libatomic.so.1 # Playwright's own Node is linked against it
        needs poppler-utils program pdffonts # looks into the papers that we make
    fi
}

apt=(env DEBIAN_FRONTEND=noninteractive apt-get --yes --no-install-recommends)
download_packages() { "${apt[@]}" install --download-only "${missing[@]}"; }
install_packages() { "${apt[@]}" install "${missing[@]}"; }
mend_interrupted_install() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive dpkg --configure -a; }

may_become_root() {
    as_root=()
    [ "$(id -u)" -eq 0 ] && return 0
    program sudo || return 1
    as_root=(sudo)
    # Without a terminal there is nobody to type a password.
    sudo -n true 2>/dev/null || { [ -t 0 ] && sudo true; }
}

system_packages() {
    if ! program python3 || ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        say "Python 3.11 or newer is needed as python3; Debian 12 and later have it: apt-get install python3 python3-venv"
        exit 2
    fi
    look_for_packages
    [ ${#missing[@]} -eq 0 ] && return
    say "missing system packages: ${missing[*]}"
    if ! program apt-get || ! may_become_root; then
        say "they cannot be installed from here; run this line as an administrator, then start again:"
        echo
        echo "    sudo apt-get update && sudo apt-get install --yes --no-install-recommends ${missing[*]}"
        echo
        exit 2
    fi
    apt=("${as_root[@]}" "${apt[@]}")
    # Old package lists name files that mirrors no longer have; fresh ones are worth a minute only when needed.
    compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null || phase "fetching the lists of system packages" "${apt[@]}" update
    if ! phase "downloading system packages" download_packages; then
        phase "fetching the lists of system packages" "${apt[@]}" update
        phase "downloading system packages" download_packages
    fi
    if ! phase "installing system packages" install_packages; then
        phase "mending an interrupted installation" mend_interrupted_install
        phase "installing system packages" install_packages
    fi
    look_for_packages
    if [ ${#missing[@]} -ne 0 ]; then
        say "installed, yet still not found: ${missing[*]}"
        exit 2
    fi
}

# --- Python packages --------------------------------------------------------------------------------------------

# Stands for everything that decides what belongs into .venv: the locks, this script, the interpreter.
stamp_of() { # LOCK...
    local sum
    sum=$({ cat "$@" scripts/bootstrap.sh; python3 -V; } | sha256sum)
    printf '%s/.lock.%s' "$venv" "${sum%% *}"
}

# The requirements of the tests contain those of the demo in the same versions.
demo_stamp=$(stamp_of requirements.lock)
test_stamp=$(stamp_of requirements.lock requirements-test.lock)
unfinished=$venv/.unfinished

make_venv() { python3 -m venv --clear "$venv" && : >"$unfinished"; }
# Calls pip as a module: a script's first line cannot name an interpreter below a folder with a blank in its name.
download_wheels() { "$python" -m pip download --require-hashes --no-deps --dest "$wheels" --requirement "$lock"; }
install_wheels() {
    # --no-index: whatever is missing now is an error, not a second download. compile_packages compiles on all cores.
    "$python" -m pip install --require-hashes --no-deps --no-index --find-links "$wheels" --no-compile \
        --requirement "$lock"
}

update_packages() { "$python" -m pip install --require-hashes --no-deps --no-compile --requirement "$lock"; }

# A server imports 2,150 modules. Where it cannot keep what it compiles (PYTHONDONTWRITEBYTECODE, a .venv that is not its
# own) each process would compile them at each start: 2.9 of 4 s. Files for other Pythons that packages ship may fail.
compile_packages() { "$python" -m compileall -q -j 0 "$venv/lib" || true; }

python_packages() {
    if [ -x "$python" ] && "$python" -c '' 2>/dev/null; then
        [ -e "$test_stamp" ] && return
        [ "$goal" = demo ] && [ -e "$demo_stamp" ] && return
    fi
    # A package that was half-written when somebody pressed Ctrl-C looks installed to pip: such a .venv is made again.
    if [ ! -x "$python" ] || [ -e "$unfinished" ] || ! "$python" -m pip --version >/dev/null 2>&1; then
        phase "making .venv" make_venv
    fi
    if compgen -G "$venv/.lock.*" >/dev/null; then # whole, but for another lock: most of it is there
        : >"$unfinished"
        rm -f "$venv"/.lock.*
        phase "updating Python packages" update_packages
    else
        mkdir -p "$wheels"
        phase "downloading Python packages" download_wheels
        : >"$unfinished"
        phase "installing Python packages" install_wheels
    fi
    phase "compiling Python packages" compile_packages
    : >"$demo_stamp"
    if [ "$goal" = test ]; then : >"$test_stamp"; fi
    rm -rf "$wheels" "$unfinished"
}

start=$EPOCHREALTIME
mkdir -p var
exec 9>var/bootstrap.lock # two of these at once would write into one .venv
if program flock; then flock 9; fi
system_packages
python_packages
say "everything for \`make $goal\` is there ($(since "$start") s)"
