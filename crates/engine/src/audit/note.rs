//! Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint) with Ed25519.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use guanxi_model::{Error, Random, Result};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use sha2::{Digest, Sha256};

use super::merkle::Hash;

/// The type of signature: Ed25519.
const ED25519_TYPE: u8 = 1;

/// The beginning of a private key's text.
const PRIVATE: &str = "PRIVATE+KEY+";

/// A state of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// Leaves.
    pub size: u64,
    /// The hash of the tree.
    pub root: Hash,
}

impl Checkpoint {
    /// The text that is signed.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64_STANDARD.encode(self.root))
    }

    fn parse(text: &str) -> Option<Checkpoint> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let number = size.parse::<u64>().ok().filter(|n| n.to_string() == size)?;
        let root = BASE64_STANDARD.decode(root).ok()?.try_into().ok()?;
        (!origin.is_empty()).then(|| Checkpoint { origin: origin.to_owned(), size: number, root })
    }
}

/// The size that a note of a checkpoint names; the signature is not looked at.
pub(super) fn size_of(note: &str) -> Option<u64> {
    let (text, _) = note.rsplit_once("\n\n")?;
    Checkpoint::parse(&format!("{text}\n")).map(|checkpoint| checkpoint.size)
}

/// A public key by which notes are checked. Its text is `name+hash+key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    key: [u8; 32],
}

/// The short name of a key in a signature.
fn key_hash(name: &str, key: &[u8; 32]) -> [u8; 4] {
    let digest = Sha256::new().chain_update(name).chain_update([b'\n', ED25519_TYPE]).chain_update(key).finalize();
    [digest[0], digest[1], digest[2], digest[3]]
}

fn hex(bytes: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(bytes))
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c == '+' || c.is_whitespace())
}

/// The 32 bytes of a key's text, which begin with the type of signature.
fn key_bytes(text: &str) -> Option<[u8; 32]> {
    match BASE64_STANDARD.decode(text).ok()?.split_first() {
        Some((&ED25519_TYPE, key)) => key.try_into().ok(),
        _ => None,
    }
}

impl Verifier {
    /// Reads a key's text.
    pub fn parse(text: &str) -> Option<Verifier> {
        let mut parts = text.trim().splitn(3, '+');
        let (name, hash, key) = (parts.next()?, parts.next()?, parts.next()?);
        let key = key_bytes(key)?;
        (is_name(name) && hash == hex(key_hash(name, &key))).then(|| Verifier { name: name.to_owned(), key })
    }

    /// The key's text.
    pub fn text(&self) -> String {
        let mut key = vec![ED25519_TYPE];
        key.extend(self.key);
        format!("{}+{}+{}", self.name, hex(key_hash(&self.name, &self.key)), BASE64_STANDARD.encode(key))
    }

    /// The checkpoint that a note holds, if this key has signed it. Signatures of others are passed over.
    pub fn open(&self, note: &str) -> Option<Checkpoint> {
        let (text, signatures) = note.rsplit_once("\n\n")?;
        let text = format!("{text}\n");
        let signed = signatures.strip_suffix('\n')?.split('\n').any(|line| self.has_signed(&text, line));
        Checkpoint::parse(&text).filter(|checkpoint| signed && checkpoint.origin == self.name)
    }

    fn has_signed(&self, text: &str, line: &str) -> bool {
        let Some((name, signature)) = line.strip_prefix("— ").and_then(|rest| rest.split_once(' ')) else { return false };
        let Ok(bytes) = BASE64_STANDARD.decode(signature) else { return false };
        let Some((hash, signature)) = bytes.split_first_chunk::<4>() else { return false };
        name == self.name
            && *hash == key_hash(&self.name, &self.key)
            && UnparsedPublicKey::new(&ED25519, &self.key).verify(text.as_bytes(), signature).is_ok()
    }
}

/// A private key.
pub struct Signer {
    verifier: Verifier,
    pair: Ed25519KeyPair,
}

impl Signer {
    /// The text of a new key for a log of this name.
    pub fn new_text(name: &str, random: &dyn Random) -> Result<String> {
        let mut seed = [0u8; 32];
        random.fill(&mut seed);
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(Error::internal)?;
        let key: [u8; 32] = pair.public_key().as_ref().try_into().map_err(Error::internal)?;
        let mut bytes = vec![ED25519_TYPE];
        bytes.extend(seed);
        Ok(format!("{PRIVATE}{name}+{}+{}\n", hex(key_hash(name, &key)), BASE64_STANDARD.encode(bytes)))
    }

    /// Reads a key's text.
    pub fn parse(text: &str) -> Option<Signer> {
        let mut parts = text.trim().strip_prefix(PRIVATE)?.splitn(3, '+');
        let (name, hash, seed) = (parts.next()?, parts.next()?, parts.next()?);
        let pair = Ed25519KeyPair::from_seed_unchecked(&key_bytes(seed)?).ok()?;
        let key: [u8; 32] = pair.public_key().as_ref().try_into().ok()?;
        let verifier = Verifier { name: name.to_owned(), key };
        (is_name(name) && hash == hex(key_hash(name, &key))).then_some(Signer { verifier, pair })
    }

    /// The public key.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The name of the log.
    pub fn origin(&self) -> &str {
        &self.verifier.name
    }

    /// The signed note of a checkpoint.
    pub fn sign(&self, checkpoint: &Checkpoint) -> String {
        let text = checkpoint.text();
        let mut signature = key_hash(&self.verifier.name, &self.verifier.key).to_vec();
        signature.extend(self.pair.sign(text.as_bytes()).as_ref());
        format!("{text}\n— {} {}\n", self.verifier.name, BASE64_STANDARD.encode(signature))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys and the note of the tests of `golang.org/x/mod/sumdb/note`.
    const GO_SIGNER: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    const GO_VERIFIER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    struct Counting;

    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            (0u8..).zip(bytes).for_each(|(i, byte)| *byte = i);
        }
    }

    #[test]
    fn keys_are_those_of_the_go_implementation() {
        let signer = Signer::parse(GO_SIGNER).unwrap();
        assert_eq!(signer.verifier().text(), GO_VERIFIER);
        assert_eq!(Verifier::parse(GO_VERIFIER).as_ref(), Some(signer.verifier()));
        assert!(Verifier::parse(&GO_VERIFIER.replace("c74f", "c74e")).is_none());
        assert!(Verifier::parse(&GO_VERIFIER.replace("Peter", "Paul")).is_none());
    }

    #[test]
    fn a_checkpoint_opens_only_unchanged_and_by_its_key() {
        let signer = Signer::parse(&Signer::new_text("guanxi/acme", &Counting).unwrap()).unwrap();
        let checkpoint = Checkpoint { origin: "guanxi/acme".into(), size: 77, root: [7; 32] };
        let note = signer.sign(&checkpoint);
        assert_eq!(signer.verifier().open(&note), Some(checkpoint.clone()));
        let with_witness = format!("{note}— witness.example/w AAAAAAAA\n");
        assert_eq!(signer.verifier().open(&with_witness), Some(checkpoint));
        for at in 0..note.len() {
            let mut bytes = note.clone().into_bytes();
            bytes[at] ^= 1;
            if let Ok(flipped) = String::from_utf8(bytes) {
                assert_eq!(signer.verifier().open(&flipped), None, "byte {at}");
            }
        }
        assert_eq!(Signer::parse(GO_SIGNER).unwrap().verifier().open(&note), None);
    }
}
