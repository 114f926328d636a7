//! A PostgreSQL server for tests.

/// The address of a server to test on; `None` if there is none.
pub async fn url() -> Option<String> {
    None
}

/// A name that no other test uses.
pub fn fresh_schema() -> String {
    String::new()
}
