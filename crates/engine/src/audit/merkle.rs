//! The tree of RFC 6962 with SHA-256, as hashes alone: what a leaf, a node and a tree hash to, and the tiles (C2SP tlog-tiles, height 8)
//! that a growing tree fills. Nothing here reads or writes anything.

use sha2::{Digest, Sha256};

/// A hash of the tree.
pub type Hash = [u8; 32];

/// Hashes of a full tile, and entries of a full bundle.
pub const TILE_WIDTH: usize = 256;

/// Levels of the tree that a tile spans.
pub const TILE_HEIGHT: u32 = 8;

/// The hash of a leaf.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// The hash of an inner node.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The hash of a tree without leaves.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The hash of a complete subtree over hashes, whose count is a power of two.
pub fn complete(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => empty_root(),
        [one] => *one,
        more => {
            let (left, right) = more.split_at(more.len() / 2);
            node_hash(&complete(left), &complete(right))
        }
    }
}

/// The complete subtrees that together are leaves `from..to`, from left to right: height and number among those of its height. Those of
/// `0..n` are the peaks of a tree of `n` leaves; those of `m..n` are what a tree of `m` leaves needs to grow to `n`.
pub fn blocks(from: u64, to: u64) -> Vec<(u32, u64)> {
    let (mut at, mut out) = (from, Vec::new());
    while at < to {
        let height = at.trailing_zeros().min((to - at).ilog2());
        out.push((height, at >> height));
        at += 1 << height;
    }
    out
}

/// A tree as its complete subtrees from left to right, each lower than the one before.
#[derive(Clone, Debug, Default)]
pub struct Peaks(Vec<(u32, Hash)>);

impl Peaks {
    /// Puts a complete subtree to the right, no higher than the lowest there is.
    pub fn push(&mut self, height: u32, hash: Hash) {
        let (mut height, mut hash) = (height, hash);
        while let Some((_, left)) = self.0.pop_if(|(last, _)| *last == height) {
            hash = node_hash(&left, &hash);
            height += 1;
        }
        self.0.push((height, hash));
    }

    /// The hash of the tree.
    pub fn root(&self) -> Hash {
        let mut peaks = self.0.iter().rev().map(|(_, hash)| *hash);
        let Some(last) = peaks.next() else { return empty_root() };
        peaks.fold(last, |right, left| node_hash(&left, &right))
    }
}

/// A tile that is full or has grown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// Its level: 0 has the leaves' hashes.
    pub level: u32,
    /// Its number in its level.
    pub n: u64,
    /// Its hashes.
    pub hashes: Vec<Hash>,
}

/// The right edge of a growing tree: of each level the tile that is not full.
#[derive(Clone, Debug, Default)]
pub struct Edge {
    size: u64,
    levels: Vec<Vec<Hash>>,
}

impl Edge {
    /// The edge of a tree of `size` leaves; `levels` are its tiles that are not full, from below, perhaps empty.
    pub fn of(size: u64, levels: Vec<Vec<Hash>>) -> Edge {
        Edge { size, levels }
    }

    /// The tiles that an edge of a tree of `size` leaves consists of: level, number, width.
    pub fn tiles_of(size: u64) -> Vec<(u32, u64, usize)> {
        let mut tiles = Vec::new();
        let (mut level, mut hashes) = (0, size);
        while hashes > 0 {
            tiles.push((level, hashes / TILE_WIDTH as u64, (hashes % TILE_WIDTH as u64) as usize));
            hashes /= TILE_WIDTH as u64;
            level += 1;
        }
        tiles
    }

    /// Leaves of the tree.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf; gives the tiles that it filled.
    pub fn push(&mut self, leaf: Hash) -> Vec<Tile> {
        self.size += 1;
        let (mut full, mut hash, mut level) = (Vec::new(), leaf, 0);
        loop {
            if self.levels.len() == level {
                self.levels.push(Vec::with_capacity(TILE_WIDTH));
            }
            let tile = &mut self.levels[level];
            tile.push(hash);
            if tile.len() < TILE_WIDTH {
                return full;
            }
            hash = complete(tile);
            let hashes = std::mem::take(tile);
            full.push(Tile { level: level as u32, n: (self.size >> (TILE_HEIGHT as usize * (level + 1))) - 1, hashes });
            level += 1;
        }
    }

    /// The tiles that are not full, from below, without empty ones.
    pub fn partial(&self) -> Vec<Tile> {
        let tiles = self.levels.iter().zip(Edge::tiles_of(self.size));
        tiles.filter(|(hashes, _)| !hashes.is_empty()).map(|(hashes, (level, n, _))| Tile { level, n, hashes: hashes.clone() }).collect()
    }

    /// The hash of the tree.
    pub fn root(&self) -> Hash {
        let mut peaks = Peaks::default();
        for (level, tile) in self.levels.iter().enumerate().rev() {
            for (height, at) in blocks(0, tile.len() as u64) {
                let from = (at << height) as usize;
                peaks.push(level as u32 * TILE_HEIGHT + height, complete(&tile[from..from + (1 << height)]));
            }
        }
        peaks.root()
    }
}

/// The hash of a complete subtree out of the tile that has it: `height` and `number` as of [`blocks`].
pub fn in_tile(tile: &[Hash], height: u32, number: u64) -> Option<Hash> {
    let (within, width) = (height % TILE_HEIGHT, 1usize << (height % TILE_HEIGHT));
    let from = ((number << within) % TILE_WIDTH as u64) as usize;
    tile.get(from..from + width).map(complete)
}

/// The tile that has the hashes below a complete subtree: level and number.
pub fn tile_of(height: u32, number: u64) -> (u32, u64) {
    let level = height / TILE_HEIGHT;
    (level, (number << (height % TILE_HEIGHT)) / TILE_WIDTH as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6962 §2.1 word for word.
    fn naive(leaves: &[Vec<u8>]) -> Hash {
        match leaves {
            [] => empty_root(),
            [one] => leaf_hash(one),
            more => {
                let k = 1 << (more.len() - 1).ilog2();
                node_hash(&naive(&more[..k]), &naive(&more[k..]))
            }
        }
    }

    fn hex(hash: Hash) -> String {
        hash.iter().map(|b| format!("{b:02x}")).collect()
    }

    /// The test vectors of Certificate Transparency's own implementation.
    fn known() -> Vec<Vec<u8>> {
        let texts = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        let byte = |text: &str, at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
        texts.iter().map(|text| (0..text.len()).step_by(2).map(|at| byte(text, at)).collect()).collect()
    }

    #[test]
    fn known_roots_come_out() {
        assert_eq!(hex(empty_root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut edge = Edge::default();
        for (leaf, root) in known().iter().zip(roots) {
            edge.push(leaf_hash(leaf));
            assert_eq!(hex(edge.root()), root);
        }
    }

    #[test]
    fn an_edge_has_the_root_of_the_naive_tree() {
        let leaves: Vec<Vec<u8>> = (0..1_100u32).map(|i| i.to_be_bytes().to_vec()).collect();
        let mut edge = Edge::default();
        for (i, leaf) in leaves.iter().enumerate() {
            edge.push(leaf_hash(leaf));
            if i < 70 || i % 61 == 0 || i % 256 > 253 || i % 256 < 2 {
                assert_eq!(edge.root(), naive(&leaves[..=i]), "{} leaves", i + 1);
            }
        }
    }

    /// Three levels of tiles, every one of them where it should be, and subtrees read from them.
    #[test]
    fn tiles_hold_every_subtree() {
        let size = 66_000u64;
        let (mut edge, mut tiles) = (Edge::default(), std::collections::HashMap::new());
        for i in 0..size {
            for tile in edge.push(leaf_hash(&i.to_be_bytes())) {
                assert!(tiles.insert((tile.level, tile.n), tile.hashes).is_none(), "each is filled once");
            }
        }
        for tile in edge.partial() {
            assert!(tiles.insert((tile.level, tile.n), tile.hashes).is_none());
        }
        let widths: Vec<usize> = Edge::tiles_of(size).iter().map(|(_, _, width)| *width).collect();
        assert_eq!(widths, [66_000 % 256, 257 % 256, 1]);
        let again = Edge::of(size, Edge::tiles_of(size).iter().map(|(level, n, _)| tiles[&(*level, *n)].clone()).collect());
        assert_eq!(again.root(), edge.root());
        for old in [0, 1, 2, 255, 256, 257, 511, 512, 3_000, 65_535, 65_536, 65_537, 65_999, size] {
            let read = |peaks: &mut Peaks, from, to| {
                for (height, number) in blocks(from, to) {
                    let tile = &tiles[&tile_of(height, number)];
                    peaks.push(height, in_tile(tile, height, number).unwrap());
                }
            };
            let mut peaks = Peaks::default();
            read(&mut peaks, 0, old);
            let mut small = Edge::default();
            (0..old).for_each(|i| drop(small.push(leaf_hash(&i.to_be_bytes()))));
            assert_eq!(peaks.root(), small.root(), "the tree of {old}");
            read(&mut peaks, old, size);
            assert_eq!(peaks.root(), edge.root(), "grown from {old}");
        }
    }

    #[test]
    fn blocks_are_aligned() {
        assert_eq!(blocks(0, 7), [(2, 0), (1, 2), (0, 6)]);
        assert_eq!(blocks(3, 9), [(0, 3), (2, 1), (0, 8)]);
        assert_eq!(blocks(5, 5), []);
    }
}
