//! An import as it is kept in the store, and as it is shown.

use guanxi_access::Policy;
use guanxi_model::{Ctx, Error, Result};
use guanxi_store::sys::{ImportRow, JobState};
use serde::{Deserialize, Serialize};

use super::model::{Column, Format, Import, ImportResult, MappingFile, RowError, State};
use super::table::{Dialect, Reading};
use crate::picklist_values::AddedValue;
use crate::{Organisation, jobs};

/// The stored form. A run's progress is kept beside it, see [`super::run::Checkpoint`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Stored {
    pub(crate) object: String,
    pub(crate) file_name: String,
    /// Where the file and what belongs to it lie.
    pub(crate) storage: String,
    pub(crate) state: State,
    pub(crate) format: Format,
    pub(crate) encoding: Option<String>,
    pub(crate) delimiter: Option<String>,
    pub(crate) sheet: Option<String>,
    pub(crate) sheets: Vec<String>,
    pub(crate) rows_estimate: u64,
    pub(crate) columns: Vec<Column>,
    pub(crate) mapping: MappingFile,
    pub(crate) job: Option<i64>,
    pub(crate) dry_run: Option<ImportResult>,
    pub(crate) result: Option<ImportResult>,
    pub(crate) change_set: Option<i64>,
    /// First rows of the stored pieces of the error file.
    pub(crate) error_parts: Vec<u64>,
    /// Picklist values that the import added.
    #[serde(default)]
    pub(crate) added_values: Vec<AddedValue>,
}

/// An import with its row of the store.
pub(crate) struct Kept {
    pub(crate) row: ImportRow,
    pub(crate) stored: Stored,
}

impl Stored {
    /// How the file is read.
    pub(crate) fn reading(&self) -> Reading {
        match self.format {
            Format::Vcard => Reading::Vcard,
            Format::Xlsx => Reading::Xlsx(self.sheet.clone().unwrap_or_default()),
            Format::Csv => Reading::Csv(Dialect {
                encoding: self.encoding.clone().unwrap_or_else(|| "UTF-8".to_owned()),
                delimiter: self.delimiter.as_deref().and_then(|d| d.bytes().next()).unwrap_or(b','),
            }),
        }
    }

    /// The columns' headers.
    pub(crate) fn headers(&self) -> Vec<String> {
        self.columns.iter().map(|c| c.header.clone()).collect()
    }

    /// Where the file lies.
    pub(crate) fn source_key(&self) -> String {
        format!("{}/source", self.storage)
    }
}

/// May the user import at all?
///
/// # Errors
/// 403.
pub(crate) fn check_right(org: &Organisation, ctx: &Ctx) -> Result<()> {
    if Policy::of(ctx, &org.schema()).import() {
        return Ok(());
    }
    Err(Error::forbidden("您没有导入数据的权限。", "You may not import data."))
}

/// Loads an import that the user may see.
///
/// # Errors
/// 403 without the right to import; 404 when there is none or it is another user's.
pub(crate) async fn load(org: &Organisation, ctx: &Ctx, id: &str) -> Result<Kept> {
    check_right(org, ctx)?;
    let no_import = || Error::not_found("没有这次导入。", "There is no such import.");
    let id: i64 = id.parse().map_err(|_| no_import())?;
    let row = org.store().import(id).await?.filter(|row| may_see(org, ctx, row)).ok_or_else(no_import)?;
    let stored = serde_json::from_str(&row.body).map_err(Error::internal)?;
    Ok(Kept { row, stored })
}

pub(crate) fn may_see(org: &Organisation, ctx: &Ctx, row: &ImportRow) -> bool {
    row.user == ctx.user || Policy::of(ctx, &org.schema()).administrator()
}

impl Kept {
    /// Writes the import back.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) async fn save(&mut self, org: &Organisation) -> Result<()> {
        self.row.body = serde_json::to_string(&self.stored).map_err(Error::internal)?;
        org.store().import_put(&self.row).await
    }

    /// What the API shows: the state of a run follows from its job.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) async fn shown(self, org: &Organisation) -> Result<Import> {
        let state = self.state(org).await?;
        let created_by = jobs::person(org, self.row.user).await?;
        let stored = self.stored;
        Ok(Import {
            id: self.row.id.to_string(),
            object: stored.object,
            file_name: stored.file_name,
            state,
            format: stored.format,
            encoding: stored.encoding.map(|e| if e.eq_ignore_ascii_case("gb18030") { e.to_uppercase() } else { e }),
            delimiter: stored.delimiter,
            sheet: stored.sheet,
            sheets: stored.sheets,
            rows_estimate: stored.rows_estimate,
            columns: stored.columns,
            mapping: stored.mapping,
            job_id: stored.job.map(|j| j.to_string()),
            dry_run: stored.dry_run,
            result: stored.result,
            created_at: guanxi_model::render::time_text(self.row.created_at),
            created_by,
        })
    }

    /// How far the import is.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) async fn state(&self, org: &Organisation) -> Result<State> {
        let (State::Running, Some(job)) = (self.stored.state, self.stored.job) else { return Ok(self.stored.state) };
        let job = org.store().job(job).await?;
        Ok(match job.map(|j| j.state) {
            Some(JobState::Queued | JobState::Running) => State::Running,
            Some(JobState::Cancelled) => State::Cancelled,
            Some(JobState::Succeeded) => State::Done,
            Some(JobState::Failed) | None => State::Failed,
        })
    }
}

/// A refusal of a row in the user's language.
pub(crate) fn row_error(ctx: &Ctx, row: u64, refusal: &super::model::Refusal) -> RowError {
    RowError { row, field: refusal.field.clone(), message: refusal.message.get(ctx.lang).to_owned() }
}

/// Removes what was uploaded for imports of an object, what is kept of rows that failed, and of rows that wait; of those that run, nothing. Gives
/// how many imports that were.
///
/// # Errors
/// Those of the store; 503 when the storage is away.
pub(crate) async fn forget_uploads(org: &Organisation, object: &str) -> Result<usize> {
    let (mut before, mut count) = (None, 0);
    loop {
        let rows = org.store().imports(before, 200).await?;
        let Some(last) = rows.last() else { return Ok(count) };
        before = Some(last.id);
        for row in rows {
            let stored: Stored = serde_json::from_str(&row.body).map_err(Error::internal)?;
            let kept = Kept { row, stored };
            if kept.stored.object == object && kept.state(org).await? != State::Running {
                org.files().delete_folder(&kept.stored.storage).await?;
                count += 1;
            }
        }
    }
}
