//! Links sent by mail that set a password: for who has forgotten it, and for who is invited. The link is made of the configured public
//! address, never of what a request says; its secret is stored as a hash and holds once, for an hour or for seven days.

use guanxi_access::{Policy, sensitive};
use guanxi_model::render::time_text;
use guanxi_model::{Ctx, Door, Error, ErrorKind, Lang, RecordId, Result};
use guanxi_query::tree::{Comparison, Expr, Literal};
use guanxi_store::sys::MailLink;
use serde::Serialize;
use serde_json::json;

use crate::admission::{self, token_hash};
use crate::attempts::{Key, LINKS, MAIL_REQUESTS, MAILS};
use crate::audit::events::{self, About, Kind};
use crate::mail::Mail;
use crate::sign_in::too_many_attempts;
use crate::users::User;
use crate::{Organisation, users};

const HOUR_US: i64 = 3_600 * 1_000_000;

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Setting a password that was forgotten.
    Reset,
    /// Setting the first one.
    Invitation,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Purpose::Reset => "reset",
            Purpose::Invitation => "invitation",
        }
    }

    fn of(name: &str) -> Purpose {
        if name == Purpose::Invitation.name() { Purpose::Invitation } else { Purpose::Reset }
    }

    fn lasts_us(self) -> i64 {
        match self {
            Purpose::Reset => HOUR_US,
            Purpose::Invitation => 7 * 24 * HOUR_US,
        }
    }
}

/// What a link opens, before it is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Opened {
    /// What it is for.
    pub purpose: Purpose,
    /// Whose password it sets.
    pub email: String,
    /// When it ends, RFC 3339.
    pub expires_at: String,
    /// The shortest password that can be set, in characters.
    pub password_min: u32,
}

/// Asks for a link for who has forgotten the password. It is sent behind the answer, which is the same whether or not there is such a user.
///
/// # Errors
/// 429 after too many requests of one client; 503 `no_public_url` where the server does not know its own address.
pub async fn ask_for_reset(org: &Organisation, email: &str, client: &str) -> Result<()> {
    let url = public_url(org)?.to_owned();
    if !org.attempts().take(Key::of("mail", client), org.now_us(), MAIL_REQUESTS) {
        return Err(too_many_attempts());
    }
    let (org, email) = (org.clone(), email.trim().to_lowercase());
    tokio::spawn(async move {
        if let Err(error) = send_reset(&org, &email, &url).await {
            tracing::error!(%error, internal = error.internal.as_deref(), "a mail for a new password could not be sent");
        }
    });
    Ok(())
}

async fn send_reset(org: &Organisation, email: &str, url: &str) -> Result<()> {
    let by_email = Expr::Compare("email".into(), Comparison::Eq, Literal::Text(email.to_owned()));
    let Some(user) = users::find(org, by_email).await?.filter(|u| u.active) else { return Ok(()) };
    if !org.attempts().take(Key::of("mail to", email), org.now_us(), MAILS) {
        return Ok(());
    }
    send(org, RecordId(0), Door::Rest, &user, Purpose::Reset, url).await
}

/// Sends a user a link for the first password: an administrator's act.
///
/// # Errors
/// 403 unless an administrator asks; those of [`sensitive::require`]; 404; 409 for a user who is deactivated or has no e-mail; 503
/// `no_public_url`.
pub async fn invite(org: &Organisation, ctx: &Ctx, user: RecordId) -> Result<()> {
    if !Policy::of(ctx, &org.schema()).administrator() {
        return Err(Error::forbidden("只有系统管理员可以邀请用户。", "Only an administrator may invite users."));
    }
    sensitive::require(ctx)?;
    let url = public_url(org)?.to_owned();
    let user = users::by_id(org, user).await?.ok_or_else(Error::no_record)?;
    if !user.active || user.email.is_empty() {
        let (zh, en) = ("该用户已停用或没有邮箱，不能邀请。", "This user is deactivated or has no e-mail address, and cannot be invited.");
        return Err(Error::new(ErrorKind::Conflict, "cannot_be_invited", zh, en));
    }
    send(org, ctx.user, ctx.door, &user, Purpose::Invitation, &url).await
}

async fn send(org: &Organisation, by: RecordId, door: Door, user: &User, purpose: Purpose, url: &str) -> Result<()> {
    let secret = admission::new_token(org, admission::LINK);
    let now = org.now_us();
    let link = MailLink {
        token_hash: token_hash(&secret),
        user: user.id,
        purpose: purpose.name().to_owned(),
        created_at: now,
        expires_at: now + purpose.lasts_us(),
    };
    let body = json!({"purpose": purpose, "expires_at": time_text(link.expires_at)});
    org.store().link_add(&link, &events::of(org, by, door, Kind::LinkSent, About::Record(user.id), body)).await?;
    // Behind the hash: it goes neither to a server nor into its logs.
    let (subject, body) = text(purpose, user, &format!("{url}/set-password#{secret}"));
    org.mailer().deliver(org, Mail { user: user.id, to: user.email.clone(), subject, body }).await
}

fn text(purpose: Purpose, user: &User, link: &str) -> (String, String) {
    let name = &user.name;
    let (subject, body) = match (user.language.unwrap_or_default(), purpose) {
        (Lang::Zh, Purpose::Reset) => (
            "设置新密码",
            format!(
                "{name}，您好：\n\n请在一小时内打开此链接设置新密码：\n\n{link}\n\n如果不是您本人的请求，请忽略此邮件，您的密码不会改变。\n"
            ),
        ),
        (Lang::Zh, Purpose::Invitation) => (
            "邀请您使用关系 CRM",
            format!("{name}，您好：\n\n已为您开通账户。请在七天内打开此链接设置密码，然后用此邮箱登录：\n\n{link}\n"),
        ),
        (Lang::En, Purpose::Reset) => (
            "Set a new password",
            format!(
                "Hello {name},\n\nopen this link within an hour to set a new password:\n\n{link}\n\n\
                 If you have not asked for it, ignore this mail; your password stays as it is.\n"
            ),
        ),
        (Lang::En, Purpose::Invitation) => (
            "Your invitation to Guanxi CRM",
            format!(
                "Hello {name},\n\nan account is ready for you. Open this link within seven days to set your password, then sign in with this \
                 address:\n\n{link}\n"
            ),
        ),
    };
    (subject.to_owned(), body)
}

/// What a link is for, and whose; it is not used up by this.
///
/// # Errors
/// 404 `link_expired` for one that is none, is used or has ended; 429 after too many of those.
pub async fn open(org: &Organisation, secret: &str, client: &str) -> Result<Opened> {
    let (link, user) = find(org, secret, client).await?;
    let password_min = org.schema().settings.sign_in.password_min;
    Ok(Opened { purpose: Purpose::of(&link.purpose), email: user.email, expires_at: time_text(link.expires_at), password_min })
}

/// Sets the password by a link. All sessions of the user end; the link and all others of the user are used up.
///
/// # Errors
/// As [`open`]; validation for a password that is refused.
pub async fn set_password(org: &Organisation, secret: &str, password: &str, client: &str) -> Result<()> {
    let (link, user) = find(org, secret, client).await?;
    let hash = users::new_password_hash(org, &user, password).await?;
    let body = json!({"by": link.purpose, "client": client});
    let event = events::of(org, user.id, Door::Rest, Kind::PasswordChange, About::Record(user.id), body);
    if org.store().link_use(&link, &hash, &event).await? { Ok(()) } else { Err(expired()) }
}

async fn find(org: &Organisation, secret: &str, client: &str) -> Result<(MailLink, User)> {
    let key = Key::of("link", client);
    if !org.attempts().allowed(&key, org.now_us(), LINKS) {
        return Err(too_many_attempts());
    }
    let link = org.store().link_find(&token_hash(secret)).await?.filter(|link| link.expires_at > org.now_us());
    let user = match &link {
        Some(link) => users::by_id(org, link.user).await?.filter(|u| u.active),
        None => None,
    };
    match link.zip(user) {
        Some(found) => Ok(found),
        None => {
            org.attempts().failed(key, org.now_us(), LINKS);
            Err(expired())
        }
    }
}

fn public_url(org: &Organisation) -> Result<&str> {
    org.public_url().ok_or_else(no_public_url)
}

pub(crate) fn no_public_url() -> Error {
    Error::new(
        ErrorKind::Unavailable,
        "no_public_url",
        "服务器没有配置公开地址（public_url），此功能不可用；请联系管理员。",
        "The server does not know its public address (public_url), which this needs; ask an administrator.",
    )
}

fn expired() -> Error {
    Error {
        code: "link_expired",
        ..Error::not_found("此链接无效、已使用或已过期，请重新申请。", "This link is wrong, used or expired; ask for a new one.")
    }
}
