//! What a log serves under which path (C2SP tlog-tiles), and the form of entry bundles.

use super::merkle::{Hash, TILE_WIDTH};

/// A file of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// The last checkpoint.
    Checkpoint,
    /// Hashes of a level: level, number, how many.
    Tile(u32, u64, usize),
    /// Entries: number of the bundle, how many.
    Entries(u64, usize),
}

impl File {
    /// Its path, without a slash at the beginning.
    pub fn path(self) -> String {
        match self {
            File::Checkpoint => "checkpoint".to_owned(),
            File::Tile(level, n, width) => format!("tile/{level}/{}{}", number(n), partial(width)),
            File::Entries(n, width) => format!("tile/entries/{}{}", number(n), partial(width)),
        }
    }

    /// The file of a path below `tile/`.
    pub fn of_tile_path(path: &str) -> Option<File> {
        let (level, rest) = path.split_once('/')?;
        let (n, width) = match rest.split_once(".p/") {
            Some((n, width)) => (n, digits(width).filter(|w| (1..TILE_WIDTH as u64).contains(w))? as usize),
            None => (rest, TILE_WIDTH),
        };
        let n = parse_number(n)?;
        match level {
            "entries" => Some(File::Entries(n, width)),
            level => digits(level).filter(|l| *l < 64).map(|level| File::Tile(level as u32, n, width)),
        }
    }

    /// The full file of which this is a part.
    pub fn full(self) -> File {
        match self {
            File::Checkpoint => File::Checkpoint,
            File::Tile(level, n, _) => File::Tile(level, n, TILE_WIDTH),
            File::Entries(n, _) => File::Entries(n, TILE_WIDTH),
        }
    }
}

/// 1234067 as `x001/x234/067`.
fn number(n: u64) -> String {
    let last = format!("{:03}", n % 1000);
    let (mut rest, mut text) = (n / 1000, last);
    while rest > 0 {
        text = format!("x{:03}/{text}", rest % 1000);
        rest /= 1000;
    }
    text
}

fn parse_number(text: &str) -> Option<u64> {
    let mut n = 0u64;
    for part in text.split('/') {
        let digits = part.strip_prefix('x').unwrap_or(part);
        if digits.len() != 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        n = n.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    // There is one way to write a number.
    (number(n) == text).then_some(n)
}

fn digits(text: &str) -> Option<u64> {
    text.parse::<u64>().ok().filter(|n| n.to_string() == text)
}

fn partial(width: usize) -> String {
    if width == TILE_WIDTH { String::new() } else { format!(".p/{width}") }
}

/// Hashes as a tile has them.
pub fn tile_bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.concat()
}

/// The hashes of a tile.
pub fn hashes_of(tile: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = tile.as_chunks::<32>();
    rest.is_empty().then(|| hashes.to_vec())
}

/// Entries as a bundle has them: each after its length in two bytes.
pub fn bundle_bytes<T: AsRef<[u8]>>(entries: &[T]) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.iter().map(|e| e.as_ref().len() + 2).sum());
    for entry in entries {
        let length = u16::try_from(entry.as_ref().len()).unwrap_or(u16::MAX);
        out.extend(length.to_be_bytes());
        out.extend(&entry.as_ref()[..usize::from(length)]);
    }
    out
}

/// The entries of a bundle; `None` if it is cut off.
pub fn entries_of(bundle: &[u8]) -> Option<Vec<&[u8]>> {
    let (mut rest, mut out) = (bundle, Vec::new());
    while !rest.is_empty() {
        let (length, after) = rest.split_first_chunk::<2>()?;
        let (entry, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        out.push(entry);
        rest = after;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        for (file, path) in [
            (File::Tile(0, 1_234_067, TILE_WIDTH), "tile/0/x001/x234/067"),
            (File::Tile(3, 5, 7), "tile/3/005.p/7"),
            (File::Entries(1_000, TILE_WIDTH), "tile/entries/x001/000"),
            (File::Entries(0, 255), "tile/entries/000.p/255"),
        ] {
            assert_eq!(file.path(), path);
            assert_eq!(File::of_tile_path(&path[5..]), Some(file));
        }
        for wrong in
            ["0/1", "0/x000/001", "0/001.p/256", "0/001.p/0", "0/001.p/01", "64/000", "x/000", "0/0001", "0/", "entries/000.p/", "00/000"]
        {
            assert_eq!(File::of_tile_path(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn bundles_come_apart_again() {
        let entries = ["", "a", "entry"];
        let bundle = bundle_bytes(&entries);
        assert_eq!(entries_of(&bundle).unwrap(), entries.map(str::as_bytes));
        assert_eq!(entries_of(&bundle[..bundle.len() - 1]), None);
    }
}
