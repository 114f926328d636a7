//! The tables of a statement: the main one, and one for each reference that a path follows.

use std::sync::Arc;

use guanxi_model::column::ColumnType;
use guanxi_model::meta::FieldType;
use guanxi_model::{Error, Object, ObjectNo, Result, Schema};

use crate::dialect::quote;
use crate::resolve::{Hop, Resolved, field_of, is_bin_field, resolve, unknown};
use crate::tree::Path;

/// The most tables joined; SQLite takes 64 in one statement.
const MAX_JOINS: usize = 48;

/// A joined table.
#[derive(Clone, Debug)]
pub(crate) struct Join {
    /// Alias number of the table it hangs on; 0 is the main one.
    parent: usize,
    /// API name of the reference field.
    field: String,
    /// Column of the reference.
    column: String,
    /// The object it leads to.
    pub(crate) object: Arc<Object>,
}

/// The tables of a statement.
#[derive(Clone, Debug)]
pub(crate) struct Tables<'a> {
    schema: &'a Schema,
    main: Arc<Object>,
    deleted: bool,
    joins: Vec<Join>,
}

/// A path as SQL.
#[derive(Clone, Debug)]
pub(crate) struct Operand {
    /// How the path was written, for messages.
    pub(crate) path: Path,
    /// The type of the value.
    pub(crate) ty: FieldType,
    /// Its columns as SQL, the main one first.
    pub(crate) columns: Vec<String>,
    /// The type of the main column.
    pub(crate) column_type: ColumnType,
    /// Whether it can be empty.
    pub(crate) nullable: bool,
    /// For ids and references: the objects it can belong to.
    pub(crate) objects: Vec<ObjectNo>,
    /// For each reference followed: SQL of the joined record's id.
    pub(crate) hops: Vec<String>,
    /// Whether it is the id of the main record.
    pub(crate) main_id: bool,
    /// The object and the field it is of.
    pub(crate) field: (ObjectNo, String),
    /// SQL of the owner of the record it is of.
    pub(crate) owner: String,
}

impl Operand {
    /// The main column.
    pub(crate) fn main(&self) -> &str {
        &self.columns[0]
    }
}

/// Whether a column of a live record is never NULL: then neither its order nor its index says where NULL stands.
pub(crate) fn never_null(object: &Object, field: &str) -> bool {
    let system = ["id", "created_at", "updated_at", "version"].contains(&field);
    system || field_of(object, field).is_some_and(|f| f.def.ty == FieldType::Boolean)
}

impl<'a> Tables<'a> {
    pub(crate) fn new(schema: &'a Schema, main: &Arc<Object>, deleted: bool) -> Tables<'a> {
        Tables { schema, main: Arc::clone(main), deleted, joins: Vec::new() }
    }

    pub(crate) fn main(&self) -> &Arc<Object> {
        &self.main
    }

    pub(crate) fn joins(&self) -> &[Join] {
        &self.joins
    }

    /// The objects of all tables.
    pub(crate) fn objects(&self) -> Vec<ObjectNo> {
        (0..=self.joins.len()).map(|alias| self.object(alias).no).collect()
    }

    /// The object of an alias number.
    pub(crate) fn object(&self, alias: usize) -> &Arc<Object> {
        if alias == 0 { &self.main } else { &self.joins[alias - 1].object }
    }

    /// What a path of the main object is in SQL; joins the tables it needs.
    pub(crate) fn operand(&mut self, path: &Path) -> Result<Operand> {
        let found = resolve(self.schema, &self.main, path)?;
        let bin = found.hops.first().is_some_and(|h| is_bin_field(&h.field)) || (found.hops.is_empty() && is_bin_field(&found.field));
        if bin && !self.deleted {
            return Err(unknown(&self.main, path, &path.segments[0]));
        }
        let mut aliases = vec![0];
        let mut hops = Vec::new();
        for hop in &found.hops {
            aliases = self.follow(aliases[0], hop, path)?;
            hops.push(coalesce(aliases.iter().map(|a| format!("t{a}.\"id\"")).collect()));
        }
        Ok(Operand { hops, ..self.at(&aliases, &found, path) })
    }

    /// What a path of the object with this alias is in SQL; no references are followed. For row predicates.
    pub(crate) fn own_operand(&self, alias: usize, path: &Path) -> Result<Operand> {
        let found = resolve(self.schema, self.object(alias), path)?;
        if !found.hops.is_empty() || is_bin_field(&found.field) {
            return Err(Error::internal(format!("row predicate over a path: {path}")));
        }
        Ok(self.at(&[alias], &found, path))
    }

    fn follow(&mut self, parent: usize, hop: &Hop, path: &Path) -> Result<Vec<usize>> {
        let column = field_of(&hop.from, &hop.field).map_or(hop.field.as_str(), |f| f.columns[0].name.as_str());
        let mut aliases = Vec::new();
        for object in &hop.to {
            let known = self.joins.iter().position(|j| j.parent == parent && j.field == hop.field && j.object.no == object.no);
            let index = known.unwrap_or(self.joins.len());
            if known.is_none() {
                if self.joins.len() == MAX_JOINS {
                    return Err(too_large(path.position));
                }
                let column = format!("t{parent}.{}", quote(column));
                self.joins.push(Join { parent, field: hop.field.clone(), column, object: Arc::clone(object) });
            }
            aliases.push(index + 1);
        }
        Ok(aliases)
    }

    /// The columns of a resolved field; with several aliases, of whichever is there.
    fn at(&self, aliases: &[usize], found: &Resolved, path: &Path) -> Operand {
        let field = found.field();
        let several = aliases.len() > 1;
        let mut columns = Vec::new();
        let mut column_type = ColumnType::Text;
        for column in field.columns.iter().filter(|c| found.part.is_empty() || c.part == found.part) {
            if columns.is_empty() {
                column_type = column.ty;
            }
            columns.push(format!("t{}.{}", aliases[0], quote(&column.name)));
        }
        let mut ty = found.ty();
        if several {
            let named = |alias: &usize| self.name_column(*alias, &found.field);
            columns = vec![coalesce(aliases.iter().filter_map(named).collect())];
            column_type = if found.field == "id" { ColumnType::Integer } else { ColumnType::Text };
            ty = if found.field == "id" { FieldType::Id } else { FieldType::Text { max_length: 255, format: None } };
        }
        let objects = match &ty {
            FieldType::Id => aliases.iter().map(|a| self.object(*a).no).collect(),
            ty => ty.targets().iter().filter_map(|t| self.schema.object(t)).map(|o| o.no).collect(),
        };
        let joined = aliases[0] > 0;
        let nullable = joined || !(found.part.is_empty() && never_null(&found.object, &found.field));
        let main_id = !joined && found.field == "id";
        let owner = coalesce(aliases.iter().map(|a| format!("t{a}.\"owner_id\"")).collect());
        let field = (found.object.no, found.field.clone());
        Operand { path: path.clone(), ty, columns, column_type, nullable, objects, hops: Vec::new(), main_id, field, owner }
    }

    /// The id, or the column of the name where it is text, of one of several targets.
    fn name_column(&self, alias: usize, field: &str) -> Option<String> {
        if field == "id" {
            return Some(format!("t{alias}.\"id\""));
        }
        let column = self.object(alias).name_field().columns.first()?;
        (column.ty == ColumnType::Text).then(|| format!("t{alias}.{}", quote(&column.name)))
    }
}

/// The error for a query that would need more than the engines take.
pub(crate) fn too_large(position: usize) -> Error {
    Error::bad_request(
        "query_too_large",
        "查询涉及的关联、条件或字段太多，请拆分查询。",
        "The query has too many references, conditions or fields; please split it.",
    )
    .at(position)
}

impl Join {
    /// `LEFT JOIN … ON …` up to the row predicate.
    pub(crate) fn sql(&self, alias: usize) -> String {
        let table = quote(self.object.name());
        format!(" LEFT JOIN {table} AS t{alias} ON t{alias}.\"id\" = {} AND t{alias}.\"deleted_at\" IS NULL", self.column)
    }
}

fn coalesce(columns: Vec<String>) -> String {
    match columns.as_slice() {
        [] => "NULL".to_owned(),
        [one] => one.clone(),
        several => format!("COALESCE({})", several.join(", ")),
    }
}
