//! The context of a request: who, by which door, when, in which language. It is the first argument of every use case.

use crate::id::RecordId;
use crate::lang::Lang;

/// The way by which a request came in; it is written into the change log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// The REST API, the web UI included.
    Rest,
    /// A file import.
    Import,
    /// The command line on the server's own machine.
    Cli,
    /// The product itself: packs, clean-up, demo data.
    System,
}

impl Door {
    /// The name in the change log.
    pub fn name(self) -> &'static str {
        match self {
            Door::Rest => "rest",
            Door::Import => "import",
            Door::Cli => "cli",
            Door::System => "system",
        }
    }
}

/// Who asks, and how. Made by the sign-in code or by a job from its creator, never from request data.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// The user's record id.
    pub user: RecordId,
    /// The name of the user's role.
    pub role: String,
    /// The door.
    pub door: Door,
    /// The language of labels and messages.
    pub lang: Lang,
    /// The time of the request in microseconds since the epoch; every row of one request carries it.
    pub now_us: i64,
    /// IANA name of the user's time zone, for date literals.
    pub time_zone: String,
}
