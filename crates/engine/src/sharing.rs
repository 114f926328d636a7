//! How objects are shared: the organisation's defaults, the hierarchy, and the rules. A change holds from the next request of everybody on.
//! What a rule with a filter opens is kept in a table, which the write door keeps true; when a rule is new or has another filter a job goes
//! through the records that are there. Until it has done so the rule opens too little, and never too much: a rule with another filter gets
//! another number, under which nothing is known yet.

use guanxi_access::{Policy, Purpose, on_behalf_of_product, sensitive};
use guanxi_model::meta::{SharingDef, SharingRule, check};
use guanxi_model::{Ctx, Door, Error, ErrorKind, FieldError, Label, RecordId, Result};
use guanxi_query::tree::{Comparison, Expr, Literal};
use guanxi_query::{Page, Query};
use serde::Serialize;
use serde_json::{Value, json};

use crate::Organisation;
use crate::jobs::{self, JobCtx, NewJob};
use crate::metadata::row;
use crate::schema_change::{apply, begin, valid};

/// Kind of the job that goes through the records of rules.
pub(crate) const APPLY: &str = "sharing_rules";

/// What records can be shared with.
pub const GRANTEES: [&str; 5] = ["user", "team", "position", "public_group", "territory"];

/// Rows of a rule removed in one statement.
const FORGET: u32 = 5_000;

/// Writes that began before a rule was there do not know of it: they have ended when the job begins, so many microseconds later.
const SETTLE_US: i64 = 1_000_000;

/// After so many microseconds all is looked at once more: no write takes so long that it could still not know of the rule.
const AGAIN_US: i64 = 30_000_000;

/// After so many new rows the database looks anew at how they are spread.
const MANY: u64 = 10_000;

/// How many record ids one statement of the job covers: they are given out densely, over all objects.
const RANGE: i64 = 20_000;

/// How an object is shared, with what is known of its rules.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sharing {
    /// The definition.
    #[serde(flatten)]
    pub def: SharingDef,
    /// Names of rules whose records are still being looked for.
    pub pending: Vec<String>,
}

/// How every object is shared, in the order of their numbers.
///
/// # Errors
/// 403 unless an administrator asks.
pub async fn list(org: &Organisation, ctx: &Ctx) -> Result<Vec<Sharing>> {
    check_administrator(org, ctx)?;
    let schema = org.schema();
    let mut all = Vec::new();
    for object in schema.objects() {
        all.push(shown(org, object.name()).await?);
    }
    Ok(all)
}

/// How an object is shared.
///
/// # Errors
/// 403 unless an administrator asks; 404.
pub async fn get(org: &Organisation, ctx: &Ctx, object: &str) -> Result<Sharing> {
    check_administrator(org, ctx)?;
    org.schema().require(object)?;
    shown(org, object).await
}

async fn shown(org: &Organisation, object: &str) -> Result<Sharing> {
    let def = definition(org, object);
    let done = if def.conditions().next().is_some() { org.store().rules_applied().await? } else { Vec::new() };
    let pending = def.conditions().filter(|(rule, _)| !done.contains(&rule.number)).map(|(rule, _)| rule.name.clone()).collect();
    Ok(Sharing { def, pending })
}

fn definition(org: &Organisation, object: &str) -> SharingDef {
    org.schema().sharing.get(object).cloned().unwrap_or_else(|| SharingDef::of(object))
}

/// What a client names to say which state it has seen: the `ETag`.
pub fn tag(def: &SharingDef) -> String {
    use sha2::{Digest, Sha256};
    let body = serde_json::to_vec(def).unwrap_or_default();
    Sha256::digest(body)[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Says how an object is shared. `seen` is the definition's tag that the caller has seen, if it says.
///
/// # Errors
/// 403 unless an administrator asks; 404; validation; 412 if it is no longer as it was seen.
pub async fn replace(org: &Organisation, ctx: &Ctx, object: &str, mut def: SharingDef, seen: Option<&str>) -> Result<()> {
    let (_lock, schema) = begin(org, ctx).await?;
    sensitive::require(ctx)?;
    schema.require(object)?;
    let known = definition(org, object);
    if seen.is_some_and(|seen| seen != tag(&known)) {
        return Err(Error {
            current: serde_json::to_value(&known).ok().map(Box::new),
            ..Error::new(
                ErrorKind::VersionConflict,
                "version_conflict",
                "共享设置已被他人修改，请核对后再保存。",
                "The sharing settings have been changed by someone else; look at them again before saving.",
            )
        });
    }
    let mut errors = check::check_sharing(&def, schema.as_ref());
    if def.object != object {
        errors.push(FieldError::new("object", "not_changeable", "此项不能修改", "this cannot be changed"));
    }
    if org.is_administered(object) {
        errors.push(FieldError::new(
            "object",
            "not_shared",
            "此对象由管理员管理，不能共享",
            "this object is administrators'; it is not shared",
        ));
    }
    for (i, rule) in def.rules.iter().enumerate() {
        if let Some(filter) = rule.filter.as_ref().filter(|_| errors.is_empty())
            && let Err(error) = org.store().check_rules(&schema, schema.require(object)?, &[(0, filter)])
        {
            errors.push(FieldError { code: error.code, message: error.message, field: format!("rules[{i}].filter") });
        }
        for (member, ids) in [("with", &rule.with), ("owned_by", &rule.owned_by)] {
            // Whoever was named before and is gone since does no harm, and must not be in the way of other changes.
            let named = |id: &String| known.rules.iter().any(|rule| rule.with.contains(id) || rule.owned_by.contains(id));
            for id in ids.iter().filter(|id| !named(id)) {
                if grantee(org, id).await?.is_none() {
                    errors.push(unknown_grantee(&format!("rules[{i}].{member}"), id));
                }
            }
        }
    }
    valid(errors)?;
    // A write asks all of them in one statement.
    let filters: Vec<_> = def.conditions().map(|(rule, filter)| (rule.number, filter)).collect();
    if let Err(error) = org.store().check_rules(&schema, schema.require(object)?, &filters) {
        return Err(Error::field(FieldError { code: error.code, message: error.message, field: "rules".to_owned() }));
    }
    for rule in &mut def.rules {
        rule.number = match known.rules.iter().find(|old| old.name == rule.name && old.filter == rule.filter) {
            _ if rule.filter.is_none() => 0,
            Some(old) if old.number > 0 => old.number,
            _ => org.store().allocate("sharing_rule", 1).await?,
        };
    }
    if def == known {
        return Ok(());
    }
    tracing::info!(user = ctx.user.0, object, "how an object is shared was changed");
    apply(org, ctx, &[], &[row("sharing", object, &def)]).await?;
    let has = |rules: &[SharingRule], number: i64| rules.iter().any(|rule| rule.number == number);
    let gone: Vec<i64> = known.rules.iter().map(|r| r.number).filter(|n| *n > 0 && !has(&def.rules, *n)).collect();
    if !gone.is_empty() || def.rules.iter().any(|rule| rule.number > 0 && !has(&known.rules, rule.number)) {
        enqueue(org, ctx, object, &gone).await?;
    }
    Ok(())
}

async fn enqueue(org: &Organisation, ctx: &Ctx, object: &str, gone: &[i64]) -> Result<()> {
    let label = org.schema().require(object)?.def.label.clone();
    let apply = Label::new(format!("应用共享规则：{}", label.zh), format!("Applying sharing rules: {}", label.en));
    let payload = json!({"object": object, "gone": gone});
    jobs::enqueue_in(org, ctx, SETTLE_US, NewJob { kind: APPLY, title: apply, payload, max_attempts: 5 }).await?;
    let check = Label::new(format!("核对共享规则：{}", label.zh), format!("Checking sharing rules: {}", label.en));
    let payload = json!({"object": object, "check": true});
    jobs::enqueue_in(org, ctx, AGAIN_US, NewJob { kind: APPLY, title: check, payload, max_attempts: 5 }).await.map(drop)
}

/// Applies rules whose records nobody has looked for, because the program ended before there was a job, or the job failed.
///
/// # Errors
/// Those of the store.
pub async fn take_up(org: &Organisation) -> Result<()> {
    for object in pending(org).await? {
        apply_rules(org, &object, false, |_, _| Ok(())).await?;
    }
    Ok(())
}

/// Queues jobs for what [`take_up`] would do, where none waits or runs.
///
/// # Errors
/// Those of the store.
pub(crate) async fn take_up_later(org: &Organisation) -> Result<()> {
    let objects = pending(org).await?;
    if objects.is_empty() || !org.store().jobs_unfinished_of(APPLY).await?.is_empty() {
        return Ok(());
    }
    for object in objects {
        enqueue(org, &org.system_ctx(Door::System), &object, &[]).await?;
    }
    Ok(())
}

/// The objects that have rules whose records nobody has looked for.
async fn pending(org: &Organisation) -> Result<Vec<String>> {
    let schema = org.schema();
    if schema.sharing.values().all(|def| def.conditions().next().is_none()) {
        return Ok(Vec::new());
    }
    let done = org.store().rules_applied().await?;
    let open = schema.sharing.values().filter(|def| def.conditions().any(|(rule, _)| !done.contains(&rule.number)));
    Ok(open.map(|def| def.object.clone()).collect())
}

/// Goes through the records of an object's new rules, and forgets those of rules that are no more.
pub(crate) async fn run(job: JobCtx) -> Result<Value> {
    let object = job.payload["object"].as_str().unwrap_or_default();
    let check = job.payload["check"].as_bool() == Some(true);
    let records = apply_rules(&job.org, object, check, |done, total| {
        job.progress(done, Some(total));
        if job.cancelled() { Err(job.was_cancelled()) } else { Ok(()) }
    })
    .await?;
    // Those that this change has removed, and those of changes whose job was cut off.
    let schema = job.org.schema();
    let there: Vec<i64> = schema.sharing.values().flat_map(|def| def.rules.iter().map(|rule| rule.number)).collect();
    let named = job.payload["gone"].as_array().into_iter().flatten().filter_map(Value::as_i64);
    let gone: Vec<i64> = named.chain(job.org.store().rules_applied().await?).filter(|number| !there.contains(number)).collect();
    for number in gone {
        while job.org.store().rule_forget(number, FORGET).await? > 0 {
            job.hold().await?;
        }
        job.org.store().rule_is_gone(number).await?;
    }
    Ok(json!({ "records": records }))
}

/// Applies the rules of an object that have not been, or checks all; gives how many records they opened. `progress` is told how far it is.
async fn apply_rules(org: &Organisation, object: &str, check: bool, progress: impl Fn(u64, u64) -> Result<()>) -> Result<u64> {
    let schema = org.schema();
    let (Some(compiled), Some(def)) = (schema.object(object), schema.sharing.get(object)) else { return Ok(0) };
    let done = org.store().rules_applied().await?;
    let rules: Vec<_> = def.conditions().filter(|(rule, _)| check || !done.contains(&rule.number)).collect();
    let mut records = 0;
    if let Some((first, last)) = org.store().id_span(compiled).await? {
        let step = RecordId::new(RANGE, 0).0;
        let total = (last - first) / step + 1;
        for place in 0..total {
            progress(place.unsigned_abs(), total.unsigned_abs())?;
            let from = first + place * step;
            for (rule, filter) in &rules {
                if check {
                    org.store().rule_correct(&schema, compiled, rule.number, filter, (from, from + step), org.now_us()).await?;
                }
                records += org.store().rule_apply(&schema, compiled, rule.number, filter, (from, from + step), org.now_us()).await?;
            }
        }
    }
    if records > MANY {
        org.store().analyse(None).await;
    }
    for (rule, _) in &rules {
        org.store().rule_is_applied(rule.number).await?;
    }
    Ok(records)
}

/// The user, team, position, public group or territory of an id, if it is there.
///
/// # Errors
/// Those of the store.
pub(crate) async fn grantee(org: &Organisation, id: &str) -> Result<Option<(RecordId, String)>> {
    let schema = org.schema();
    let Some((object, id)) = schema.parse_id(id).filter(|(object, _)| GRANTEES.contains(&object.name())) else { return Ok(None) };
    let query = Query::fields(object.name(), &["name"]).and(Expr::Compare("id".into(), Comparison::Eq, Literal::Id(id.0)));
    let query = on_behalf_of_product(Purpose::Membership, query);
    let rows = org.store().select(&org.system_ctx(Door::System), &schema, &query, &Page { limit: 1, ..Page::default() }).await?;
    Ok(rows.rows().next().map(|row| (id, row.first().and_then(|c| c.as_text()).unwrap_or_default().to_owned())))
}

/// The error for an id that nobody has with whom something could be shared.
pub(crate) fn unknown_grantee(at: &str, id: &str) -> FieldError {
    FieldError::new(
        at,
        "unknown_grantee",
        format!("“{id}”不是用户、团队、岗位、公共组或区域"),
        format!("“{id}” is no user, team, position, public group or territory"),
    )
}

fn check_administrator(org: &Organisation, ctx: &Ctx) -> Result<()> {
    if Policy::of(ctx, &org.schema()).administrator() {
        return Ok(());
    }
    Err(Error::forbidden("只有系统管理员可以查看共享设置。", "Only an administrator may see how objects are shared."))
}
