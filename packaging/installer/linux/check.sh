#!/bin/bash
# Installs the packages into a fresh minimal Debian, uses them there as an ordinary user, and removes them:
# `make package-check`. Needs root, debootstrap, Xvfb and xdotool; a network only to fetch Debian's own packages.
set -euo pipefail
top=$(cd "$(dirname "$0")/../../.." && pwd)
work=$top/build/package
base=$work/debian-base root=$work/debian
release=${VOSAPP_CHECK_RELEASE:-bookworm}
dist=${VOSAPP_DIST:-$top/dist}
deb=$(ls "$dist"/vosapp_*.deb)
archive=$(ls "$dist"/vosapp-*-linux-*.tar*)
display=:87
report=$work/check-report.txt
: >"$report"

say() { echo "$*" | tee -a "$report"; }
fail() { echo "FAILED: $*" | tee -a "$report" >&2; exit 1; }
for tool in debootstrap chroot Xvfb xdotool; do
    command -v "$tool" >/dev/null || fail "$tool is not installed"
done
[ "$(id -u)" = 0 ] || fail "making a Debian root needs root"

leave() {
    [ -z "${server:-}" ] || kill "$server" 2>/dev/null || :
    for place in proc dev/shm tmp/.X11-unix; do umount "$root/$place" 2>/dev/null || :; done
}
trap leave EXIT
leave

# -- the root ----------------------------------------------------------------------------------------------------------
[ -d "$base/etc" ] || debootstrap --variant=minbase "$release" "$base" >"$work/debootstrap.log" || fail "debootstrap, see $work/debootstrap.log"
rm -rf --one-file-system "$root"
cp -a "$base" "$root"
mkdir -p "$root/tmp/.X11-unix" /tmp/.X11-unix
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/dev/shm"
mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
for name in python3 gcc cc ffmpeg; do
    chroot "$root" sh -c "command -v $name" >/dev/null && fail "the fresh root has $name"
done
chroot "$root" useradd -m -d "/home/Zoë" -s /bin/sh zoe
say "root: Debian $(cat "$root/etc/debian_version"), glibc $(chroot "$root" ldd --version | head -1 | grep -o '[0-9.]*$'), no Python, no compiler, no ffmpeg"

# As an ordinary user, without a network, in that root. An X server is the machine's own, through its socket.
as_user() {
    unshare -n chroot --userspec=zoe:zoe "$root" env -i HOME="/home/Zoë" USER=zoe LANG=C.UTF-8 PATH=/usr/bin:/bin \
        VOSAPP_X="${1:-}" sh -c 'cd; case $VOSAPP_X in :*) export DISPLAY=$VOSAPP_X;; ?*) export QT_QPA_PLATFORM=$VOSAPP_X;; esac; '"$2"
}
# The same in the background, under the X server, as a group of processes that can be ended together.
begin() {
    set -m
    as_user "$display" "$1" &
    started=$!
    set +m
}
end() {
    kill -TERM -- "-$started" 2>/dev/null || :
    wait "$started" 2>/dev/null || :
    rm -rf "$root"/tmp/vosapp-demo-*  # of a demo that was ended before its window was closed
}
# Debian's own packages, and ours with what it depends on. The network is the machine's.
install() {
    chroot "$root" env DEBIAN_FRONTEND=noninteractive sh -c "apt-get install -y -qq --no-install-recommends $*" >>"$work/apt.log" 2>&1 || fail "apt-get install $*, see $work/apt.log"
}
: >"$work/apt.log"
cp /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || :
if env | grep -qi _proxy=; then env | grep -i _proxy= | sed 's/^/export /' >"$root/root/proxy"; fi
chroot "$root" apt-get update -qq >>"$work/apt.log" 2>&1 || fail "apt-get update"

# -- an older version, its work, and the new one over it ----------------------------------------------------------------
older=$root/root/older.deb
older_version() {  # the same package with a lower number
    local folder
    folder=$(mktemp -d)
    (
        cd "$folder"
        ar x "$deb"
        mkdir control
        tar -xf control.tar* -C control
        sed -i 's/^Version: .*/Version: 0.0.1/' control/control
        rm control.tar*
        tar -C control -cJf control.tar.xz .
        ar rc "$older" debian-binary control.tar.xz data.tar*
    )
    rm -rf "$folder"
}
older_version
install /root/older.deb
rm "$older"
demo=/opt/vosapp/program/_internal/vosapp/_resources
as_user offscreen "mkdir -p shots && cp $demo/demo.mp4 'shots/Straße.mp4' && vosapp propagate 'shots/Straße.mp4' --mask $demo/demo-masks/00000.png --at 0 --range 0:1 --engine flow --out shots/flow --project shots/kept.vosapp >/dev/null" ||
    fail "the older version's propagate"
before=$(cd "$root/home/Zoë" && find . -type f -exec sha256sum {} + | sort)
cp "$deb" "$root/root/new.deb"
install /root/new.deb
rm "$root/root/new.deb"
[ "$before" = "$(cd "$root/home/Zoë" && find . -type f -exec sha256sum {} + | sort)" ] || fail "the new version changed the user's files"
as_user offscreen "vosapp info shots/kept.vosapp --json | grep -q '\"masks\": 2'" || fail "the project of the older version"
say "installed over an older version: the user's files are the same, the project opens"

# -- what a package has to bring ----------------------------------------------------------------------------------------
for file in usr/bin/vosapp usr/share/applications/vosapp.desktop usr/share/mime/packages/vosapp.xml usr/share/man/man1/vosapp.1.gz \
    usr/share/icons/hicolor/256x256/mimetypes/application-x-vosapp-project.png usr/share/bash-completion/completions/vosapp \
    usr/share/zsh/vendor-completions/_vosapp usr/share/doc/vosapp/copyright; do
    [ -e "$root/$file" ] || [ -L "$root/$file" ] || fail "the package has no /$file"
done
chroot "$root" bash -c '. /usr/share/bash-completion/completions/vosapp; COMP_WORDS=(vosapp prop); COMP_CWORD=1; _vosapp; [ "${COMPREPLY[0]}" = propagate ]' || fail "completion in bash"

# -- used -------------------------------------------------------------------------------------------------------------
touch "$work/begin"
sleep 1
as_user "" "vosapp --version" | tee -a "$report"
as_user offscreen "vosapp doctor" | tee -a "$report" || fail "vosapp doctor finds a problem"
as_user offscreen "vosapp demo --engine flow --out out/offscreen >out.log 2>&1" || fail "the demo, offscreen: $(tail -3 "$root/home/Zoë/out.log")"
Xvfb "$display" -screen 0 1600x1000x24 -nolisten tcp -noreset >/dev/null 2>&1 &
server=$!
for _ in $(seq 100); do [ -S "/tmp/.X11-unix/X${display#:}" ] && break; sleep 0.1; done
as_user "$display" "vosapp doctor | grep 'draws with xcb'" | tee -a "$report" || fail "Qt does not draw with xcb"
# The window of the demo stays open on a display, so it is closed once the story is told.
begin "vosapp demo --engine ${VOSAPP_CHECK_ENGINE:-hybrid} --out out/xcb >out.log 2>&1"
for _ in $(seq 3600); do
    if grep -q "stays open" "$root/home/Zoë/out.log" || ! kill -0 "$started" 2>/dev/null; then break; fi
    sleep 0.5
done
grep -q "stays open" "$root/home/Zoë/out.log" || fail "the demo under X: $(tail -3 "$root/home/Zoë/out.log")"
end
say "the demo was played offscreen and under X: $(grep "^J against" "$root/home/Zoë/out.log")"
as_user "" "vosapp propagate 'shots/Straße.mp4' --mask $demo/demo-masks/00000.png --at 0 --range 0:7 --engine hybrid --out out/hybrid --project out/roto.vosapp >/dev/null" || fail "propagate with hybrid"
[ "$(find "$root/home/Zoë/out/hybrid" -name "*.png" | wc -l)" = 8 ] || fail "hybrid wrote other than 8 masks"
as_user "" "vosapp export out/roto.vosapp --format prores4444 --range 0:7 --out out/matte.mov >/dev/null" || fail "the ProRes export"
install ffmpeg
read_back=$(chroot "$root" ffprobe -v error -count_frames -show_entries stream=codec_name,profile,pix_fmt,nb_read_frames -of csv=p=0 "/home/Zoë/out/matte.mov")
say "ProRes as this Debian's ffmpeg reads it: $read_back"
case $read_back in prores,4444,yuva444p1*,8) ;; *) fail "the export reads back as $read_back" ;; esac
chroot "$root" ffmpeg -v error -i "/home/Zoë/out/matte.mov" -f null - || fail "ffmpeg decodes the export"
# a batch in two worker processes, each of which is the program again
as_user "" "mkdir -p out/batch/anchors && ffmpeg -v error -i 'shots/Straße.mp4' -frames:v 6 -c:v libx264 -qp 0 out/batch/plate.mov && cp $demo/demo-masks/00000.png out/batch/anchors/ && cd out/batch &&
    printf '[defaults]\\nengine = \"flow\"\\nname = \"roto\"\\n[[defaults.export]]\\nformat = \"prores4444\"\\npath = \"{name}.mov\"\\n[limits]\\nworkers = 2\\n[[job]]\\nclip = \"plate.mov\"\\nmasks = \"anchors/*.png\"\\n' >jobs.toml && vosapp batch jobs.toml >batch.log 2>&1 && vosapp info roto.mov | grep -q 'frames.* 6'" || fail "vosapp batch: $(tail -3 "$root/home/Zoë/out/batch/batch.log")"
say "vosapp batch works in worker processes of the bundle"

# -- where it wrote: home only, and there only its own folders and what it was told to write --------------------------------
elsewhere=$(find "$root" -xdev -newer "$work/begin" -type f ! -path "$root/home/Zoë/*" ! -path "$root/var/*" ! -path "$root/etc/*" ! -path "$root/usr/*" ! -path "$root/dev/*" || :)
[ -z "$elsewhere" ] || fail "files written outside the home folder: $elsewhere"
at_home=$(cd "$root/home/Zoë" && find . -newer "$work/begin" -type f ! -path './out/*' ! -name out.log ! -path './.local/share/vosapp/*' ! -path './.cache/*' ! -path './.config/*')
[ -z "$at_home" ] || fail "files written in the home folder outside of data, cache and configuration: $at_home"
[ -z "$(find "$root/opt/vosapp" -newer "$work/begin" | head -1)" ] || fail "the program's own folder was written to"
say "nothing was written outside data, cache, configuration and the named results"

# -- how quickly the window is there -------------------------------------------------------------------------------------
window_there() { DISPLAY=$display xdotool search --onlyvisible --class vosapp >/dev/null 2>&1; }
window_time() {
    local began ended
    while window_there; do sleep 0.05; done  # the last one's
    began=$(date +%s%N)
    begin "exec vosapp >/dev/null 2>&1"
    until window_there; do
        [ $(($(date +%s%N) - began)) -lt 120000000000 ] || fail "no window within two minutes"
        sleep 0.05
    done
    ended=$(date +%s%N)
    end
    milliseconds=$(((ended - began) / 1000000))
}
# takes the bundle's files out of the disk cache
find "$root/opt/vosapp" -type f -exec dd if=/dev/null of={} oflag=nocache conv=notrunc,fdatasync count=0 status=none \;
window_time && say "window after $milliseconds ms, first start"
for _ in 1 2 3; do window_time && say "window after $milliseconds ms, warm"; done
say "load of the machine meanwhile: $(cut -d' ' -f1 /proc/loadavg) on $(nproc) cores"

# -- the archive, moved to a folder with an odd name ----------------------------------------------------------------------
odd="$root/home/Zoë/Programme ü"
mkdir "$odd"
tar -xf "$archive" -C "$odd" --strip-components=1
chroot "$root" chown -R zoe:zoe "/home/Zoë/Programme ü"
as_user offscreen "ln -s '/home/Zoë/Programme ü/vosapp.sh' roto && ./roto --version && ./roto doctor >/dev/null" || fail "the archive does not run from another folder"
say "the tar archive runs from any folder, also through a link"

# -- removed ------------------------------------------------------------------------------------------------------------
kept=$(cd "$root/home/Zoë" && find . -type f ! -path './Programme*' | sort)
chroot "$root" env DEBIAN_FRONTEND=noninteractive apt-get purge -y -qq vosapp >>"$work/apt.log" 2>&1 || fail "removal"
left=$(chroot "$root" find / -xdev \( -path /home -o -path /proc -o -path /var/lib/dpkg -o -path /var/cache -o -path /var/log -o -path /usr/share/mime \) -prune -o -iname '*vosapp*' -print)
[ -z "$left" ] || fail "left behind after removal: $left"
[ "$kept" = "$(cd "$root/home/Zoë" && find . -type f ! -path './Programme*' | sort)" ] || fail "removal touched the user's files"
say "removed: nothing is left but the user's own files"
say "ALL PASSED"
