//! Tests of the query crate: text, resolution, meaning of conditions, paging, aggregates, answers, and golden SQL for both engines.

mod aggregates;
mod answers;
mod conditions;
mod dates;
mod golden;
mod orders;
mod paths;
mod printing;
mod sample;
mod syntax;
