//! `guanxi search`: the search index.

use guanxi_engine::search;

use crate::cli::OrgArg;
use crate::config::Config;
use crate::data::Data;
use crate::failure::Failure;

/// Makes the index of an organisation anew, of all of them if none is named.
pub(crate) async fn rebuild(config: &Config, args: OrgArg) -> Result<(), Failure> {
    let data = Data::of(config)?;
    let names = match args.org {
        Some(name) => vec![name],
        None => data.names().await?,
    };
    for name in names {
        let org = data.open(&name).await?;
        let rebuilt = search::rebuild(&org).await;
        org.close().await;
        println!("{name}: the search index holds {0} records 搜索索引已重建，共 {0} 条记录", rebuilt?);
    }
    Ok(())
}
