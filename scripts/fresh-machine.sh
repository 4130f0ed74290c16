#!/usr/bin/env bash
# Runs a command in a clone of this checkout on a bare Debian 12, in a folder of its own: what a newcomer would meet.
#
#   sudo scripts/fresh-machine.sh FOLDER visitor make demo      as a new ordinary user with sudo
#   sudo scripts/fresh-machine.sh FOLDER root make test         as root
#   sudo scripts/fresh-machine.sh FOLDER stranger make demo     as a user without sudo
#
# FOLDER is made by debootstrap at the first run and used again later; give a new one for a new machine. The clone lies
# in a folder with a blank in its name. Names, certificates and the pip settings of this machine are passed on; BIND
# names further folders to show inside (a local package index, for instance).
set -euo pipefail

[ "$#" -ge 3 ] && [ "$(id -u)" -eq 0 ] || { sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 2; }
folder=$(realpath -m "$1") account=$2
shift 2
here=$(cd "$(dirname "$0")/.." && pwd)

mirror() { # the first Debian archive that this machine's apt uses
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} 2>/dev/null |
        sed -nE 's/^(URIs: *|deb +(\[[^]]*\] +)?)([^ ]+).*/\3/p' | head -n 1
}

make_machine() {
    debootstrap --variant=minbase --include=python3,python3-venv,git,make,sudo,ca-certificates bookworm "$folder" \
        "$(mirror)"
    for name in visitor stranger; do chroot "$folder" useradd --create-home --shell /bin/bash "$name"; done
    echo "visitor ALL=(ALL) NOPASSWD: ALL" >"$folder/etc/sudoers.d/visitor"
    echo "127.0.0.1 localhost $(hostname)" >"$folder/etc/hosts"
    cp -L /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/"
    if [ -e /etc/pip.conf ]; then cp /etc/pip.conf "$folder/etc/pip.conf"; fi
    touch "$folder/.made"
}

mounted=()
show() { # SOURCE TARGET OPTIONS...
    mkdir -p "$folder$2"
    mount "${@:3}" "$1" "$folder$2"
    mount --make-rslave "$folder$2" # taking it away below must not take away this machine's own
    mounted=("$folder$2" "${mounted[@]}")
}
close() { for place in "${mounted[@]}"; do umount --lazy "$place"; done; }

[ -e "$folder/.made" ] || make_machine
cp -L /etc/resolv.conf "$folder/etc/resolv.conf"

trap close EXIT
show proc /proc -t proc
show /dev /dev --rbind
for place in ${BIND:-}; do show "$place" "$place" --bind; done

home=$(chroot "$folder" getent passwd "$account" | cut -d: -f6)
if [ -e "$HOME/.config/pip/pip.conf" ]; then install -D -m 644 "$HOME/.config/pip/pip.conf" "$folder$home/.config/pip/pip.conf"; fi
clone="$home/my cairn"
commit_of() { git -c safe.directory='*' -C "$1" rev-parse HEAD 2>/dev/null; } # from the second run on the account owns it
if [ "$(commit_of "$folder$clone")" != "$(commit_of "$here")" ]; then # a second start finds its files as they were
    rm -rf "$folder$clone/.git"
    [ -d "$folder$clone" ] || mkdir "$folder$clone"
    git clone --quiet --no-checkout "$here" "$folder$clone/.clone"
    mv "$folder$clone/.clone/.git" "$folder$clone/.git"
    rmdir "$folder$clone/.clone"
    git -c safe.directory='*' -C "$folder$clone" reset --quiet --hard
fi
chroot "$folder" chown -R --from=root "$account:" "$clone"

# A clean environment, as after signing in; sudo's own rules decide what becomes of it.
chroot "$folder" setpriv --reuid "$account" --regid "$account" --init-groups \
    env -i HOME="$home" USER="$account" PATH=/usr/local/bin:/usr/bin:/bin TERM="${TERM:-dumb}" \
    bash -c 'cd "$HOME/my cairn" && exec "$@"' bash "$@"
