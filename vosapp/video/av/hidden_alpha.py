"""Alpha that WebM and Matroska keep beside VP8 and VP9 pictures, as a stream of its own in each packet's side data.

FFmpeg's own decoders of these codecs leave it out; those of libvpx read it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av

from vosapp.video.av.errors import READER_ERRORS

if TYPE_CHECKING:
    from av.codec.context import CodecContext
    from av.packet import Packet
    from av.video.codeccontext import VideoCodecContext
    from av.video.stream import VideoStream

_DECODERS = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
_SIDE_DATA = "matroska_block_additional"
_NUMBER_BYTES = 8
"""In front of the data stands which kind it is."""


def has_hidden_alpha(track: VideoStream) -> bool:
    """Whether a track keeps alpha beside its pictures."""
    if track.codec_context.codec.canonical_name not in _DECODERS:
        return False
    # Matroska has an element for it, and some writers a tag in capitals.
    return any(name.lower() == "alpha_mode" and value == "1" for name, value in track.metadata.items())


def decoding_context(track: VideoStream) -> VideoCodecContext:
    """What decodes a track whole: its own decoder, or one that knows of hidden alpha where there is some."""
    if not has_hidden_alpha(track):
        return track.codec_context
    try:
        context: CodecContext = av.CodecContext.create(_DECODERS[track.codec_context.codec.canonical_name], "r")
    except READER_ERRORS:
        return track.codec_context  # PyAV was built without libvpx: the picture comes without its alpha
    if not isinstance(context, av.VideoCodecContext):
        return track.codec_context
    context.extradata = track.codec_context.extradata
    return context


def alpha_is_key(packet: Packet[Any], codec: str) -> bool:
    """Whether decoding of a packet's hidden alpha can begin at it. Its key pictures need not be those of the colours.

    Args:
        packet: of a track that has hidden alpha.
        codec: "vp8" or "vp9".
    """
    for part in packet.iter_sidedata():
        if part.data_type == _SIDE_DATA:
            first = bytes(part)[_NUMBER_BYTES : _NUMBER_BYTES + 1]
            if not first:
                return False
            # RFC 6386, 9.1: the lowest bit is 0. VP9, 6.2: marker, two bits of profile, show_existing, then 0.
            return not first[0] & 1 if codec == "vp8" else not first[0] & 0x0C
    return True
