//! The signed-in user.

use utoipa::ToSchema;

/// A person by id and name.
#[derive(ToSchema)]
pub struct Person {
    /// The user's id.
    pub id: String,
    /// Name.
    #[schema(required)]
    pub name: Option<String>,
}

/// The language of the user interface.
#[derive(ToSchema)]
pub enum Language {
    /// Simplified Chinese.
    #[schema(rename = "zh-CN")]
    Zh,
    /// English.
    #[schema(rename = "en")]
    En,
}

/// The colours of the user interface.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum Theme {
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// As the device.
    System,
}

/// How close rows stand in lists.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum Density {
    /// Room around each row.
    Comfortable,
    /// More rows on a screen.
    Compact,
}

/// The signed-in user.
#[derive(ToSchema)]
pub struct Me {
    /// The user's record id.
    pub id: String,
    /// Name.
    pub name: String,
    /// E-mail.
    pub email: String,
    /// Name of the role.
    pub role: String,
    /// Whether the role may do everything.
    pub administrator: bool,
    /// Language.
    pub language: Language,
    /// Colours.
    pub theme: Theme,
    /// How close rows stand.
    pub density: Density,
    /// IANA time zone.
    pub time_zone: String,
    /// The next step of the tour for new users; -1 once it is over.
    pub tour: i64,
    /// Whether the role asks for a second factor that the user does not have yet: nothing else can be done until then.
    pub second_factor_due: bool,
    /// The administrator who looks as this user, read-only.
    #[schema(required)]
    pub previewed_by: Option<Person>,
    /// The newest place in the change log: events after it tell of all that changes from here on.
    pub seq: i64,
    /// The organisation.
    pub organisation: OrganisationInfo,
    /// What the user may do beside records.
    pub rights: UserRights,
}

/// The organisation of the signed-in user.
#[derive(ToSchema)]
pub struct OrganisationInfo {
    /// Name.
    pub name: String,
    /// Its currency, ISO 4217.
    pub currency: String,
    /// All currencies switched on.
    pub currencies: Vec<String>,
    /// IANA time zone.
    pub time_zone: String,
    /// Names of the roles that may do everything: whose users can be asked for a right.
    pub administrator_roles: Vec<String>,
    /// Whose records everyone sees who may read their object.
    pub record_scope: RecordScope,
    /// What signing in asks of everybody.
    pub sign_in: SignInPolicy,
}

/// What signing in asks of everybody; roles may ask for more.
#[derive(ToSchema)]
pub struct SignInPolicy {
    /// The shortest password that can be set, in characters.
    pub password_min: u32,
    /// How long a session lasts without use, in hours.
    pub idle_hours: u32,
    /// How long a session lasts at most, however much it is used, in days.
    pub longest_days: u32,
}

/// Whose records.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum RecordScope {
    /// The user's own.
    Own,
    /// Those of the user's team.
    Team,
    /// Those of the user's team and the teams below it.
    TeamAndBelow,
    /// All.
    All,
}

/// What a user may do beside records.
#[derive(ToSchema)]
pub struct UserRights {
    /// Import files.
    pub import: bool,
    /// Export.
    pub export: bool,
    /// Change objects and fields.
    pub customise: bool,
    /// Manage users.
    pub manage_users: bool,
    /// See the audit log.
    pub view_audit: bool,
}
