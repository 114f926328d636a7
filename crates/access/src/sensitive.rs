//! Sensitive acts: what gives rights or ways in, or takes all data out at once. A session needs a proof of who sits there that is not old; a
//! program's token is never enough.

use guanxi_model::{Ctx, Entry, Error, ErrorKind, Result};

/// How long a proof is good for, in microseconds (15 minutes).
pub const FRESH_US: i64 = 900 * 1_000_000;

/// Refuses a sensitive act to a session whose user has not shown lately to be who they are, and to a program's token.
///
/// # Errors
/// 403 `step_up_required`, `not_by_token`.
pub fn require(ctx: &Ctx) -> Result<()> {
    match &ctx.entry {
        Entry::Product => Ok(()),
        Entry::Session { proved_at, .. } if ctx.now_us - proved_at <= FRESH_US => Ok(()),
        Entry::Session { .. } => Err(Error::new(
            ErrorKind::Forbidden,
            "step_up_required",
            "此操作需要再次确认您的身份，请输入密码或验证码。",
            "This needs you to confirm who you are once more, by your password or a code.",
        )),
        Entry::Token(_) => Err(not_by_token()),
        Entry::Preview { .. } => Err(only_looking()),
    }
}

/// The error of whatever changes something while an administrator looks as somebody else does.
pub fn only_looking() -> Error {
    Error::new(
        ErrorKind::Forbidden,
        "preview_reads_only",
        "您正在以他人身份预览，不能更改任何内容；请先结束预览。",
        "You are looking as somebody else and cannot change anything; end the preview first.",
    )
}

/// The error of an act for which a program's token is not enough.
pub fn not_by_token() -> Error {
    Error::new(
        ErrorKind::Forbidden,
        "not_by_token",
        "API 令牌不能用于此操作；请登录后操作。",
        "An API token cannot be used for this; please sign in to do it.",
    )
}
