//! Saved views: those of the packs, those an administrator shares, those of a team, and everyone's own.

use std::collections::BTreeMap;
use std::sync::Arc;

use guanxi_access::{Policy, Purpose, on_behalf_of_product};
use guanxi_model::meta::check::{self, Definitions};
use guanxi_model::meta::{
    BoardDef, CalendarDef, Filter, ObjectDef, PicklistDef, PipelineDef, RoleDef, RoleKind, SortDef, ViewDef, ViewKind,
};
use guanxi_model::{Cell, Ctx, Error, FieldError, Label, Object, Result, Schema};
use guanxi_query::tree::{Comparison, Expr, Literal};
use guanxi_query::{Page, Query};
use guanxi_store::sys::SavedView;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Organisation;

/// The member of a stored view with the number of the team that it is for.
const TEAM: &str = "team";

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
    /// Table, board or calendar.
    pub kind: ViewKind,
    /// Columns.
    pub columns: Vec<String>,
    /// Widths of columns in pixels, where they differ from what their type suggests.
    pub widths: BTreeMap<String, u16>,
    /// How many of the first columns stay in view.
    pub pinned: u16,
    /// Which records.
    pub filter: Option<Filter>,
    /// Order.
    pub sort: Vec<SortDef>,
    /// For a board.
    pub board: Option<BoardDef>,
    /// For a calendar.
    pub calendar: Option<CalendarDef>,
    /// Whether the object opens with it.
    pub default: bool,
    /// `pack`, `shared`, `team` or `private`.
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
    /// Table, board or calendar.
    #[serde(default)]
    pub kind: ViewKind,
    /// Columns.
    pub columns: Vec<String>,
    /// Widths of columns in pixels.
    #[serde(default)]
    pub widths: BTreeMap<String, u16>,
    /// How many of the first columns stay in view.
    #[serde(default)]
    pub pinned: u16,
    /// Which records.
    #[serde(default)]
    pub filter: Option<Filter>,
    /// Order.
    #[serde(default)]
    pub sort: Vec<SortDef>,
    /// For a board.
    #[serde(default)]
    pub board: Option<BoardDef>,
    /// For a calendar.
    #[serde(default)]
    pub calendar: Option<CalendarDef>,
    /// Whether the object opens with it.
    #[serde(default)]
    pub default: bool,
    /// `shared` (administrators), `team` or `private`.
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
    /// Everyone in the team that its maker was in when it was saved.
    Team,
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
    let mut team = None;
    for name in names {
        for saved in org.store().views(&name, ctx.user).await? {
            let Some((view, of_team)) = stored(&saved) else { continue };
            if let Some(of_team) = of_team
                && saved.owner != ctx.user
            {
                let own = match team {
                    Some(known) => known,
                    None => *team.insert(team_of(org, ctx).await?),
                };
                if own != Some(of_team) {
                    continue;
                }
            }
            views.push(shown(org, ctx, &saved, view));
        }
    }
    let policy = Policy::of(ctx, &schema);
    views.retain_mut(|view| narrow(policy, &schema, view));
    Ok(views)
}

/// Takes out of a view what its reader does not see. A view that is made by such a field (it filters by it, or has a column of a board for
/// each of its values) is none for this reader.
fn narrow(policy: Policy<'_>, schema: &Schema, view: &mut View) -> bool {
    let Some(object) = schema.object(&view.object) else { return false };
    if policy.administrator() {
        return true;
    }
    if !policy.reads(object) {
        return false;
    }
    let open = |path: &str| policy.path(object, path).is_open();
    view.columns.retain(|path| !policy.path(object, path).is_hidden());
    view.widths.retain(|path, _| view.columns.contains(path));
    view.sort.retain(|sort| open(&sort.field));
    if let Some(board) = &mut view.board {
        board.total = board.total.take().filter(|total| open(total));
    }
    let mut needed: Vec<&str> = view.filter.iter().flat_map(Filter::fields).collect();
    needed.extend(view.board.iter().map(|board| board.group_by.as_str()));
    needed.extend(view.calendar.iter().map(|calendar| calendar.date.as_str()));
    needed.into_iter().all(open)
}

/// The team that the user is in now.
async fn team_of(org: &Organisation, ctx: &Ctx) -> Result<Option<i64>> {
    let query = Query::fields("user", &["team_id"]).and(Expr::Compare("id".into(), Comparison::Eq, Literal::Id(ctx.user.0)));
    let query = on_behalf_of_product(Purpose::Membership, query);
    let rows = org.store().select(ctx, &org.schema(), &query, &Page { limit: 1, ..Page::default() }).await?;
    Ok(rows.rows().next().and_then(|row| row.first()).and_then(Cell::as_int))
}

/// A saved view, and the team that it is for.
fn stored(saved: &SavedView) -> Option<(NewView, Option<i64>)> {
    let mut body: Value = serde_json::from_str(&saved.body).ok()?;
    let team = body.as_object_mut()?.remove(TEAM).and_then(|t| t.as_i64());
    Some((serde_json::from_value(body).ok()?, team))
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
        widths: view.widths,
        pinned: view.pinned,
        board: view.board,
        calendar: view.calendar,
        default: view.default,
    })
}

/// Saves a view.
///
/// # Errors
/// Validation, also for a view for the team of a user without one; 403 for a shared view of a user who is no administrator.
pub async fn create(org: &Organisation, ctx: &Ctx, view: NewView) -> Result<View> {
    let id = org.store().allocate("view", 1).await?;
    let saved = SavedView { id, object: view.object.clone(), owner: ctx.user, shared: false, body: String::new() };
    put(org, ctx, saved, None, view).await
}

/// Changes a saved view; members that are absent stay.
///
/// # Errors
/// As [`create`]; 404 for a view that is not the user's to change.
pub async fn update(org: &Organisation, ctx: &Ctx, id: &str, patch: &Value) -> Result<View> {
    let saved = editable(org, ctx, id).await?;
    // Before the patch: which team a view is for is not the client's to say, and what its maker no longer sees is left out, as in reading.
    let (mut known, team) = stored(&saved).ok_or_else(no_view)?;
    let schema = org.schema();
    if let Some(object) = schema.object(&known.object) {
        let policy = Policy::of(ctx, &schema);
        known.columns.retain(|path| !policy.path(object, path).is_hidden());
        known.widths.retain(|path, _| known.columns.contains(path));
        known.sort.retain(|sort| !policy.path(object, &sort.field).is_hidden());
        known.pinned = known.pinned.min(u16::try_from(known.columns.len()).unwrap_or(u16::MAX));
    }
    let mut body = json!(known);
    if let (Value::Object(body), Value::Object(patch)) = (&mut body, patch) {
        body.extend(patch.clone());
    }
    let view = serde_json::from_value(body)
        .map_err(|e| Error::bad_request("bad_view", format!("视图内容不正确：{e}"), format!("The view is not of the right form: {e}")))?;
    put(org, ctx, SavedView { shared: false, body: String::new(), ..saved }, team, view).await
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
    if may_change(org, ctx, &saved) { Ok(saved) } else { Err(no_view()) }
}

/// Puts a view in the place of what is stored; a team that it was for stays.
async fn put(org: &Organisation, ctx: &Ctx, place: SavedView, team: Option<i64>, mut view: NewView) -> Result<View> {
    let schema = org.schema();
    if view.scope == Sharing::Shared && !Policy::of(ctx, &schema).administrator() {
        return Err(Error::forbidden("只有系统管理员可以共享视图。", "Only an administrator may share a view."));
    }
    let name = view.name.get_or_insert_with(|| format!("v{}", place.id)).clone();
    let team = match view.scope {
        Sharing::Team if team.is_some() => team,
        Sharing::Team => Some(team_of(org, ctx).await?.ok_or_else(no_team)?),
        Sharing::Private | Sharing::Shared => None,
    };
    let def = ViewDef {
        object: view.object.clone(),
        name,
        label: Label::same(view.label.clone()),
        kind: view.kind,
        columns: view.columns.clone(),
        filter: view.filter.clone(),
        sort: view.sort.clone(),
        widths: view.widths.clone(),
        pinned: view.pinned,
        board: view.board.clone(),
        calendar: view.calendar.clone(),
        default: view.default,
    };
    schema.require(&view.object)?;
    let errors = check::check_view(&def, &Seen::by(ctx, &schema));
    if !errors.is_empty() {
        return Err(Error::validation(errors));
    }
    let mut body = json!(view);
    if let Some(team) = team {
        body[TEAM] = json!(team);
    }
    let shared = view.scope != Sharing::Private;
    let saved = SavedView { object: view.object.clone(), shared, body: body.to_string(), ..place };
    org.store().view_put(&saved).await?;
    if view.default {
        one_default(org, ctx, &saved, view.scope).await?;
    }
    Ok(shown(org, ctx, &saved, view))
}

/// The definitions as a user sees them: without the fields that are hidden.
struct Seen<'a> {
    schema: &'a Schema,
    objects: BTreeMap<String, Arc<Object>>,
}

impl Seen<'_> {
    fn by<'a>(ctx: &Ctx, schema: &'a Schema) -> Seen<'a> {
        let policy = Policy::of(ctx, schema);
        let objects = schema.objects().iter().filter(|object| policy.reads(object));
        Seen { schema, objects: objects.map(|object| (object.name().to_owned(), policy.seen(object))).collect() }
    }
}

impl Definitions for Seen<'_> {
    fn object_def(&self, name: &str) -> Option<&ObjectDef> {
        self.objects.get(name).map(|object| &object.def)
    }

    fn picklist_def(&self, name: &str) -> Option<&PicklistDef> {
        self.schema.picklist_def(name)
    }

    fn pipeline_defs(&self, object: &str) -> Vec<&PipelineDef> {
        self.schema.pipeline_defs(object)
    }

    fn role_defs(&self, kind: RoleKind) -> Vec<&RoleDef> {
        self.schema.role_defs(kind)
    }
}

/// Of a user's views of one object and scope only the one just saved is the default.
async fn one_default(org: &Organisation, ctx: &Ctx, chosen: &SavedView, scope: Sharing) -> Result<()> {
    for saved in org.store().views(&chosen.object, ctx.user).await? {
        let other = saved.id != chosen.id && saved.owner == chosen.owner;
        if !other || !stored(&saved).is_some_and(|(view, _)| view.default && view.scope == scope) {
            continue;
        }
        let mut body: Value = serde_json::from_str(&saved.body).map_err(Error::internal)?;
        body["default"] = json!(false);
        org.store().view_put(&SavedView { body: body.to_string(), ..saved }).await?;
    }
    Ok(())
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
        widths: def.widths.clone(),
        pinned: def.pinned,
        board: def.board.clone(),
        calendar: def.calendar.clone(),
        default: def.default,
        scope: "pack",
        editable: false,
    }
}

fn shown(org: &Organisation, ctx: &Ctx, saved: &SavedView, view: NewView) -> View {
    View {
        id: saved.id.to_string(),
        name: view.name.unwrap_or_else(|| format!("v{}", saved.id)),
        label: view.label,
        object: view.object,
        kind: view.kind,
        columns: view.columns,
        widths: view.widths,
        pinned: view.pinned,
        filter: view.filter,
        sort: view.sort,
        board: view.board,
        calendar: view.calendar,
        default: view.default,
        scope: match view.scope {
            Sharing::Private => "private",
            Sharing::Team => "team",
            Sharing::Shared => "shared",
        },
        editable: may_change(org, ctx, saved),
    }
}

fn may_change(org: &Organisation, ctx: &Ctx, saved: &SavedView) -> bool {
    saved.owner == ctx.user || (saved.shared && Policy::of(ctx, &org.schema()).administrator())
}

fn no_team() -> Error {
    Error::field(FieldError::new(
        "scope",
        "no_team",
        "您不属于任何团队，可以选“仅自己”。",
        "you are in no team; a view of your own is possible",
    ))
}

fn no_view() -> Error {
    Error::not_found("没有这个视图。", "There is no such view.")
}
