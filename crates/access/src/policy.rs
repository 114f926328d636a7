//! What a role means for an object, as one answer.

use guanxi_model::meta::{ObjectRights, RoleDef, Scope};
use guanxi_model::{Ctx, Object, Schema};

/// The rights of one user, derived from the role and the organisation's settings on every request.
#[derive(Clone, Copy, Debug)]
pub struct Policy<'a> {
    schema: &'a Schema,
    role: Option<&'a RoleDef>,
}

/// Objects whose records only administrators may write, whatever a role file says: writing them would be a way to more rights.
const ADMINISTERED: [&str; 1] = ["user"];

const EVERYTHING: ObjectRights = ObjectRights { create: true, read: true, edit: true, delete: true, scope: Scope::All };

impl<'a> Policy<'a> {
    /// The policy of the request's user. A role that does not exist gives no rights.
    pub fn of(ctx: &Ctx, schema: &'a Schema) -> Policy<'a> {
        Policy { schema, role: schema.roles.get(&ctx.role) }
    }

    /// Whether everything is allowed.
    pub fn administrator(self) -> bool {
        self.role.is_some_and(|r| r.administrator)
    }

    /// May import files.
    pub fn import(self) -> bool {
        self.role.is_some_and(|r| r.administrator || r.import)
    }

    /// May export.
    pub fn export(self) -> bool {
        self.role.is_some_and(|r| r.administrator || r.export)
    }

    /// The rights on an object; `scope` is never `Setting`.
    pub fn rights(self, object: &Object) -> ObjectRights {
        let Some(role) = self.role else {
            return ObjectRights::default();
        };
        if role.administrator {
            return EVERYTHING;
        }
        let mut rights = role.objects.get(object.name()).or_else(|| role.objects.get("*")).copied().unwrap_or_default();
        if rights.scope == Scope::Setting {
            rights.scope = self.schema.settings.standard_user_scope;
        }
        if ADMINISTERED.contains(&object.name()) {
            rights = ObjectRights { create: false, edit: false, delete: false, ..rights };
        }
        rights
    }
}
