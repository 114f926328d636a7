//! What a way in is good for, by route: the one list of what programs' tokens never do and what limited ones may do.

use axum::http::Method;
use guanxi_engine::preview::only_looking;
use guanxi_engine::tokens::not_by_token;
use guanxi_model::{Entry, Error, ErrorKind, Result, TokenScope};

use crate::session::is_safe;

/// Routes that no token may use, by how they begin: ways in, their users and secrets.
const NEVER: [&str; 5] = ["/api/v1/mails", "/api/v1/me/passkeys", "/api/v1/me/second_factor", "/api/v1/sessions", "/api/v1/tokens"];

/// Routes that no token may use but to read.
const ONLY_READ: [&str; 4] = ["/api/v1/roles", "/api/v1/organisation", "/api/v1/users/", "/api/v1/changes/"];

/// A route that says who is signed in: for tokens, too.
const WHO: &str = "/api/v1/sessions/current";

/// Routes of other methods than GET that change nothing.
const READING: [&str; 1] = ["/api/v1/query"];

/// Routes that a token for certain objects may use, by how they begin: what they show and do goes by the rights on objects.
const BY_OBJECT: [&str; 7] =
    ["/api/v1/about", "/api/v1/changes", "/api/v1/events", "/api/v1/objects", "/api/v1/query", "/api/v1/records/", "/api/v1/search"];

/// Routes among those that start a job, which would work with all rights of the user.
const JOBS: [&str; 1] = ["/api/v1/records/{object}/bulk_edit"];

/// Routes for those whose role asks for a second factor that they do not have yet, by how they begin.
const ENROLLING: [&str; 3] = ["/api/v1/about", "/api/v1/me", "/api/v1/sessions/current"];

/// Whether this way in is good for this route.
///
/// # Errors
/// 403 `second_factor_enrolment_required`, `preview_reads_only`, `not_by_token`, `token_reads_only`, `token_of_objects`.
pub fn check(entry: &Entry, method: &Method, route: &str) -> Result<()> {
    match entry {
        Entry::Token(scope) => check_token(scope, method, route),
        Entry::Session { enrol: true, .. } if !ENROLLING.iter().any(|begin| route.starts_with(begin)) => Err(Error::new(
            ErrorKind::Forbidden,
            "second_factor_enrolment_required",
            "您的角色要求两步验证，请先设置。",
            "Your role asks for a second factor; please set it up first.",
        )),
        Entry::Preview { .. }
            if !(is_safe(method) || READING.contains(&route) || (route.starts_with(WHO) && *method == Method::DELETE)) =>
        {
            Err(only_looking())
        }
        Entry::Product | Entry::Session { .. } | Entry::Preview { .. } => Ok(()),
    }
}

fn check_token(scope: &TokenScope, method: &Method, route: &str) -> Result<()> {
    let begins = |routes: &[&str]| routes.iter().any(|begin| route.starts_with(begin));
    let safe = is_safe(method);
    if route == WHO && safe {
        return Ok(());
    }
    if begins(&NEVER) || (!safe && begins(&ONLY_READ)) {
        return Err(not_by_token());
    }
    if !scope.write && !safe && !READING.contains(&route) {
        return Err(Error::new(
            ErrorKind::Forbidden,
            "token_reads_only",
            "此 API 令牌只能读取；请使用可读写的令牌。",
            "This API token only reads; use one that reads and writes.",
        ));
    }
    if !scope.objects.is_empty() && (!begins(&BY_OBJECT) || begins(&JOBS)) {
        return Err(Error::new(
            ErrorKind::Forbidden,
            "token_of_objects",
            "此 API 令牌只限于部分对象，不能用于此操作；请使用不限对象的令牌。",
            "This API token is for certain objects only and cannot be used for this; use one for all objects.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn code(write: bool, objects: &[&str], method: &Method, route: &str) -> &'static str {
        let scope = TokenScope { write, objects: objects.iter().map(|o| (*o).to_owned()).collect() };
        check(&Entry::Token(Arc::new(scope)), method, route).map_or_else(|error| error.code, |()| "")
    }

    #[test]
    fn tokens_do_what_they_are_for() {
        let (get, post) = (&Method::GET, &Method::POST);
        assert_eq!(code(true, &[], post, "/api/v1/records/{object}"), "");
        assert_eq!(code(true, &[], post, "/api/v1/tokens"), "not_by_token");
        assert_eq!(code(true, &[], get, "/api/v1/sessions"), "not_by_token");
        assert_eq!(code(true, &[], get, WHO), "");
        assert_eq!(code(true, &[], &Method::DELETE, WHO), "not_by_token");
        assert_eq!(code(true, &[], &Method::PUT, "/api/v1/users/{id}/password"), "not_by_token");
        assert_eq!((code(true, &[], get, "/api/v1/roles"), code(true, &[], post, "/api/v1/roles")), ("", "not_by_token"));
        assert_eq!(code(false, &[], post, "/api/v1/records/{object}"), "token_reads_only");
        assert_eq!((code(false, &[], post, "/api/v1/query"), code(false, &[], get, "/api/v1/jobs")), ("", ""));
        assert_eq!(code(true, &["account"], post, "/api/v1/records/{object}"), "");
        assert_eq!(code(true, &["account"], get, "/api/v1/audit/entries"), "token_of_objects");
        assert_eq!(code(true, &["account"], post, "/api/v1/records/{object}/bulk_edit"), "token_of_objects");
    }
}
