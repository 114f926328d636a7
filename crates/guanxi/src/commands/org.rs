//! `guanxi org`: make and list organisations.

use guanxi_engine::organisation::NewOrganisation;

use super::password;
use crate::cli::OrgCreateArgs;
use crate::config::Config;
use crate::data::Data;
use crate::failure::Failure;

/// Makes an organisation and its administrator.
pub(crate) async fn create(config: &Config, args: OrgCreateArgs) -> Result<(), Failure> {
    let new = NewOrganisation {
        name: args.name,
        admin_email: args.admin_email,
        admin_password: password(args.admin_password)?,
        admin_name: args.admin_name,
        currency: args.currency,
        time_zone: args.time_zone,
    };
    let (name, email) = (new.name.clone(), new.admin_email.clone());
    let org = Data::of(config)?.create(new).await?;
    org.close().await;
    println!("Organisation {name} is ready; {email} can sign in. `guanxi serve` serves it.");
    Ok(())
}

/// Lists the organisations.
pub(crate) async fn list(config: &Config) -> Result<(), Failure> {
    for name in Data::of(config)?.names().await? {
        println!("{name}");
    }
    Ok(())
}
