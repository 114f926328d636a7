//! Saved views: those of the packs, those an administrator shares, and everyone's own.

use guanxi_access::Policy;
use guanxi_model::meta::{BoardDef, Filter, SortDef, ViewDef, ViewKind, check};
use guanxi_model::{Ctx, Error, Label, Result};
use guanxi_store::sys::SavedView;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Organisation;

/// A view as the API shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct View {
    /// Of a pack's view `object.name`, of the others a number, as text.
    pub id: String,
    /// API name.
    pub name: String,
    /// Label in the reader's language.
    pub label: String,
    /// The object.
    pub object: String,
    /// Table or board.
    pub kind: ViewKind,
    /// Columns.
    pub columns: Vec<String>,
    /// Which records.
    pub filter: Option<Filter>,
    /// Order.
    pub sort: Vec<SortDef>,
    /// For a board.
    pub board: Option<BoardDef>,
    /// Whether the object opens with it.
    pub default: bool,
    /// `pack`, `shared` or `private`.
    pub scope: &'static str,
    /// Whether the reader may change it.
    pub editable: bool,
}

/// A view to be saved. Also the stored form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewView {
    /// The object.
    pub object: String,
    /// Label, as its maker wrote it.
    pub label: String,
    /// API name; made from the id if absent.
    #[serde(default)]
    pub name: Option<String>,
    /// Table or board.
    #[serde(default)]
    pub kind: ViewKind,
    /// Columns.
    pub columns: Vec<String>,
    /// Which records.
    #[serde(default)]
    pub filter: Option<Filter>,
    /// Order.
    #[serde(default)]
    pub sort: Vec<SortDef>,
    /// For a board.
    #[serde(default)]
    pub board: Option<BoardDef>,
    /// Whether the object opens with it.
    #[serde(default)]
    pub default: bool,
    /// `shared` (administrators) or `private`.
    #[serde(default)]
    pub scope: Sharing,
}

/// Who sees a saved view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// Its maker.
    #[default]
    Private,
    /// Everyone.
    Shared,
}

/// The views of an object (or of all) that the user sees.
///
/// # Errors
/// Those of the store.
pub async fn list(org: &Organisation, ctx: &Ctx, object: Option<&str>) -> Result<Vec<View>> {
    let schema = org.schema();
    let wanted = |name: &str| object.is_none_or(|o| o == name);
    let mut views: Vec<View> = schema.views.iter().filter(|v| wanted(&v.object)).map(|v| of_pack(ctx, v)).collect();
    let names: Vec<String> = match object {
        Some(name) => vec![name.to_owned()],
        None => schema.objects().iter().map(|o| o.name().to_owned()).collect(),
    };
    for name in names {
        let saved = org.store().views(&name, ctx.user).await?;
        views.extend(saved.iter().filter_map(|v| of_user(org, ctx, v)));
    }
    Ok(views)
}

/// The definition of one view, by its id or, for a pack's, its name.
///
/// # Errors
/// 404 if there is none, or it is another's.
pub async fn definition(org: &Organisation, ctx: &Ctx, object: &str, id: &str) -> Result<ViewDef> {
    let views = list(org, ctx, Some(object)).await?;
    let view = views.into_iter().find(|v| v.id == id || v.name == id).ok_or_else(no_view)?;
    Ok(ViewDef {
        object: view.object,
        name: view.name,
        label: Label::same(view.label),
        kind: view.kind,
        columns: view.columns,
        filter: view.filter,
        sort: view.sort,
        board: view.board,
        default: view.default,
    })
}

/// Saves a view.
///
/// # Errors
/// Validation; 403 for a shared view of a user who is no administrator.
pub async fn create(org: &Organisation, ctx: &Ctx, view: NewView) -> Result<View> {
    let id = org.store().allocate("view", 1).await?;
    put(org, ctx, id, view).await
}

/// Changes a saved view; members that are absent stay.
///
/// # Errors
/// As [`create`]; 404 for a view that is not the user's to change.
pub async fn update(org: &Organisation, ctx: &Ctx, id: &str, patch: &Value) -> Result<View> {
    let saved = editable(org, ctx, id).await?;
    let mut body: Value = serde_json::from_str(&saved.body).map_err(Error::internal)?;
    if let (Value::Object(body), Value::Object(patch)) = (&mut body, patch) {
        body.extend(patch.clone());
    }
    let view = serde_json::from_value(body)
        .map_err(|e| Error::bad_request("bad_view", format!("视图内容不正确：{e}"), format!("The view is not of the right form: {e}")))?;
    put(org, ctx, saved.id, view).await
}

/// Deletes a saved view.
///
/// # Errors
/// 404 for a view that is not the user's to change.
pub async fn delete(org: &Organisation, ctx: &Ctx, id: &str) -> Result<()> {
    let saved = editable(org, ctx, id).await?;
    org.store().view_delete(saved.id).await.map(drop)
}

async fn editable(org: &Organisation, ctx: &Ctx, id: &str) -> Result<SavedView> {
    let number = id.parse().map_err(|_| no_view())?;
    let saved = org.store().view(number).await?.ok_or_else(no_view)?;
    let administrator = Policy::of(ctx, &org.schema()).administrator();
    if saved.owner == ctx.user || (saved.shared && administrator) { Ok(saved) } else { Err(no_view()) }
}

async fn put(org: &Organisation, ctx: &Ctx, id: i64, mut view: NewView) -> Result<View> {
    let schema = org.schema();
    if view.scope == Sharing::Shared && !Policy::of(ctx, &schema).administrator() {
        return Err(Error::forbidden("只有系统管理员可以共享视图。", "Only an administrator may share a view."));
    }
    let name = view.name.get_or_insert_with(|| format!("v{id}")).clone();
    let def = ViewDef {
        object: view.object.clone(),
        name,
        label: Label::same(view.label.clone()),
        kind: view.kind,
        columns: view.columns.clone(),
        filter: view.filter.clone(),
        sort: view.sort.clone(),
        board: view.board.clone(),
        default: view.default,
    };
    schema.require(&view.object)?;
    let errors = check::check_view(&def, schema.as_ref());
    if !errors.is_empty() {
        return Err(Error::validation(errors));
    }
    let saved = SavedView {
        id,
        object: view.object.clone(),
        owner: ctx.user,
        shared: view.scope == Sharing::Shared,
        body: json!(view).to_string(),
    };
    org.store().view_put(&saved).await?;
    of_user(org, ctx, &saved).ok_or_else(|| Error::internal("a view just saved does not parse"))
}

fn of_pack(ctx: &Ctx, def: &ViewDef) -> View {
    View {
        id: format!("{}.{}", def.object, def.name),
        name: def.name.clone(),
        label: def.label.get(ctx.lang).to_owned(),
        object: def.object.clone(),
        kind: def.kind,
        columns: def.columns.clone(),
        filter: def.filter.clone(),
        sort: def.sort.clone(),
        board: def.board.clone(),
        default: def.default,
        scope: "pack",
        editable: false,
    }
}

fn of_user(org: &Organisation, ctx: &Ctx, saved: &SavedView) -> Option<View> {
    let body: NewView = serde_json::from_str(&saved.body).ok()?;
    let administrator = Policy::of(ctx, &org.schema()).administrator();
    Some(View {
        id: saved.id.to_string(),
        name: body.name.unwrap_or_else(|| format!("v{}", saved.id)),
        label: body.label,
        object: body.object,
        kind: body.kind,
        columns: body.columns,
        filter: body.filter,
        sort: body.sort,
        board: body.board,
        default: body.default,
        scope: if saved.shared { "shared" } else { "private" },
        editable: saved.owner == ctx.user || (saved.shared && administrator),
    })
}

fn no_view() -> Error {
    Error::not_found("没有这个视图。", "There is no such view.")
}
