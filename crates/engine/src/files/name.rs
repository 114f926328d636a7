//! Names of files: cleaned of everything that is not a name, and what their extension says about the content.

/// Highest length of a file's name in characters.
const MAX_NAME: usize = 200;

/// A name without path parts, control characters and what file systems refuse; never empty.
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or("");
    let kept: String = last
        .chars()
        .filter(|c| !c.is_control() && !is_direction_mark(*c))
        .map(|c| if r#"<>:"|?*"#.contains(c) { '_' } else { c })
        .collect();
    let trimmed = kept.trim().trim_end_matches('.').trim_start_matches('.').trim();
    let short = shorten(trimmed);
    if short.is_empty() { "file".to_owned() } else { short }
}

/// Marks that turn the direction of writing: they can make `gpj.exe` look like `exe.jpg`.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Cuts a name to [`MAX_NAME`] characters and keeps its extension.
fn shorten(name: &str) -> String {
    let length = name.chars().count();
    if length <= MAX_NAME {
        return name.to_owned();
    }
    let extension = name.rsplit_once('.').map(|(_, e)| e).filter(|e| e.chars().count() <= 10);
    match extension {
        Some(e) => {
            let keep = MAX_NAME - 1 - e.chars().count();
            format!("{}.{e}", name.chars().take(keep).collect::<String>())
        }
        None => name.chars().take(MAX_NAME).collect(),
    }
}

/// What a file of this name is taken to hold. Only a hint for the program that opens the download.
pub fn content_type(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "pdf" => "application/pdf",
        "csv" => "text/csv; charset=utf-8",
        "txt" | "log" | "md" => "text/plain; charset=utf-8",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "xls" => "application/vnd.ms-excel",
        "doc" => "application/msword",
        "ppt" => "application/vnd.ms-powerpoint",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "zip" => "application/zip",
        "json" => "application/json",
        "mp3" => "audio/mpeg",
        "mp4" => "video/mp4",
        "eml" => "message/rfc822",
        "vcf" => "text/vcard; charset=utf-8",
        "ics" => "text/calendar; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// The header `Content-Disposition` of a download (RFC 6266, RFC 8187): `attachment`, or `inline` where the content has been checked.
pub fn content_disposition(how: &str, name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || "._- ()".contains(c) { c } else { '_' }).collect();
    let mut encoded = String::with_capacity(name.len() * 3);
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_paths_and_tricks() {
        for (given, clean) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\报价单.pdf", "报价单.pdf"),
            ("a\u{202e}gpj.exe", "agpj.exe"),
            ("x\r\ny.txt", "xy.txt"),
            ("..", "file"),
            (".htaccess", "htaccess"),
            ("a<b>.txt", "a_b_.txt"),
            ("", "file"),
        ] {
            assert_eq!(clean_name(given), clean, "{given:?}");
        }
        let long = clean_name(&format!("{}.pdf", "长".repeat(500)));
        assert_eq!(long.chars().count(), MAX_NAME);
        assert!(long.ends_with(".pdf"));
    }

    #[test]
    fn downloads_are_attachments() {
        assert_eq!(
            content_disposition("attachment", "报价 \"1\".pdf"),
            "attachment; filename=\"__ _1_.pdf\"; filename*=UTF-8''%E6%8A%A5%E4%BB%B7%20%221%22.pdf"
        );
        assert_eq!(content_type("a.HTML"), "application/octet-stream");
        assert_eq!(content_type("a.PDF"), "application/pdf");
    }
}
