//! `guanxi user`: add, list and deactivate users, set passwords.

use guanxi_engine::write::{self, Operation, Options, Outcome};
use guanxi_engine::{Organisation, passwords, read, users};
use guanxi_model::{Cell, Ctx, Door, RecordId};
use guanxi_query::tree::{Comparison, Expr, Literal};
use guanxi_query::{Page, Query};
use serde_json::{Map, Value, json};

use super::password;
use crate::cli::{OrgArg, UserAddArgs, UserArg, UserPasswordArgs};
use crate::config::Config;
use crate::data::Data;
use crate::failure::{Failure, lang};

async fn open(config: &Config, org: &OrgArg) -> Result<(Organisation, Ctx), Failure> {
    let org = Data::of(config)?.open_one(org.org.as_deref()).await?;
    let ctx = Ctx { lang: lang(), ..org.system_ctx(Door::Cli) };
    Ok((org, ctx))
}

/// Adds a user.
pub(crate) async fn add(config: &Config, args: UserAddArgs) -> Result<(), Failure> {
    let password = args.password.map(password).transpose()?;
    let own = [args.name.as_str(), args.user.email.as_str()];
    if let Some(error) = password.as_deref().and_then(|p| passwords::check("password", p, &own)) {
        return Err(Failure::new(error.message.get(lang())));
    }
    let (org, ctx) = open(config, &args.user.org).await?;
    let values = members(json!({"name": args.name, "email": args.user.email, "role": args.role, "active": true}));
    let written = write::write_one(&org, &ctx, Operation::Create { object: "user".to_owned(), values }, Options::default()).await?;
    let Some(Outcome::Created(row)) = written.outcomes.first() else { return Err(Failure::new("the user was not made")) };
    if let Some(password) = &password {
        users::set_password(&org, &ctx, row.id(), password).await?;
    }
    println!(
        "User {} is ready{}.",
        args.user.email,
        if password.is_some() { "" } else { "; set a password with `guanxi user set-password`" }
    );
    org.close().await;
    Ok(())
}

/// Lists the users.
pub(crate) async fn list(config: &Config, args: OrgArg) -> Result<(), Failure> {
    let (org, ctx) = open(config, &args).await?;
    let mut page = Page { limit: read::MAX_PAGE, ..Page::default() };
    loop {
        let rows = read::query(&org, &ctx, "SELECT email, name, role, active FROM user ORDER BY email", &page).await?;
        for row in rows.rows() {
            let text = |at: usize| row.get(at).and_then(Cell::as_text).unwrap_or("").to_owned();
            let active = row.get(3).and_then(Cell::as_bool).unwrap_or(false);
            println!("{:<40} {:<16} {:<9} {}", text(0), text(2), if active { "active" } else { "inactive" }, text(1));
        }
        page.cursor = rows.next;
        if page.cursor.is_none() {
            break;
        }
    }
    org.close().await;
    Ok(())
}

/// Sets a user's password.
pub(crate) async fn set_password(config: &Config, args: UserPasswordArgs) -> Result<(), Failure> {
    let password = password(args.password)?;
    let (org, ctx) = open(config, &args.user.org).await?;
    let user = find(&org, &ctx, &args.user.email).await?;
    users::set_password(&org, &ctx, user, &password).await?;
    println!("The password of {} is set; the user's sessions have ended.", args.user.email);
    org.close().await;
    Ok(())
}

/// Deactivates a user.
pub(crate) async fn deactivate(config: &Config, args: UserArg) -> Result<(), Failure> {
    let (org, ctx) = open(config, &args.org).await?;
    let id = find(&org, &ctx, &args.email).await?;
    users::deactivate(&org, &ctx, id).await?;
    println!("User {} is deactivated; the user's sessions have ended.", args.email);
    org.close().await;
    Ok(())
}

async fn find(org: &Organisation, ctx: &Ctx, email: &str) -> Result<RecordId, Failure> {
    let is = Expr::Compare("email".into(), Comparison::Eq, Literal::Text(email.trim().to_lowercase()));
    let rows = read::run(org, ctx, Query::fields("user", &["id"]).and(is), &Page { limit: 1, ..Page::default() }).await?;
    let id = rows.rows().next().and_then(|row| row.first()).and_then(Cell::as_int);
    id.map(RecordId).ok_or_else(|| Failure::new(format!("there is no user with the e-mail {email}")))
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
