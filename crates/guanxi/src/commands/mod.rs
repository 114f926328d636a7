//! Commands that run and end.

pub(crate) mod audit;
pub(crate) mod org;
pub(crate) mod search;
pub(crate) mod transfer;
pub(crate) mod user;

use std::io::BufRead;

use crate::failure::Failure;

/// A password as given; `-` reads a line from standard input.
fn password(given: String) -> Result<String, Failure> {
    if given != "-" {
        return Ok(given);
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|e| Failure::new(format!("cannot read the password: {e}")))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
