//! The use cases of an import: upload, mapping, dry run, run, error file, undo.

use bytes::Bytes;
use futures_util::Stream;
use guanxi_access::{ADMINISTERED, Policy, sensitive};
use guanxi_model::money::{Currency, currency};
use guanxi_model::{Ctx, Error, ErrorKind, Label, Object, Result, Schema};
use guanxi_query::Page;
use guanxi_query::tree::Query;
use guanxi_store::sys::{ImportRow, NewEvent};
use serde_json::json;

use super::detect::{Detected, Given, detect};
use super::model::{Column, Format, Import, ImportPatch, MappingFile, Missing, State};
use super::plan::{self, Plan};
use super::source::Source;
use super::state::{self, Kept, Stored, check_right, may_see};
use super::table::{Reading, bad};
use super::{failed, handlers, suggest};
use crate::audit::events::{self, About, Kind};
use crate::files::{Opened, clean_name};
use crate::jobs::{self, Job, NewJob};
use crate::{Organisation, read, schema_change, undo};

/// The largest file, whatever the limit of other files is.
const MAX_FILE: u64 = 1 << 30;

/// Imports listed.
const LISTED: u32 = 200;

/// Records of a looked-up object among which misspelt names are looked for.
const NAMES: u32 = 2_000;

/// Takes a file in and looks at it.
///
/// # Errors
/// 403 without the right to import; 413 above the limit; 422 with what is wrong with the file.
pub async fn create<S>(org: &Organisation, ctx: &Ctx, object: &str, file_name: &str, stream: S) -> Result<Import>
where
    S: Stream<Item = std::io::Result<Bytes>> + Send + Unpin,
{
    check_right(org, ctx)?;
    check_object(org, ctx, object)?;
    let storage = format!("imports/{:016x}{:016x}", org.random().positive_i64(), org.random().positive_i64());
    let key = format!("{storage}/source");
    org.files().put(&key, stream, MAX_FILE.max(org.files().limit())).await?;
    let looked = look(org, &key, Given::default()).await;
    let detected = match looked {
        Ok(detected) => detected,
        Err(error) => {
            org.files().delete(&key).await?;
            return Err(error);
        }
    };
    let stored = new(org, ctx, object, file_name, storage, detected).await?;
    let id = org.store().allocate("import", 1).await?;
    let mut kept = Kept { row: ImportRow { id, body: String::new(), created_at: org.now_us(), user: ctx.user }, stored };
    kept.save(org).await?;
    kept.shown(org).await
}

/// A stored import of what was found in a file, with the suggested mapping.
pub(crate) async fn new(
    org: &Organisation,
    ctx: &Ctx,
    object: &str,
    file_name: &str,
    storage: String,
    detected: Detected,
) -> Result<Stored> {
    let mut stored = Stored {
        object: object.to_owned(),
        file_name: clean_name(file_name),
        storage,
        state: State::Mapping,
        format: detected.format,
        encoding: None,
        delimiter: None,
        sheet: None,
        sheets: Vec::new(),
        rows_estimate: 0,
        columns: Vec::new(),
        mapping: MappingFile::default(),
        job: None,
        dry_run: None,
        result: None,
        change_set: None,
        error_parts: Vec::new(),
        added_values: Vec::new(),
    };
    take_in(org, ctx, &mut stored, detected).await?;
    Ok(stored)
}

async fn look(org: &Organisation, key: &str, given: Given) -> Result<Detected> {
    let source = Source::stored(org.files(), key).await?;
    tokio::task::spawn_blocking(move || detect(source.path(), &given)).await.map_err(Error::internal)?
}

async fn take_in(org: &Organisation, ctx: &Ctx, stored: &mut Stored, detected: Detected) -> Result<()> {
    (stored.format, stored.sheets, stored.rows_estimate, stored.columns) =
        (detected.format, detected.sheets, detected.rows, detected.columns);
    (stored.encoding, stored.delimiter, stored.sheet) = match detected.reading {
        Reading::Csv(dialect) => (Some(dialect.encoding), Some(char::from(dialect.delimiter).to_string()), None),
        Reading::Xlsx(sheet) => (None, None, Some(sheet)),
        Reading::Vcard => (None, None, None),
    };
    let schema = org.schema();
    let object = &Policy::of(ctx, &schema).seen(schema.require(&stored.object)?);
    stored.mapping = suggest::mapping(&schema, object, &mut stored.columns);
    if stored.format == Format::Vcard {
        make_what_cards_name(&mut stored.mapping);
    }
    misspelt_names(org, ctx, object, &mut stored.columns, &mut stored.mapping).await
}

/// A card names its company by words only: one that is not there yet is made.
fn make_what_cards_name(mapping: &mut MappingFile) {
    for column in &mut mapping.columns {
        column.missing = Missing::Create;
    }
}

/// Suggests names for cells of lookups that no record is called by, but one nearly: `GTXPro` for `GTX Pro`.
async fn misspelt_names(org: &Organisation, ctx: &Ctx, object: &Object, columns: &mut [Column], mapping: &mut MappingFile) -> Result<()> {
    let schema = org.schema();
    for mapped in &mut mapping.columns {
        let target = object.field(&mapped.field).and_then(|f| f.def.ty.targets().first().and_then(|t| schema.object(t)));
        let (Some(target), Some(column)) = (target, mapped.index.and_then(|i| columns.get_mut(i))) else { continue };
        let name = target.name_field().name();
        let Ok(rows) = read::run(org, ctx, Query::fields(target.name(), &[name]), &Page { limit: NAMES, ..Page::default() }).await else {
            continue;
        };
        if rows.next.is_some() {
            continue;
        }
        let names: Vec<&str> = rows.rows().filter_map(|r| r.first().and_then(guanxi_model::Cell::as_text)).collect();
        for cell in column.distinct.iter().map(|d| &d.value).filter(|v| !names.contains(&v.as_str())) {
            if let Some(near) = suggest::nearest(cell, names.iter().map(|n| (*n, *n))) {
                mapped.values.insert(cell.clone(), near);
            }
        }
        column.suggested = Some(mapped.clone());
    }
    Ok(())
}

fn check_object(org: &Organisation, ctx: &Ctx, object: &str) -> Result<()> {
    let schema = org.schema();
    let object = schema.require(object)?;
    let reach = Policy::of(ctx, &schema).reach(object);
    if reach.create.or(reach.edit).is_some() {
        return Ok(());
    }
    Err(Error::forbidden(
        format!("您不能新建或修改“{}”。", object.def.label.zh),
        format!("You may neither create nor edit {}.", object.def.label.en),
    ))
}

/// The user's imports (an administrator's: all), newest first.
///
/// # Errors
/// 403 without the right to import.
pub async fn list(org: &Organisation, ctx: &Ctx) -> Result<Vec<Import>> {
    check_right(org, ctx)?;
    let mut shown = Vec::new();
    for row in org.store().imports(None, LISTED).await? {
        if may_see(org, ctx, &row) {
            let stored = serde_json::from_str(&row.body).map_err(Error::internal)?;
            shown.push(Kept { row, stored }.shown(org).await?);
        }
    }
    Ok(shown)
}

/// One import.
///
/// # Errors
/// 404 when there is none or it is another user's.
pub async fn get(org: &Organisation, ctx: &Ctx, id: &str) -> Result<Import> {
    state::load(org, ctx, id).await?.shown(org).await
}

/// Changes how the file is read.
///
/// # Errors
/// 404; 409 `import_started` once it has run; 422 when the mapping names what is not there.
pub async fn update(org: &Organisation, ctx: &Ctx, id: &str, patch: ImportPatch) -> Result<Import> {
    let mut kept = state::load(org, ctx, id).await?;
    if kept.state(org).await? != State::Mapping {
        return Err(started());
    }
    if patch.sheet.is_some() || patch.encoding.is_some() || patch.delimiter.is_some() {
        let given = given(&kept.stored, &patch)?;
        let detected = look(org, &kept.stored.source_key(), given).await?;
        take_in(org, ctx, &mut kept.stored, detected).await?;
    }
    if let Some(mapping) = patch.mapping {
        kept.stored.mapping = mapping;
        check_plan(org, ctx, &kept.stored)?;
    }
    kept.stored.dry_run = None;
    kept.save(org).await?;
    kept.shown(org).await
}

fn given(stored: &Stored, patch: &ImportPatch) -> Result<Given> {
    let delimiter = patch.delimiter.as_ref().or(stored.delimiter.as_ref());
    let delimiter = match delimiter.map(String::as_bytes) {
        None => None,
        Some([byte]) if !byte.is_ascii_alphanumeric() && *byte != b'"' => Some(*byte),
        Some(b"\\t") => Some(b'\t'),
        Some(_) => {
            return Err(bad(
                "bad_delimiter",
                "分隔符须为一个字符：, ; | 或制表符。",
                "The delimiter must be one character: , ; | or a tab.",
            ));
        }
    };
    Ok(Given { sheet: patch.sheet.clone(), encoding: patch.encoding.clone().or_else(|| stored.encoding.clone()), delimiter })
}

fn started() -> Error {
    Error::new(
        ErrorKind::Conflict,
        "import_started",
        "导入已开始，不能再更改。",
        "The import has been started and cannot be changed any more.",
    )
}

/// The currency of an import's mapping, if it is not switched on yet and the user may do that.
fn new_currency(schema: &Schema, ctx: &Ctx, stored: &Stored) -> Option<Currency> {
    let named = stored.mapping.currency.as_deref().and_then(currency);
    named.filter(|c| !schema.settings.currencies.contains(c) && Policy::of(ctx, schema).administrator())
}

/// Checks an import's mapping, and changes nothing.
fn check_plan(org: &Organisation, ctx: &Ctx, stored: &Stored) -> Result<()> {
    let mut schema = Schema::clone(&org.schema());
    let new = new_currency(&schema, ctx, stored);
    schema.settings.currencies.extend(new);
    compile(&schema, ctx, stored).map(drop)
}

/// Checks an import's mapping and makes it ready to run. A currency that is named is switched on, if the user may do that.
pub(crate) async fn prepare_plan(org: &Organisation, ctx: &Ctx, stored: &Stored) -> Result<Plan> {
    if let Some(code) = new_currency(&org.schema(), ctx, stored) {
        schema_change::enable_currency(org, ctx, code.code()).await?;
    }
    compile(&org.schema(), ctx, stored)
}

fn compile(schema: &Schema, ctx: &Ctx, stored: &Stored) -> Result<Plan> {
    let object = schema.require(&stored.object)?;
    plan::compile(schema, ctx, object, &stored.mapping, &stored.headers(), stored.format == Format::Xlsx)
}

/// Queues a run that checks every row and writes nothing.
///
/// # Errors
/// 404; 409 `import_started`; 422 when the mapping is wrong.
pub async fn dry_run(org: &Organisation, ctx: &Ctx, id: &str) -> Result<Job> {
    let mut kept = state::load(org, ctx, id).await?;
    if kept.state(org).await? != State::Mapping {
        return Err(started());
    }
    prepare_plan(org, ctx, &kept.stored).await?;
    let title = title(org, &kept.stored, "检查", "Check");
    queue(org, ctx, &mut kept, handlers::DRY_RUN, title, None).await
}

/// Queues the run. One that broke off goes on where it stopped.
///
/// # Errors
/// 404; 409 `import_started`; 422 when the mapping is wrong.
pub async fn run(org: &Organisation, ctx: &Ctx, id: &str) -> Result<Job> {
    let mut kept = state::load(org, ctx, id).await?;
    if !matches!(kept.state(org).await?, State::Mapping | State::Failed | State::Cancelled) {
        return Err(started());
    }
    prepare_plan(org, ctx, &kept.stored).await?;
    if ADMINISTERED.contains(&kept.stored.object.as_str()) {
        sensitive::require(ctx)?;
    }
    kept.stored.state = State::Running;
    if kept.stored.change_set.is_none() {
        kept.stored.change_set = Some(org.random().positive_i64());
    }
    let title = title(org, &kept.stored, "导入", "Import");
    let event = event(org, ctx, kept.row.id, &kept.stored, Kind::ImportStart);
    queue(org, ctx, &mut kept, handlers::IMPORT, title, Some(&event)).await
}

fn title(org: &Organisation, stored: &Stored, zh: &str, en: &str) -> Label {
    let schema = org.schema();
    let label = schema.object(&stored.object).map_or_else(|| Label::same(&stored.object), |o| o.def.label.clone());
    Label::new(format!("{zh}{}：{}", label.zh, stored.file_name), format!("{en} {}: {}", label.en, stored.file_name))
}

/// Keeps the job's number in the import, then queues it: the job must find the import as it will be.
async fn queue(org: &Organisation, ctx: &Ctx, kept: &mut Kept, kind: &'static str, title: Label, event: Option<&NewEvent>) -> Result<Job> {
    let id = jobs::new_id(org).await?;
    kept.stored.job = Some(id);
    kept.save(org).await?;
    let payload = json!({ "import": kept.row.id.to_string() });
    jobs::enqueue_as(org, ctx, id, NewJob { kind, title, payload, max_attempts: 5 }, event).await
}

/// What the audit log says of an import.
pub(super) fn event(org: &Organisation, ctx: &Ctx, id: i64, import: &Stored, kind: Kind) -> NewEvent {
    let schema = org.schema();
    let about = schema.object(&import.object).map_or(About::Nothing, |object| About::Object(object));
    let body = json!({
        "import": id.to_string(),
        "file_name": import.file_name,
        "change_set": import.change_set.map(|set| set.to_string()),
    });
    events::event(org, ctx, kind, about, body)
}

/// The rows that failed, as CSV, with the reason.
///
/// # Errors
/// 404 when there is no import or no row failed.
pub async fn errors(org: &Organisation, ctx: &Ctx, id: &str) -> Result<Opened> {
    let kept = state::load(org, ctx, id).await?;
    failed::open(org, ctx, &kept.stored)
}

/// Queues the undo of everything that the import wrote.
///
/// # Errors
/// 404; 409 `nothing_to_undo` when it has not run or is undone already, `undo_running` while that is being done.
pub async fn undo(org: &Organisation, ctx: &Ctx, id: &str) -> Result<Job> {
    let kept = state::load(org, ctx, id).await?;
    let ended = matches!(kept.state(org).await?, State::Done | State::Failed | State::Cancelled);
    let wrote = match kept.stored.change_set {
        Some(set) if ended => !org.store().log_of_set(set, 0, 1).await?.is_empty(),
        _ => false,
    };
    if !wrote {
        return Err(Error::new(
            ErrorKind::Conflict,
            "nothing_to_undo",
            "这次导入没有可撤销的内容。",
            "There is nothing of this import to undo.",
        ));
    }
    let import = json!(kept.row.id.to_string());
    undo::refuse_second(org, handlers::UNDO, "import", &import).await?;
    let title = title(org, &kept.stored, "撤销导入", "Undo the import of");
    let payload = json!({ "import": import, "change_set": org.random().positive_i64() });
    let event = event(org, ctx, kept.row.id, &kept.stored, Kind::ImportUndo);
    let job = NewJob { kind: handlers::UNDO, title, payload, max_attempts: 5 };
    jobs::enqueue_as(org, ctx, jobs::new_id(org).await?, job, Some(&event)).await
}
