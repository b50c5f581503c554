#!/bin/sh
# Makes the files in media/ from the passages in texts/: pages, readings, films.
#
#   examples/demo/make_media.sh
#
# Needs the Debian 12 packages imagemagick, espeak-ng, ffmpeg and
# fonts-ebgaramond (FONTS names the folder of its *.otf files). The results are in
# the repository; other versions of the tools make files that look and sound the
# same but differ in bytes.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
media=$here/media
fonts=${FONTS:-/usr/share/fonts/opentype/ebgaramond}
regular=$fonts/EBGaramond12-Regular.otf
italic=$fonts/EBGaramond12-Italic.otf
bold=$fonts/EBGaramond12-Bold.otf
paper='#f4ead5'
ink='#2b2118'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$media"

# passage COLLECTION NAME: its text, as it stands in texts/.
passage() {
    awk -v name="$2" '/^== / { on = ($2 == name); next } on' "$here/texts/$1.txt"
}

# flowing: lines joined into paragraphs, verse numbers and double spaces gone.
flowing() {
    sed -E 's/^[0-9]+ //' |
        awk -v RS= '{ gsub(/\n/, " "); gsub(/  +/, " "); printf "%s%s", gap, $0; gap = "\n\n" }'
}

# page TITLE TEXT TEXT-SIZE RESULT: a title and a text, printed on old paper.
page() {
    printed "$bold" 40 center 30 "$1" "$work/title.png"
    printed "$regular" "$3" west 58 "$2" "$work/text.png"
    convert -background "$paper" -gravity center \
        \( "$work/title.png" -bordercolor "$paper" -border 0x30 \) "$work/text.png" \
        -append -bordercolor "$paper" -border 70x60 "$work/page.png"
    aged "$work/page.png" "$4"
}

# printed FONT SIZE GRAVITY COLUMNS TEXT RESULT: words on paper, wrapped. (Debian's
# ImageMagick refuses `caption:` and `label:` for a long text, so it is drawn.)
printed() {
    convert -size 1200x2400 "xc:$paper" -fill "$ink" -font "$1" -pointsize "$2" \
        -gravity "$3" -annotate +40+0 "$(printf '%s' "$5" | fold -s -w "$4")" \
        -trim +repage "$6"
}

# aged IMAGE RESULT: as if photographed a little askew and out of focus.
aged() {
    convert "$1" -background '#d9caa8' -rotate 0.4 -blur 0x0.4 +repage \
        -strip -quality 55 +dither -colors 12 -define png:compression-level=9 "$2"
}

# spoken TEXT: $work/voice.wav, read by a synthetic voice.
spoken() {
    printf '%s\n' "$1" >"$work/voice.txt"
    espeak-ng -v en-gb -s 165 -f "$work/voice.txt" -w "$work/voice.wav"
}

# encoded FFMPEG-OPTION... RESULT: what was spoken, small.
encoded() {
    ffmpeg -nostdin -loglevel error -y -i "$work/voice.wav" \
        -ac 1 -map_metadata -1 -fflags +bitexact -flags:a +bitexact "$@"
}

# film TITLE TEXT FFMPEG-OPTION... RESULT: a title card, then the text scrolling by
# as it is read.
film() {
    title=$1
    text=$2
    shift 2
    spoken "$title. $text"
    printed "$bold" 30 center 18 "$title" "$work/title.png"
    printed "$regular" 21 west 32 "$text" "$work/text.png"
    convert -background "$paper" -gravity center \
        \( "$work/title.png" -extent 320x240 \) \
        \( "$work/text.png" -extent 320x -bordercolor "$paper" -border 0x24 \) \
        -append "$work/scroll.png"
    seconds=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$work/voice.wav")
    ffmpeg -nostdin -loglevel error -y -loop 1 -framerate 8 -i "$work/scroll.png" \
        -i "$work/voice.wav" -filter_complex \
        "[0:v]crop=320:240:0:'(ih-240)*clip((t-2)/($seconds-3),0,1)',format=yuv420p[v]" \
        -map '[v]' -map 1:a -t "$seconds" -ac 1 -map_metadata -1 \
        -fflags +bitexact -flags:v +bitexact -flags:a +bitexact "$@"
}

page 'The Hare and the Tortoise' \
    "$(passage aesop hare-and-tortoise | flowing)" 28 "$media/hare-and-tortoise.jpg"
page 'Address at Gettysburg' \
    "$(passage gettysburg address | awk '/^  / { print "" } { sub(/^  /, ""); print }' | flowing)" \
    24 "$media/gettysburg.png"
page 'Sonnet XVIII' "$(passage sonnets summers-day)" 28 "$media/summers-day.jpg"
page 'Ginger Snaps' "$(passage recipes ginger-snaps)" 28 "$media/ginger-snaps.png"

printed "$regular" 34 center 40 \
    "$(passage opticks title-page | sed 's/_//g' | awk NF)" "$work/text.png"
convert "$work/text.png" -bordercolor "$paper" -border 70x90 "$work/title-page.png"
aged "$work/title-page.png" "$media/opticks-title.png"

# 1 Samuel 17:1-3: Shochoh and Azekah, a mountain on either side, a valley between.
convert -size 780x520 "xc:$paper" -fill none -stroke "$ink" -strokewidth 2 \
    -draw 'path "M 150,470 C 200,300 230,260 280,180 S 350,90 310,60"' \
    -draw 'path "M 480,470 C 520,360 600,330 620,230 S 690,120 720,90"' \
    -draw 'path "M 350,500 C 370,400 400,330 400,260 S 440,120 430,40"' \
    -draw 'path "M 362,500 C 382,400 412,330 412,260 S 452,120 442,40"' \
    -draw 'circle 130,180 138,180' -draw 'circle 160,90 168,90' \
    -fill "$ink" -stroke none -font "$italic" -pointsize 28 \
    -draw 'text 90,220 "Shochoh"' -draw 'text 175,80 "Azekah"' \
    -draw 'text 40,330 "camp of the"' -draw 'text 40,360 "Philistines"' \
    -draw 'text 590,330 "camp of Israel"' \
    -font "$bold" -draw 'text 300,250 "Valley"' -draw 'text 300,282 "of Elah"' \
    -pointsize 34 -draw 'text 470,60 "The Valley of Elah"' \
    -pointsize 22 -draw 'text 470,90 "1 Samuel 17:1-3"' \
    -draw 'text 20,505 "west"' -draw 'text 720,505 "east"' "$work/map.png"
aged "$work/map.png" "$media/valley-of-elah.png"

spoken "$(passage aesop wolf-and-crane | flowing)"
encoded -ar 16000 -b:a 24k "$media/wolf-and-crane.mp3"
spoken "$(passage beagle departure | flowing)"
encoded -ar 16000 -c:a libopus -b:a 14k "$media/departure-of-the-beagle.ogg"
spoken "$(passage kjv ant | flowing)"
encoded -ar 8000 -sample_fmt s16 -compression_level 12 "$media/ant.flac"

film 'The Mountain in Labor' "$(passage aesop mountain-in-labor | flowing)" \
    -c:v libx264 -preset veryslow -crf 30 -c:a aac -b:a 24k -movflags +faststart \
    "$media/mountain-in-labor.mp4"
film 'The Swallow and the Crow' "$(passage aesop swallow-and-crow | flowing)" \
    -c:v libvpx-vp9 -b:v 0 -crf 45 -threads 1 -c:a libopus -b:a 16k \
    "$media/swallow-and-crow.webm"

ls -l "$media"
