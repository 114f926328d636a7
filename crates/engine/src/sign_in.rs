//! Sign-in by password: a session begins.

use guanxi_access::sensitive;
use guanxi_model::{Ctx, Door, Error, ErrorKind, FieldError, Lang, RecordId, Result};
use guanxi_query::tree::{Comparison, Expr, Literal};
use guanxi_store::sys::Session;
use serde_json::json;

use crate::admission::{self, token_hash};
use crate::attempts::{Key, PASSWORDS};
use crate::audit::events::{self, About, Kind};
use crate::second_factor::{self, Factor};
use crate::{Organisation, users};

/// A new session.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The secret; only its hash is stored.
    pub token: String,
    /// When it ends without use, microseconds since the epoch.
    pub expires_at: i64,
    /// The user's context.
    pub ctx: Ctx,
}

/// What is told to sign in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Credentials<'a> {
    /// E-mail.
    pub email: &'a str,
    /// Password.
    pub password: &'a str,
    /// A code of the second factor, or a recovery code, where the user has one.
    pub code: Option<&'a str>,
}

impl<'a> Credentials<'a> {
    /// By e-mail and password alone.
    pub fn password(email: &'a str, password: &'a str) -> Credentials<'a> {
        Credentials { email, password, code: None }
    }
}

/// Signs a user in. `client` is the peer's address, `agent` its software, for the list of sessions.
///
/// # Errors
/// 401 `invalid_credentials`, the same for an unknown address, a wrong password and a user who was deactivated; 401
/// `second_factor_required` where the password is right and a code is needed, `wrong_code` for a wrong one; 403 `address_not_allowed`; 429
/// after too many failures.
pub async fn sign_in(org: &Organisation, told: Credentials<'_>, client: &str, agent: &str, lang: Option<Lang>) -> Result<SignedIn> {
    let email = told.email.trim().to_lowercase();
    let key = Key::of(&email, client);
    if !org.attempts().allowed(&key, org.now_us(), PASSWORDS) {
        return Err(too_many_attempts());
    }
    let user = users::find(org, Expr::Compare("email".into(), Comparison::Eq, Literal::Text(email.clone()))).await?.filter(|u| u.active);
    let proved = is_password(org, user.as_ref().map(|u| u.id), told.password).await?;
    let refused = async |user: Option<RecordId>, reason: &str| {
        let body = json!({ "email": email, "client": client, "agent": agent, "reason": reason });
        let user = user.unwrap_or(RecordId(0));
        events::record(org, &events::of(org, user, Door::Rest, Kind::SignInFailed, About::Nothing, body)).await
    };
    let Some((user, hash)) = user.as_ref().zip(proved) else {
        org.attempts().failed(key, org.now_us(), PASSWORDS);
        refused(user.as_ref().map(|u| u.id), if user.is_some() { "wrong_password" } else { "unknown_or_inactive" }).await?;
        return Err(invalid_credentials());
    };
    if !admission::may_come_from(&org.schema(), &user.role, client) {
        refused(Some(user.id), "address").await?;
        return Err(admission::address_not_allowed(client));
    }
    let factor = match second_factor::check(org, user.id, told.code, client).await {
        Ok(factor) => factor,
        Err(error) if error.code == second_factor::REQUIRED => return Err(error),
        Err(error) => {
            refused(Some(user.id), error.code).await?;
            return Err(error);
        }
    };
    org.attempts().succeeded(&key);
    begin(org, user, &hash, factor, client, agent, lang).await
}

/// Begins the session of a user who has shown to be who they are.
async fn begin(
    org: &Organisation,
    user: &users::User,
    password_hash: &str,
    factor: Factor,
    client: &str,
    agent: &str,
    lang: Option<Lang>,
) -> Result<SignedIn> {
    let (token, session) = new_session(org, user.id, client, agent);
    let body = json!({ "client": client, "agent": agent, "second_factor": factor.name() });
    let event = events::of(org, user.id, Door::Rest, Kind::SignIn, About::Nothing, body);
    if !org.store().session_begin(&session, password_hash, &event).await? {
        // It was changed while it was being checked.
        return Err(invalid_credentials());
    }
    let ctx = admission::authenticate(org, &token, lang, client).await?;
    Ok(SignedIn { expires_at: session.expires_at, ctx, token })
}

/// A session that begins now, and its token.
pub(crate) fn new_session(org: &Organisation, user: RecordId, client: &str, agent: &str) -> (String, Session) {
    let now = org.now_us();
    let token = admission::new_token(org, admission::SESSION);
    let session = Session {
        token_hash: token_hash(&token),
        user,
        created_at: now,
        seen_at: now,
        expires_at: org.schema().settings.sign_in.ends_at(now, now),
        client: format!("{client} {agent}"),
        proved_at: now,
        viewing: None,
    };
    (token, session)
}

/// Shows once more that it is the user of a session who sits there, by the password or by a code: for the next quarter of an hour that is
/// enough for what is sensitive.
///
/// # Errors
/// Validation for a wrong password or code; 401 if the session has ended; 429 after too many wrong ones.
pub async fn prove(org: &Organisation, ctx: &Ctx, token: &str, password: Option<&str>, code: Option<&str>, client: &str) -> Result<()> {
    match (password, code) {
        (Some(password), _) => check_own_password(org, ctx, "password", password).await?,
        (None, code) => {
            let as_field = |error: Error| match error.code {
                second_factor::REQUIRED | second_factor::WRONG => {
                    Error::field(FieldError { field: "code".to_owned(), code: error.code, message: error.message })
                }
                _ => error,
            };
            if second_factor::check(org, ctx.user, code, client).await.map_err(as_field)? == Factor::None {
                let error = FieldError::new("password", "required", "请输入密码", "the password is needed");
                return Err(Error::field(error));
            }
        }
    }
    let event = events::event(org, ctx, Kind::StepUp, About::Record(ctx.user), json!({ "client": client }));
    if org.store().session_prove(&token_hash(token), org.now_us(), &event).await? { Ok(()) } else { Err(admission::not_signed_in()) }
}

/// Refuses what is not the user's own password.
///
/// # Errors
/// Validation of this field; 429 after too many wrong ones.
pub(crate) async fn check_own_password(org: &Organisation, ctx: &Ctx, field: &str, typed: &str) -> Result<()> {
    let key = Key::of(&ctx.user.0.to_string(), "password");
    let now = org.now_us();
    if !org.attempts().allowed(&key, now, PASSWORDS) {
        return Err(too_many_attempts());
    }
    if is_password(org, Some(ctx.user), typed).await?.is_none() {
        org.attempts().failed(key, now, PASSWORDS);
        let wrong = FieldError::new(field, "wrong_password", "当前密码不正确", "the current password is wrong");
        return Err(Error::field(wrong));
    }
    org.attempts().succeeded(&key);
    Ok(())
}

fn invalid_credentials() -> Error {
    Error::new(ErrorKind::Unauthenticated, "invalid_credentials", "邮箱或密码不正确。", "The e-mail address or the password is wrong.")
}

/// Sets a password on request: another user's as an administrator, one's own by telling the one that holds. Ends the user's sessions,
/// but for the one of `token`.
///
/// # Errors
/// Validation for a wrong current password or a new one that is refused; 403; 404; 429 after too many wrong ones.
pub async fn change_password(org: &Organisation, ctx: &Ctx, token: &str, user: RecordId, current: Option<&str>, new: &str) -> Result<()> {
    if user == ctx.user {
        check_own_password(org, ctx, "current", current.unwrap_or_default()).await?;
    } else {
        sensitive::require(ctx)?;
    }
    users::set_password_but(org, ctx, user, new, Some(&token_hash(token))).await
}

pub(crate) fn too_many_attempts() -> Error {
    Error::new(
        ErrorKind::RateLimited,
        "too_many_attempts",
        "输错次数过多，请稍后再试。",
        "Too many wrong attempts; please try again later.",
    )
}

/// The hash of the user's password, if this is it. An unknown user costs as much time as a known one.
async fn is_password(org: &Organisation, user: Option<RecordId>, typed: &str) -> Result<Option<String>> {
    let credential = match user {
        Some(user) => org.store().credential(user).await?,
        None => None,
    };
    let hash = credential.map(|c| c.password_hash);
    let typed = typed.to_owned();
    let checked = tokio::task::spawn_blocking(move || {
        let right = users::verify_password(hash.as_deref().unwrap_or(NOBODY), &typed);
        hash.filter(|_| right)
    });
    checked.await.map_err(Error::internal)
}

/// A hash of no password, to spend the same time on an unknown address.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Ends a session.
///
/// # Errors
/// Those of the store.
pub async fn sign_out(org: &Organisation, token: &str) -> Result<()> {
    org.store().session_delete(&token_hash(token), org.now_us(), Door::Rest.name()).await.map(|_| ())
}
