//! How much an organisation holds: the demo company alone, or with what many more salespeople enter in the same year.

/// A size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Size {
    /// The demo company: about 2,000 accounts
    S,
    /// 20,000 contacts in all, the size at which other CRMs were measured
    Y,
    /// 100,000 contacts and 1,000,000 activities more
    M,
    /// 1,000,000 contacts and 5,000,000 activities more
    L,
}

/// What is entered beside the demo company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Amounts {
    /// Sales teams; each has a manager and [`super::bulk::PER_TEAM`] salespeople, who own the records.
    pub(crate) teams: usize,
    /// Accounts.
    pub(crate) accounts: usize,
    /// Contacts.
    pub(crate) contacts: usize,
    /// Opportunities.
    pub(crate) opportunities: usize,
    /// Calls, meetings, notes and tasks together.
    pub(crate) activities: usize,
}

impl Size {
    /// What it holds beside the demo company.
    pub(crate) fn bulk(self) -> Option<Amounts> {
        match self {
            Size::S => None,
            Size::Y => Some(Amounts { teams: 2, accounts: 4_000, contacts: 16_700, opportunities: 10_000, activities: 100_000 }),
            Size::M => Some(Amounts { teams: 10, accounts: 20_000, contacts: 100_000, opportunities: 50_000, activities: 1_000_000 }),
            Size::L => Some(Amounts { teams: 100, accounts: 200_000, contacts: 1_000_000, opportunities: 300_000, activities: 5_000_000 }),
        }
    }

    /// Its letter.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Size::S => "S",
            Size::Y => "Y",
            Size::M => "M",
            Size::L => "L",
        }
    }
}
