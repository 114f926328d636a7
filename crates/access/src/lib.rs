//! Who may do what. The only place that makes an [`Authorized`] value; the store takes nothing else, so that an unauthorised
//! query or change cannot reach the database.

mod authorize;
mod policy;
pub mod sensitive;

pub use authorize::{
    Authorized, Purpose, authorize_beside, authorize_change, authorize_ids, authorize_own_reading, authorize_query,
    authorize_with_consequences, check_change, on_behalf_of_product, product_change,
};
pub use policy::{ADMINISTERED, Beside, FieldReach, Need, ObjectReach, Owners, Policy};
