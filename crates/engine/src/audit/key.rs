//! The key that signs the log and the last checkpoint it has signed: two files beside the database, not in it, so that whoever can write
//! the database can neither sign nor make the signer forget what it has signed.

use std::io::Write;
use std::path::{Path, PathBuf};

use guanxi_model::{Error, Result};

use super::note::{Signer, Verifier};
use super::refused;
use crate::Organisation;

/// The private key's file in the organisation's data folder.
const KEY: &str = "audit.key";

/// The file of the last checkpoint that was signed with it.
const SIGNED: &str = "audit.checkpoint";

/// The two files of an organisation.
pub(super) struct KeyFiles {
    folder: PathBuf,
}

impl KeyFiles {
    /// Those of an organisation; `None` if it has no folder.
    pub(super) fn of(org: &Organisation) -> Option<KeyFiles> {
        org.audit_folder().map(|folder| KeyFiles { folder: folder.to_owned() })
    }

    /// The key, if there is one.
    ///
    /// # Errors
    /// When the file cannot be read or holds no key.
    pub(super) fn signer(&self) -> Result<Option<Signer>> {
        match self.read(KEY)? {
            Some(text) => match Signer::parse(&text) {
                Some(signer) => Ok(Some(signer)),
                None => Err(refused(format!("{} holds no key", self.folder.join(KEY).display()))),
            },
            None => Ok(None),
        }
    }

    /// Makes a key.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn make(&self, org: &Organisation) -> Result<Signer> {
        let text = Signer::new_text(&origin(org), org.random())?;
        self.write(KEY, &text)?;
        self.signer()?.ok_or_else(|| Error::internal("a key that was written is not there"))
    }

    /// The last note that was signed with the key.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn signed(&self) -> Result<Option<String>> {
        self.read(SIGNED)
    }

    /// Keeps a note that was signed.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn keep(&self, note: &str) -> Result<()> {
        self.write(SIGNED, note)
    }

    /// Puts the key and what it signed aside, under names with the key's own number.
    ///
    /// # Errors
    /// When they cannot be renamed.
    pub(super) fn put_aside(&self, old: &Verifier) -> Result<()> {
        let number = old.text().split('+').nth(1).unwrap_or_default().to_owned();
        for name in [SIGNED, KEY] {
            let file = self.folder.join(name);
            match std::fs::rename(&file, self.folder.join(format!("{name}.{number}"))) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(unusable(&file, &error)),
                _ => {}
            }
        }
        Ok(())
    }

    fn read(&self, name: &str) -> Result<Option<String>> {
        let file = self.folder.join(name);
        match std::fs::read_to_string(&file) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unusable(&file, &error)),
        }
    }

    /// Whole or not at all, for nobody else to read.
    fn write(&self, name: &str, text: &str) -> Result<()> {
        let (file, new) = (self.folder.join(name), self.folder.join(format!("{name}.new")));
        let write = || {
            std::fs::create_dir_all(&self.folder)?;
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut out = options.open(&new)?;
            out.write_all(text.as_bytes())?;
            out.sync_all()?;
            std::fs::rename(&new, &file)
        };
        write().map_err(|error| unusable(&file, &error))
    }
}

/// The name of an organisation's log.
fn origin(org: &Organisation) -> String {
    format!("guanxi/{}", org.schema().settings.organisation)
}

fn unusable(file: &Path, error: &std::io::Error) -> Error {
    refused(format!("{}: {error}", file.display()))
}
