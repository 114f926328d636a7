//! The doors by which anything of records comes out of the product, or goes in. A route of the API is behind one of them, or shows
//! nothing of records: a test of the server goes through all routes.

/// A door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Door {
    /// One record.
    Get,
    /// The records of an object.
    List,
    /// A query for all fields.
    Query,
    /// Counts, sums, least and greatest.
    Count,
    /// The order by a field.
    Sort,
    /// Conditions.
    Filter,
    /// Groups.
    Group,
    /// Fields of other records over lookups.
    Path,
    /// Questions about fields that are not open.
    Refused,
    /// The changes of a record.
    History,
    /// The changes of all records.
    Feed,
    /// The timeline of a record.
    Timeline,
    /// The recycle bin.
    Bin,
    /// What a bulk edit would do.
    Preview,
    /// Which fields there are.
    Metadata,
    /// Exported files.
    Export,
    /// Search over all objects.
    Search,
    /// What a user looked at lately.
    Recent,
    /// What a user is told of.
    Notifications,
    /// The answers and refusals of writes.
    Write,
    /// What taking a change set back does and tells.
    Undo,
}

impl Door {
    /// All doors.
    pub const ALL: [Door; 21] = [
        Door::Get,
        Door::List,
        Door::Query,
        Door::Count,
        Door::Sort,
        Door::Filter,
        Door::Group,
        Door::Path,
        Door::Refused,
        Door::History,
        Door::Feed,
        Door::Timeline,
        Door::Bin,
        Door::Preview,
        Door::Metadata,
        Door::Export,
        Door::Search,
        Door::Recent,
        Door::Notifications,
        Door::Write,
        Door::Undo,
    ];
}
