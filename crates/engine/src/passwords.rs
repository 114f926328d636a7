//! Which passwords are refused: too short, too common, made of the user's own name, or known from a breach.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use guanxi_model::{FieldError, Result};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use crate::Organisation;

/// The shortest password that a policy may allow, in characters (NIST SP 800-63B §5.1.1 asks for at least 8).
pub const MIN: usize = 8;

/// The longest password, in characters.
pub const MAX: usize = 256;

/// The shortest part of a name that a password may not be made of.
const MIN_PART: usize = 4;

/// Passwords of eight characters and more that people choose most, in China and elsewhere; lower case.
const COMMON: &str = include_str!("common_passwords.txt");

/// What is wrong with a password for somebody whose name and e-mail these are, if anything.
pub fn check(field: &str, password: &str, own: &[&str]) -> Option<FieldError> {
    check_of_length(field, password, own, MIN)
}

/// The same where passwords have to be longer.
fn check_of_length(field: &str, password: &str, own: &[&str], min: usize) -> Option<FieldError> {
    let length = password.chars().count();
    if !(min..=MAX).contains(&length) {
        let (zh, en) = (format!("密码须为 {min} 到 {MAX} 个字符"), format!("a password has {min} to {MAX} characters"));
        return Some(FieldError::new(field, "password_length", zh, en));
    }
    let lower = password.to_lowercase();
    let bare = lower.trim_matches(|c: char| !c.is_alphabetic());
    let mut letters: Vec<char> = lower.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    if letters.len() < 3 || is_run(&lower) || COMMON.lines().any(|common| common == lower) {
        let zh = "此密码过于常见，请换一个较长且不易猜到的";
        return Some(FieldError::new(
            field,
            "password_common",
            zh,
            "this password is too common; choose a longer one that is hard to guess",
        ));
    }
    let mut parts = own.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).filter(|part| part.chars().count() >= MIN_PART);
    let whole = |text: &&str| text.to_lowercase() == lower;
    if own.iter().any(whole) || parts.any(|part| part.to_lowercase() == bare) {
        let zh = "密码不能是自己的姓名或邮箱";
        return Some(FieldError::new(field, "password_own_name", zh, "a password is not made of one's own name or e-mail address"));
    }
    None
}

/// Whether it is one run of the keyboard or the alphabet: `12345678`, `87654321`, `abcdefgh`.
fn is_run(text: &str) -> bool {
    let steps: Vec<i64> = text.chars().zip(text.chars().skip(1)).map(|(a, b)| i64::from(u32::from(b)) - i64::from(u32::from(a))).collect();
    steps.iter().all(|step| *step == 1) || steps.iter().all(|step| *step == -1)
}

/// The same as the organisation's policy asks, with the list of breached passwords, where one is configured. Reads files, so it may take a moment.
///
/// # Errors
/// A fault if the list cannot be read: then no password is taken.
pub(crate) fn check_with_list(org: &Organisation, field: &str, password: &str, own: &[&str]) -> Result<Option<FieldError>> {
    let min = org.schema().settings.sign_in.password_min as usize;
    if let Some(error) = check_of_length(field, password, own, min) {
        return Ok(Some(error));
    }
    let Some(list) = org.breached_passwords() else { return Ok(None) };
    let breached = is_breached(list, password).map_err(|e| guanxi_model::Error::internal(format!("{}: {e}", list.display())))?;
    Ok(breached.then(|| {
        let zh = "此密码已在其他网站的数据泄露中出现，请换一个";
        FieldError::new(field, "password_breached", zh, "this password is known from a breach of another site; choose another one")
    }))
}

/// Whether a list has the SHA-1 of a password: a folder of ranges as Have I Been Pwned gives them (`5BAA6` or `5BAA6.txt` with the other
/// 35 digits), or one file of whole hashes in ascending order.
fn is_breached(list: &Path, password: &str) -> std::io::Result<bool> {
    let hash: String = digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes()).as_ref().iter().map(|b| format!("{b:02X}")).collect();
    if !list.is_dir() {
        return in_sorted(&mut File::open(list)?, &hash);
    }
    let (range, rest) = hash.split_at(5);
    let names = [range.to_owned(), format!("{range}.txt"), range.to_lowercase(), format!("{}.txt", range.to_lowercase())];
    let Some(path) = names.iter().map(|name| list.join(name)).find(|path| path.is_file()) else { return Ok(false) };
    for line in BufReader::new(File::open(path)?).lines() {
        if hash_of(&line?).eq_ignore_ascii_case(rest) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The hash of a line, without the count behind it.
fn hash_of(line: &str) -> &str {
    line.split(':').next().unwrap_or_default().trim()
}

/// Looks for a hash by halving the file.
fn in_sorted(file: &mut (impl Read + Seek), hash: &str) -> std::io::Result<bool> {
    let (mut low, mut high) = (0, file.seek(SeekFrom::End(0))?);
    while low < high {
        let middle = low + (high - low) / 2;
        let (line, next) = line_at(file, middle)?;
        match hash_of(&line).to_ascii_uppercase().as_str().cmp(hash) {
            std::cmp::Ordering::Equal => return Ok(true),
            std::cmp::Ordering::Less => low = next,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    Ok(false)
}

/// The line around a place, and where the one after it begins.
fn line_at(file: &mut (impl Read + Seek), place: u64) -> std::io::Result<(String, u64)> {
    const LONGEST: u64 = 128;
    let from = place.saturating_sub(LONGEST);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.by_ref().take(2 * LONGEST).read_to_end(&mut bytes)?;
    let at = usize::try_from(place - from).unwrap_or(0);
    let begin = bytes[..at.min(bytes.len())].iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
    let end = bytes[at.min(bytes.len())..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |i| at + i);
    Ok((String::from_utf8_lossy(&bytes[begin..end]).into_owned(), from + end as u64 + 1))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn code(password: &str) -> &'static str {
        check("password", password, &["Ann Miller", "ann.miller@example.com"]).map_or("", |error| error.code)
    }

    #[test]
    fn weak_passwords_are_refused() {
        assert_eq!(code("short"), "password_length");
        for common in ["password", "Password1", "12345678", "87654321", "abcdefgh", "aaaaaaaaaa", "1212121212", "woaini1314", "1qaz2wsx"] {
            assert_eq!(code(common), "password_common", "{common}");
        }
        for own in ["ann.miller@example.com", "Miller2024", "miller!!!!", "Ann Miller"] {
            assert_eq!(code(own), "password_own_name", "{own}");
        }
        for good in ["correct horse battery", "a long password", "long enough", "millers daughter", "关系很重要的密码"] {
            assert_eq!(code(good), "", "{good}");
        }
    }

    #[test]
    fn the_list_of_common_ones_is_tidy() {
        assert!(COMMON.lines().count() > 100);
        for line in COMMON.lines() {
            assert!(line.chars().count() >= MIN && line == line.to_lowercase() && line.trim() == line, "{line}");
        }
    }

    #[test]
    fn breached_ones_are_found_in_ranges() {
        // SHA-1 of “correct horse battery”: see the range file below.
        let hash: String =
            digest(&SHA1_FOR_LEGACY_USE_ONLY, b"correct horse battery").as_ref().iter().map(|b| format!("{b:02X}")).collect();
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(&hash[..5]), format!("0000000000000000000000000000000000A:3\r\n{}:17\r\n", &hash[5..]))
            .expect("written");
        assert!(is_breached(folder.path(), "correct horse battery").expect("read"));
        assert!(!is_breached(folder.path(), "another horse battery").expect("read"));
    }

    #[test]
    fn breached_ones_are_found_in_a_sorted_file() {
        let hashes: Vec<String> = (0..500u32).map(|n| format!("{:040X}", u128::from(n) * 7_777_777_777_777)).collect();
        let text: String = hashes.iter().enumerate().map(|(n, hash)| format!("{hash}:{n}\n")).collect();
        let mut file = Cursor::new(text);
        assert!(hashes.iter().all(|hash| in_sorted(&mut file, hash).expect("read")));
        assert!(!in_sorted(&mut file, &format!("{:040X}", 1)).expect("read"));
        assert!(!in_sorted(&mut file, &"F".repeat(40)).expect("read"));
        assert!(!in_sorted(&mut Cursor::new(""), &hashes[0]).expect("read"));
    }
}
