//! Paths of a tree against the schema.

use std::sync::Arc;

use guanxi_model::{Field, Object, Result, Schema};

use crate::tree::{Path, Query};

/// A path that exists: the references to follow and the field at the end.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The references followed, from the main object: each with the object it leads from.
    pub hops: Vec<Hop>,
    /// The object that has the field.
    pub object: Arc<Object>,
    /// API name of the field.
    pub field: String,
    /// The part of a compound value, empty for the whole.
    pub part: String,
}

/// One reference of a path.
#[derive(Clone, Debug, PartialEq)]
pub struct Hop {
    /// The object it leads from.
    pub from: Arc<Object>,
    /// API name of the reference field.
    pub field: String,
    /// The object it leads to. A reference to several objects can only be followed to `name` and `id`: then these are all of them.
    pub to: Vec<Arc<Object>>,
}

impl Resolved {
    /// The field's definition.
    pub fn field(&self) -> &Field {
        self.object.field(&self.field).unwrap_or_else(|| self.object.name_field())
    }
}

/// Resolves a path. Errors `unknown_field` with the path's position and, where one is near, a suggestion.
pub fn resolve(schema: &Schema, object: &Arc<Object>, path: &Path) -> Result<Resolved> {
    let _ = (schema, object, path);
    Err(guanxi_model::Error::internal("unwritten"))
}

/// Every path of a query, wherever it stands (select, filter, group, order): what `access` has to check.
pub fn paths(query: &Query) -> Vec<&Path> {
    let _ = query;
    Vec::new()
}
