//! The context of a request: who, by which door, when, in which language. It is the first argument of every use case.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use crate::id::{ObjectNo, RecordId};
use crate::lang::Lang;

/// The way by which a request came in; it is written into the change log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// The REST API, the web UI included.
    Rest,
    /// The REST API, with an API token.
    Token,
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
            Door::Token => "token",
            Door::Import => "import",
            Door::Cli => "cli",
            Door::System => "system",
        }
    }
}

/// By what somebody got in: what of the user's rights it carries, and how far it is trusted with what is sensitive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Entry {
    /// The product itself, the command line, a job: nothing is held back.
    #[default]
    Product,
    /// A session.
    Session {
        /// When its user last proved to be who they are, microseconds since the epoch.
        proved_at: i64,
        /// Where the request comes from, if that is known.
        address: Option<IpAddr>,
        /// Whether the user's profile asks for a second factor that the user does not have yet: until then nothing else can be done.
        enrol: bool,
    },
    /// An API token.
    Token(Arc<TokenScope>),
    /// The session of an administrator who looks as the user of the context does, and changes nothing.
    Preview {
        /// The administrator.
        by: RecordId,
    },
}

impl Entry {
    /// Whether records of an object may be touched at all, whatever the user's rights are.
    pub fn covers(&self, object: &str) -> bool {
        match self {
            Entry::Token(scope) => scope.objects.is_empty() || scope.objects.iter().any(|name| name == object),
            _ => true,
        }
    }

    /// Whether anything may be written, whatever the user's rights are.
    pub fn writes(&self) -> bool {
        match self {
            Entry::Token(scope) => scope.write,
            Entry::Preview { .. } => false,
            Entry::Product | Entry::Session { .. } => true,
        }
    }
}

/// What of its user's rights an API token carries.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TokenScope {
    /// Whether it writes; else it only reads.
    pub write: bool,
    /// The objects whose records it reaches; all if none is named.
    #[serde(default)]
    pub objects: Vec<String>,
}

/// Who a user is among the others: what scopes of teams, the hierarchy and sharing mean for one user. Ids are in ascending order, and those
/// of users have the user's own among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Colleagues {
    /// The user, and the queues that the user serves: who owns the user's own records.
    pub own: Arc<[i64]>,
    /// The user's team.
    pub team: Arc<[i64]>,
    /// The user's team, those below, and those who report to the user.
    pub team_and_below: Arc<[i64]>,
    /// The user, and those below in the hierarchy: of positions, and by whom they report to.
    pub below: Arc<[i64]>,
    /// What the user is in, the user included: teams and positions with those above them, public groups, territories with those below
    /// them, queues. A share with one of these is one with the user.
    pub member_of: Arc<[i64]>,
    /// What those in `below` are in.
    pub below_member_of: Arc<[i64]>,
    /// Objects of which single records have ever been shared, in ascending order.
    pub shared: Arc<[ObjectNo]>,
    /// What the sharing rules of objects give.
    pub rules: BTreeMap<ObjectNo, RuleReach>,
}

impl Colleagues {
    /// Whether these are all of what the others were: nothing was lost.
    pub fn has_all_of(&self, others: &Colleagues) -> bool {
        let all = |own: &[i64], other: &[i64]| other.iter().all(|one| own.binary_search(one).is_ok());
        let rules = |object: &ObjectNo, other: &RuleReach| {
            self.rules.get(object).is_some_and(|own| {
                all(&own.read_owners, &other.read_owners)
                    && all(&own.edit_owners, &other.edit_owners)
                    && all(&own.read, &other.read)
                    && all(&own.edit, &other.edit)
            })
        };
        all(&self.own, &others.own)
            && all(&self.team, &others.team)
            && all(&self.team_and_below, &others.team_and_below)
            && all(&self.below, &others.below)
            && all(&self.member_of, &others.member_of)
            && all(&self.below_member_of, &others.below_member_of)
            && others.rules.iter().all(|(object, other)| rules(object, other))
    }
}

/// What the sharing rules of one object give a user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleReach {
    /// Users whose records may be seen, in ascending order.
    pub read_owners: Arc<[i64]>,
    /// Users whose records may be edited, in ascending order.
    pub edit_owners: Arc<[i64]>,
    /// Numbers of the rules with a filter that let their records be seen, in ascending order.
    pub read: Arc<[i64]>,
    /// Of those that let them be edited.
    pub edit: Arc<[i64]>,
}

/// Who asks, and how. Made by the sign-in code or by a job from its creator, never from request data.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// The user's record id.
    pub user: RecordId,
    /// The name of the user's role.
    pub role: String,
    /// The names of the user's permission sets.
    pub permission_sets: Arc<[String]>,
    /// Whose records the user's team and the teams below it own.
    pub colleagues: Arc<Colleagues>,
    /// The door.
    pub door: Door,
    /// By what the user got in.
    pub entry: Entry,
    /// The language of labels and messages.
    pub lang: Lang,
    /// The time of the request in microseconds since the epoch; every row of one request carries it.
    pub now_us: i64,
    /// IANA name of the user's time zone, for date literals.
    pub time_zone: String,
}
