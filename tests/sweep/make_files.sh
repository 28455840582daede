#!/bin/sh
# Makes files of many codecs and containers with ffmpeg, for `python -m tests.sweep FOLDER`.
# usage: sh tests/sweep/make_files.sh FOLDER
# What the installed ffmpeg cannot write is named and left out.
mkdir -p "$1" && cd "$1" || exit 1
make() { ffmpeg -v error -y "$@" 2>/dev/null </dev/null || echo "not made: $*"; }
NTSC="-f lavfi -i testsrc2=s=320x180:r=30000/1001 -frames:v 60"
FIRST="-f lavfi -i testsrc=s=320x180:r=25 -frames:v 25"
SECOND="-f lavfi -i testsrc2=s=320x180:r=25 -frames:v 25"
SHORT="-f lavfi -i testsrc2=s=320x180:r=25 -frames:v 20"

# old and rare
make $NTSC -c:v wmv2 wmv2.wmv
make $NTSC -c:v libtheora theora.ogv
make $NTSC -c:v mpeg1video mpeg1.mpg
make $NTSC -c:v mpeg2video -bf 2 mpeg2.vob
make $NTSC -c:v h263 -s 352x288 h263.3gp
make $NTSC -c:v flv sorenson.flv
make $SHORT -c:v cinepak cinepak.avi
make $SHORT -c:v huffyuv -pix_fmt yuv422p huffyuv.avi
make $SHORT -c:v ffvhuff ffvhuff.nut
make $SHORT -c:v utvideo utvideo.avi
make $SHORT -c:v jpeg2000 jpeg2000.mxf
make $SHORT -c:v snow -strict -2 snow.avi
make $SHORT -c:v msmpeg4v3 msmpeg4.avi
make $SHORT -c:v mjpeg -pix_fmt yuvj420p -f mjpeg bare.mjpeg
make $SHORT -pix_fmt yuv420p plain.y4m
make -f lavfi -i testsrc2=s=320x180:r=10 -frames:v 20 moving.gif
make -f lavfi -i testsrc2=s=320x180:r=10 -frames:v 20 -f apng moving.apng

# pictures that are not shown
make $NTSC -c:v libaom-av1 -cpu-used 8 -lag-in-frames 20 -b:v 200k av1.mkv
for kind in nut avi webm ivf obu mp4; do make -i av1.mkv -c copy "av1_copy.$kind"; done
make $NTSC -c:v libvpx -auto-alt-ref 1 -lag-in-frames 16 -b:v 300k vp8.webm
for kind in ivf avi nut; do make -i vp8.webm -c copy "vp8_copy.$kind"; done
make $NTSC -c:v libvpx-vp9 -auto-alt-ref 1 -lag-in-frames 16 -b:v 300k -cpu-used 4 vp9.mp4
for kind in mkv ivf; do make -i vp9.mp4 -bsf:v vp9_superframe_split -c copy "vp9_split.$kind"; done
for kind in avi mp4 mkv m4v; do make $NTSC -c:v mpeg4 -bf 2 "mpeg4.$kind"; done

# edit lists, cuts within a group, late starts
make -f lavfi -i testsrc2=s=320x180:r=30000/1001 -frames:v 90 -c:v libx264 -bf 2 -g 15 whole.mp4
for kind in mov mp4 mkv ts flv 3gp; do make -ss 0.7 -i whole.mp4 -t 1.2 -c copy "cut.$kind"; done
make -f lavfi -i testsrc2=s=320x180:r=30000/1001 -frames:v 90 -c:v libx265 -bf 3 -g 15 whole5.mp4
for kind in mov mkv ts; do make -ss 0.7 -i whole5.mp4 -t 1.2 -c copy "cut5.$kind"; done
make -f lavfi -i testsrc2=s=320x180:r=25 -frames:v 50 -c:v prores_ks whole.mov
make -ss 0.7 -i whole.mov -c copy cut_prores.mov
for kind in mp4 mkv; do
  make -itsoffset 2 -i whole.mp4 -f lavfi -i sine=d=4 -map 0 -map 1 -c:v copy -c:a aac "late.$kind"
done

# recordings put one behind the other
for codec in libx264 libx265 mpeg2video; do
  make $FIRST -c:v "$codec" -bf 2 first.ts && make $SECOND -c:v "$codec" -bf 2 second.ts
  cat first.ts second.ts first.ts > "joined_$codec.ts"
done
make $FIRST -c:v mpeg2video -bf 2 first.mpg && make $SECOND -c:v mpeg2video -bf 2 second.mpg
cat first.mpg second.mpg first.mpg > joined.mpg

# variable rates, dropped frames, two fields
make -f lavfi -i testsrc2=s=320x180:r=60 -vf "select='not(mod(n,3))+not(mod(n,7))'" -fps_mode passthrough \
  -frames:v 60 -c:v libx264 variable.mp4
for kind in mkv ts flv; do make -i variable.mp4 -c copy "variable.$kind"; done
for name in libx264.mkv mjpeg.avi rawvideo.avi qtrle.mov; do
  make -f lavfi -i testsrc2=s=320x180:r=25 -frames:v 30 -vf "select='not(between(n,10,14))',format=yuv420p" \
    -fps_mode passthrough -strict -2 -c:v "${name%.*}" "dropped_$name"
done
make -f lavfi -i testsrc2=s=320x180:r=50 -frames:v 50 -vf tinterlace=interleave_top -c:v mpeg2video -flags +ildct+ilme fields.ts
