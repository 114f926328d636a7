//! What bytes really are, by how they begin: only what is recognised so is ever shown inline. Names and declared types are not believed.

/// What a browser can be given to show, and what the server can take text out of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A picture of this media type.
    Image(&'static str),
    /// A PDF document.
    Pdf,
    /// Sound of this media type.
    Audio(&'static str),
    /// A film of this media type.
    Video(&'static str),
    /// A zip archive: perhaps an office document.
    Zip,
    /// Anything else: perhaps text.
    Other,
}

impl Kind {
    /// The media type under which the bytes may be shown inline; none for what may only be downloaded.
    pub(super) fn inline_type(self) -> Option<&'static str> {
        match self {
            Kind::Image(ty) | Kind::Audio(ty) | Kind::Video(ty) => Some(ty),
            Kind::Pdf => Some("application/pdf"),
            Kind::Zip | Kind::Other => None,
        }
    }
}

/// How many of the first bytes [`of`] wants.
pub(super) const HEAD: usize = 4096;

/// The kind of a file that begins so.
pub(super) fn of(head: &[u8]) -> Kind {
    let at = |offset: usize, mark: &[u8]| head.get(offset..offset + mark.len()) == Some(mark);
    match head {
        _ if at(0, b"\x89PNG\r\n\x1a\n") => Kind::Image("image/png"),
        _ if at(0, b"\xff\xd8\xff") => Kind::Image("image/jpeg"),
        _ if at(0, b"GIF87a") || at(0, b"GIF89a") => Kind::Image("image/gif"),
        _ if at(0, b"RIFF") && at(8, b"WEBP") => Kind::Image("image/webp"),
        _ if at(0, b"BM") && at(6, &[0, 0, 0, 0]) => Kind::Image("image/bmp"),
        _ if at(0, b"%PDF-") => Kind::Pdf,
        _ if at(0, b"RIFF") && at(8, b"WAVE") => Kind::Audio("audio/wav"),
        _ if at(0, b"ID3") || (at(0, &[0xff]) && head.get(1).is_some_and(|b| matches!(b, 0xfa | 0xfb | 0xf2 | 0xf3))) => {
            Kind::Audio("audio/mpeg")
        }
        _ if at(0, b"fLaC") => Kind::Audio("audio/flac"),
        _ if at(0, b"OggS") => Kind::Audio("audio/ogg"),
        _ if at(4, b"ftyp") => brand(head.get(8..12).unwrap_or_default()),
        _ if at(0, b"\x1a\x45\xdf\xa3") => Kind::Video("video/webm"),
        _ if at(0, b"PK\x03\x04") => Kind::Zip,
        _ => Kind::Other,
    }
}

/// The kind of an ISO media file by its brand.
fn brand(brand: &[u8]) -> Kind {
    match brand {
        b"avif" | b"avis" => Kind::Image("image/avif"),
        b"M4A " | b"M4B " => Kind::Audio("audio/mp4"),
        // HEIC is shown by no browser but one.
        b"heic" | b"heix" | b"mif1" | b"msf1" | b"hevc" => Kind::Other,
        _ => Kind::Video("video/mp4"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_say_what_they_are() {
        for (head, want) in [
            (b"\x89PNG\r\n\x1a\n....".as_slice(), Some("image/png")),
            (b"\xff\xd8\xff\xe0", Some("image/jpeg")),
            (b"RIFF....WEBPVP8 ", Some("image/webp")),
            (b"RIFF....WAVEfmt ", Some("audio/wav")),
            (b"%PDF-1.7", Some("application/pdf")),
            (b"\0\0\0\x18ftypmp42", Some("video/mp4")),
            (b"\0\0\0\x18ftypheic", None),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>", None),
            (b"<!DOCTYPE html><script>", None),
            (b" %PDF-1.7", None),
            (b"PK\x03\x04", None),
            (b"", None),
        ] {
            assert_eq!(of(head).inline_type(), want, "{head:?}");
        }
    }
}
