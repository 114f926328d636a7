//! Repository chores: `cargo run -p xtask -- schema` writes the JSON Schemas of the pack files, `-- tidy` checks the rules that
//! compilers and linters do not know.

mod repo;
mod schema;
mod tidy;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo run -p xtask -- COMMAND

  schema [--check]   write packs/schema/*.json from the types (or fail where they differ)
  tidy [CHECK…]      check the repository; the checks are:
                     imports sizes generated licences migrations packs sources words";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let root = repo::root();
    let outcome = match args.as_slice() {
        ["schema"] => schema::write(&root),
        ["schema", "--check"] => schema::check(&root),
        ["tidy", names @ ..] => tidy::run(&root, names),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
