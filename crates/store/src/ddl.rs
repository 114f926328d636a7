//! Which tables, columns and indexes a change of the schema makes and drops.

use std::sync::Arc;

use guanxi_model::{Error, Field, Object, Result};
use guanxi_query::Dialect;
use guanxi_query::ddl::{self, Index};

use crate::schema::SchemaStep;

/// What a change of the schema does, in the order in which it is done.
#[derive(Debug, Default)]
pub(crate) struct Work {
    /// Tables to drop.
    pub(crate) gone: Vec<String>,
    /// Tables to make, each with its indexes.
    pub(crate) tables: Vec<Arc<Object>>,
    /// Columns to add.
    pub(crate) columns: Vec<(Arc<Object>, Field)>,
    /// Indexes to make on tables that exist, unless they are there.
    pub(crate) indexes: Vec<(Arc<Object>, Index)>,
    /// Indexes to drop, if they are there.
    pub(crate) dropped: Vec<Index>,
}

impl Work {
    /// Reads the steps.
    pub(crate) fn of(steps: &[SchemaStep]) -> Result<Work> {
        let mut work = Work::default();
        for step in steps {
            match step {
                SchemaStep::CreateTable(object) => work.tables.push(Arc::clone(object)),
                SchemaStep::AddColumns(object, field) => work.columns.push((Arc::clone(object), field_of(object, field)?.clone())),
                SchemaStep::CreateIndexes(object, field) => {
                    let field = field_of(object, field)?;
                    work.want(object, ddl::indexes(object).into_iter().filter(|i| covers(i, field)));
                }
                SchemaStep::DropIndexes(object, field) => {
                    work.drop_indexes(object, field_of(object, field)?);
                    let kept = steps.iter().any(|s| matches!(s, SchemaStep::CreateIndexes(o, f) if o.no == object.no && f == field));
                    if !kept {
                        let without = Arc::new(without(object, field));
                        let stays = ddl::indexes(&without);
                        work.want(&without, stays.into_iter());
                    }
                }
                SchemaStep::ChangeIndexes(old, new) => {
                    work.dropped.extend(ddl::changed_indexes(old, new).0);
                    work.want(new, ddl::indexes(new).into_iter());
                }
                SchemaStep::DropTable(name) => work.gone.push(name.clone()),
            }
        }
        let Work { indexes, dropped, tables, .. } = &mut work;
        dropped.retain(|d| indexes.iter().all(|(_, i)| i.name != d.name));
        indexes.retain(|(object, _)| tables.iter().all(|t| t.no != object.no));
        Ok(work)
    }

    fn want(&mut self, object: &Arc<Object>, indexes: impl Iterator<Item = Index>) {
        for index in indexes {
            if self.indexes.iter().all(|(_, i)| i.name != index.name) {
                self.indexes.push((Arc::clone(object), index));
            }
        }
    }

    /// Every index that a field can have alone or with others, whatever it was declared before.
    fn drop_indexes(&mut self, object: &Object, field: &Field) {
        for (unique, indexed) in [(false, false), (false, true), (true, false)] {
            let mut def = object.def.clone();
            for f in def.fields.iter_mut().filter(|f| f.name == field.name()) {
                (f.unique, f.external_key, f.indexed) = (unique, false, indexed);
            }
            let variant = Object::new(object.no, object.prefix.clone(), def);
            self.dropped.extend(ddl::indexes(&variant).into_iter().filter(|i| covers(i, field)));
        }
        self.dropped.sort_by(|a, b| a.name.cmp(&b.name));
        self.dropped.dedup_by(|a, b| a.name == b.name);
    }
}

/// Statements that make a table; its indexes among them.
pub(crate) fn create_object(object: &Object, dialect: Dialect) -> Vec<String> {
    ddl::create_object(object, dialect)
}

/// Statement that drops a table, if it is there.
pub(crate) fn drop_table(name: &str) -> String {
    format!("DROP TABLE IF EXISTS \"{}\"", name.replace('"', "\"\""))
}

fn field_of<'a>(object: &'a Object, field: &str) -> Result<&'a Field> {
    object.field(field).ok_or_else(|| Error::internal(format!("{} has no field {field}", object.name())))
}

fn covers(index: &Index, field: &Field) -> bool {
    index.columns.iter().any(|(name, _)| field.columns.iter().any(|c| c.name == *name))
}

fn without(object: &Object, field: &str) -> Object {
    let mut def = object.def.clone();
    def.fields.retain(|f| f.name != field);
    def.indexes.retain(|names| names.iter().all(|name| name != field));
    Object::new(object.no, object.prefix.clone(), def)
}
