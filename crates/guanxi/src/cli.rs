//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::demo::size::Size;

/// Guanxi 关系, a CRM in one program.
///
/// Options can be given on the command line, in the environment (GUANXI_…) or in a file (guanxi.toml in the data folder, or --config).
/// The command line wins over the environment, the environment over the file, the file over the defaults.
#[derive(Parser)]
#[command(name = "guanxi", version, propagate_version = true, arg_required_else_help = true, max_term_width = 110)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Args, Default, Clone)]
#[command(next_help_heading = "Where and how")]
pub(crate) struct Global {
    /// Folder of the organisations' databases and files [default: ./data; demo: a temporary folder]
    #[arg(long, global = true, env = "GUANXI_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Configuration file [default: guanxi.toml in the data folder, if it is there]
    #[arg(long, global = true, env = "GUANXI_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Address to serve [default: 127.0.0.1:8080]
    #[arg(long, global = true, env = "GUANXI_LISTEN", value_name = "HOST:PORT")]
    pub(crate) listen: Option<String>,
    /// PostgreSQL database to use instead of SQLite files: postgres://user:password@host/database
    #[arg(long, global = true, env = "GUANXI_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// Most connections to PostgreSQL [default: 16]
    #[arg(long, global = true, env = "GUANXI_DATABASE_CONNECTIONS", value_name = "N", hide_short_help = true)]
    pub(crate) database_connections: Option<usize>,
    /// What this process does: web answers requests, worker runs jobs, scheduler cleans up [default: all]
    #[arg(long, global = true, env = "GUANXI_ROLES", value_name = "web,worker,scheduler", value_delimiter = ',', hide_short_help = true)]
    pub(crate) roles: Option<Vec<Role>>,
    /// A proxy in front sets X-Forwarded-For and X-Forwarded-Proto, and nobody reaches this server but through it
    #[arg(long, global = true, env = "GUANXI_BEHIND_PROXY", num_args = 0..=1, default_missing_value = "true", require_equals = true, hide_short_help = true)]
    pub(crate) behind_proxy: Option<bool>,
    /// Largest uploaded file in MB [default: 4096 for imports; files have their own limit of 100]
    #[arg(long, global = true, env = "GUANXI_MAX_UPLOAD_MB", value_name = "MB", hide_short_help = true)]
    pub(crate) max_upload_mb: Option<u64>,
    /// Where users find the source of this program, changes included (AGPL §13) [default: the project's own repository]
    #[arg(long, global = true, env = "GUANXI_SOURCE_URL", value_name = "URL", hide_short_help = true)]
    pub(crate) source_url: Option<String>,
    /// The address under which people reach this server; links in mails begin with it [default: http://LISTEN if that is this machine alone]
    #[arg(long, global = true, env = "GUANXI_PUBLIC_URL", value_name = "URL", hide_short_help = true)]
    pub(crate) public_url: Option<String>,
    /// Breached passwords, which are refused: a folder of SHA-1 ranges as Have I Been Pwned gives them, or a sorted file of hashes
    #[arg(long, global = true, env = "GUANXI_BREACHED_PASSWORDS", value_name = "PATH", hide_short_help = true)]
    pub(crate) breached_passwords: Option<PathBuf>,
    /// What to log, as `info` or `guanxi=debug,warn` [default: warn; serve: info]
    #[arg(long, global = true, env = "GUANXI_LOG", value_name = "FILTER", hide_short_help = true)]
    pub(crate) log: Option<String>,
    /// How to log [default: text]
    #[arg(long, global = true, env = "GUANXI_LOG_FORMAT", value_name = "FORMAT", hide_short_help = true)]
    pub(crate) log_format: Option<LogFormat>,
}

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// Answers requests.
    Web,
    /// Runs jobs.
    Worker,
    /// Cleans up.
    Scheduler,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// The tasks.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Try it: a demo organisation with data, served at once; prints address and sign-in
    Demo(DemoArgs),
    /// Serve the organisations of the data folder or of the database
    Serve,
    /// Make and list organisations
    #[command(subcommand)]
    Org(OrgCommand),
    /// Add, list and deactivate users, set passwords
    #[command(subcommand)]
    User(UserCommand),
    /// Import a CSV or XLSX file into an object (with SQLite: while no server holds the data folder)
    Import(ImportArgs),
    /// Export the result of a query to a CSV or XLSX file (with SQLite: while no server holds the data folder)
    Export(ExportArgs),
    /// The search index 搜索索引
    #[command(subcommand)]
    Search(SearchCommand),
    /// The audit log 审计日志
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Print the OpenAPI 3.1 document of the REST API
    Openapi,
    /// Measure this build on this machine
    Bench(crate::bench::BenchArgs),
}

/// `guanxi demo`.
#[derive(Args)]
pub(crate) struct DemoArgs {
    /// Password of the demo administrator [default: a random one, printed]
    #[arg(long, env = "GUANXI_DEMO_PASSWORD", hide_env_values = true)]
    pub(crate) password: Option<String>,
    /// Without demo data: an empty organisation
    #[arg(long)]
    pub(crate) empty: bool,
    /// How much demo data [default: s]; m takes minutes, l about a quarter of an hour to make, and they are served with --data again at once
    #[arg(long, value_enum, ignore_case = true, conflicts_with = "empty")]
    pub(crate) size: Option<Size>,
}

/// `guanxi org …`.
#[derive(Subcommand)]
pub(crate) enum OrgCommand {
    /// Make an organisation and its administrator
    Create(OrgCreateArgs),
    /// List the organisations
    List,
}

/// `guanxi org create`.
#[derive(Args)]
pub(crate) struct OrgCreateArgs {
    /// Name: lower-case letters, digits, single underscores; at most 40 characters
    pub(crate) name: String,
    /// E-mail with which the administrator signs in
    #[arg(long, value_name = "EMAIL")]
    pub(crate) admin_email: String,
    /// The administrator's password, at least 8 characters; `-` reads a line from standard input
    #[arg(long, value_name = "PASSWORD", env = "GUANXI_ADMIN_PASSWORD", hide_env_values = true)]
    pub(crate) admin_password: String,
    /// The administrator's name
    #[arg(long, value_name = "NAME")]
    pub(crate) admin_name: Option<String>,
    /// Currency of the organisation, ISO 4217
    #[arg(long, default_value = "CNY")]
    pub(crate) currency: String,
    /// Time zone of the organisation, IANA
    #[arg(long, default_value = "Asia/Shanghai")]
    pub(crate) time_zone: String,
}

/// `guanxi user …`.
#[derive(Subcommand)]
pub(crate) enum UserCommand {
    /// Add a user
    Add(UserAddArgs),
    /// List the users
    List(OrgArg),
    /// Set a user's password; ends the user's sessions
    SetPassword(UserPasswordArgs),
    /// Deactivate a user: no further sign-in, sessions end
    Deactivate(UserArg),
}

/// `guanxi search …`.
#[derive(Subcommand)]
pub(crate) enum SearchCommand {
    /// Make the search index anew from the database (while no server uses the data folder) 从数据库重建搜索索引（请先停止使用该数据目录的服务）
    Rebuild(OrgArg),
}

/// `guanxi audit …`.
#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// Verify a log from outside: signature, every entry, every tile 从外部验证审计日志：签名、每个条目和每个散列块
    #[command(after_help = "Exit status: 0 the log verifies, 1 it does not, or could not be read.")]
    Verify(AuditVerifyArgs),
    /// Hold the database against its log: is every change and event still what was logged? (with SQLite: while no server holds the data folder) 将数据库与审计日志逐条核对（请先停止使用该数据目录的服务）
    Check(AuditCheckArgs),
    /// Write the log into a folder, in the layout of C2SP tlog-tiles (with SQLite: while no server holds the data folder) 将审计日志导出到文件夹（请先停止使用该数据目录的服务）
    Export(AuditExportArgs),
    /// Print the public key that verifies the log; note it outside this machine (with SQLite: while no server holds the data folder) 显示验证审计日志用的公钥，请另行保存
    Key(AuditKeyArgs),
}

/// `guanxi audit verify`.
#[derive(Args)]
pub(crate) struct AuditVerifyArgs {
    /// A folder that `guanxi audit export` wrote, or the address of a server, as https://crm.example.com
    #[arg(value_name = "DIR|URL")]
    pub(crate) source: String,
    /// The public key, as `guanxi audit key` printed it when you noted it
    #[arg(long, value_name = "KEY")]
    pub(crate) key: String,
    /// Token of an administrator, for a server
    #[arg(long, env = "GUANXI_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
    /// An earlier checkpoint that the log must continue
    #[arg(long, value_name = "FILE")]
    pub(crate) since: Option<PathBuf>,
}

/// `guanxi audit check`.
#[derive(Args)]
#[command(after_help = "Exit status: 0 everything is as it was logged, 1 it is not, or could not be read.")]
pub(crate) struct AuditCheckArgs {
    #[command(flatten)]
    pub(crate) org: OrgArg,
    /// The public key as you noted it; without it, that of the database is taken, which shows less
    #[arg(long, value_name = "KEY")]
    pub(crate) key: Option<String>,
    /// An earlier checkpoint that the log must continue
    #[arg(long, value_name = "FILE")]
    pub(crate) since: Option<PathBuf>,
}

/// `guanxi audit export`.
#[derive(Args)]
pub(crate) struct AuditExportArgs {
    #[command(flatten)]
    pub(crate) org: OrgArg,
    /// The folder to write into
    #[arg(value_name = "TO")]
    pub(crate) to: PathBuf,
}

/// `guanxi audit key`.
#[derive(Args)]
pub(crate) struct AuditKeyArgs {
    #[command(flatten)]
    pub(crate) org: OrgArg,
    /// Make a new key, after the old one was lost or the database was put back to an earlier state; the log says so
    #[arg(long)]
    pub(crate) renew: bool,
}

/// Which organisation.
#[derive(Args, Clone)]
pub(crate) struct OrgArg {
    /// Organisation; can be left out where there is only one
    #[arg(long, value_name = "NAME", env = "GUANXI_ORG")]
    pub(crate) org: Option<String>,
}

/// Which user.
#[derive(Args)]
pub(crate) struct UserArg {
    #[command(flatten)]
    pub(crate) org: OrgArg,
    /// The user's e-mail
    pub(crate) email: String,
}

/// `guanxi user add`.
#[derive(Args)]
pub(crate) struct UserAddArgs {
    #[command(flatten)]
    pub(crate) user: UserArg,
    /// Name
    #[arg(long)]
    pub(crate) name: String,
    /// Role: administrator, sales_manager, standard, read_only or one of your own
    #[arg(long, default_value = "standard")]
    pub(crate) role: String,
    /// Password, at least 8 characters; `-` reads a line from standard input; without one the user cannot sign in yet
    #[arg(long, env = "GUANXI_USER_PASSWORD", hide_env_values = true)]
    pub(crate) password: Option<String>,
}

/// `guanxi user set-password`.
#[derive(Args)]
pub(crate) struct UserPasswordArgs {
    #[command(flatten)]
    pub(crate) user: UserArg,
    /// Password, at least 8 characters; `-` reads a line from standard input
    #[arg(long, env = "GUANXI_USER_PASSWORD", hide_env_values = true)]
    pub(crate) password: String,
}

/// `guanxi import`.
#[derive(Args)]
#[command(after_help = "Exit status: 0 all rows imported, 1 nothing could be done, 2 some rows were refused.")]
pub(crate) struct ImportArgs {
    #[command(flatten)]
    pub(crate) org: OrgArg,
    /// API name of the object to import into, as account or opportunity
    #[arg(long)]
    pub(crate) object: String,
    /// Mapping file (JSON, as docs/api.md says under MappingFile); without it the suggested mapping is taken
    #[arg(long, value_name = "FILE")]
    pub(crate) map: Option<PathBuf>,
    /// Check every row, write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The file
    pub(crate) file: PathBuf,
}

/// `guanxi export`.
#[derive(Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    pub(crate) org: OrgArg,
    /// The query, as "SELECT name, amount FROM opportunity WHERE stage = 'won'"
    #[arg(long, value_name = "QUERY")]
    pub(crate) q: String,
    /// Format of the file
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    pub(crate) format: Format,
    /// First row: labels in your language, or API names
    #[arg(long, value_enum, default_value_t = HeaderRow::Labels)]
    pub(crate) headers: HeaderRow,
    /// The file to write
    pub(crate) out: PathBuf,
}

/// Format of an exported file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text, UTF-8 with byte order mark.
    Csv,
    /// A workbook.
    Xlsx,
    /// Cards of an address book (vCard): which records is taken from the query, not which fields.
    Vcf,
}

/// First row of an exported file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HeaderRow {
    /// Labels.
    Labels,
    /// API names.
    Names,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
