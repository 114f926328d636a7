//! Carries out a script through the write door, with the clock moved to each moment.

use std::collections::HashMap;

use guanxi_engine::Organisation;
use guanxi_engine::write::{self, Operation, Options, Outcome};
use guanxi_model::clock::ManualClock;
use guanxi_model::{Ctx, Door, Error, RecordId, Result};
use serde_json::Value;

use super::bulk::Bulk;
use super::calendar::Calendar;
use super::script::{Act, Actor, Handle, Script, Step};

/// Progress is told every so many days.
const TELL_EVERY: i64 = 30;

/// The records made.
#[derive(Debug, Default)]
pub struct Played {
    ids: HashMap<Handle, RecordId>,
    /// How many updates were written.
    pub updates: u64,
    /// How many records were made, by object.
    pub created: HashMap<&'static str, u64>,
}

impl Played {
    /// The id of a record.
    ///
    /// # Errors
    /// Internal, if the script did not make it.
    pub fn id(&self, handle: Handle) -> Result<RecordId> {
        self.ids.get(&handle).copied().ok_or_else(|| Error::internal(format!("demo record {} does not exist yet", handle.0)))
    }
}

/// Plays a script, oldest moment first, with the many at work beside it. Tells how many days of the year are done, a few at a time.
///
/// # Errors
/// The first refusal of the write door.
pub async fn play(
    org: &Organisation,
    clock: &ManualClock,
    script: Script,
    (mut bulk, mut played): (Option<Bulk<'_>>, Played),
    progress: &mut impl FnMut(i64, &Played),
) -> Result<Played> {
    let start = script.calendar.start;
    let mut steps = script.steps;
    steps.sort_by_key(|s| (s.at, s.actor.number, s.round, s.handle));
    let mut told = 0;
    for group in steps.chunk_by_mut(|a, b| (a.at, a.actor.number, a.round) == (b.at, b.actor.number, b.round)) {
        if let Some(bulk) = &mut bulk {
            bulk.until(group[0].at, &mut played).await?;
        }
        clock.set(group[0].at);
        for part in group.chunks_mut(write::MAX_OPERATIONS) {
            write_group(org, part, &mut played).await?;
        }
        let day = Calendar::day_of(group[0].at) - start;
        if day >= told + TELL_EVERY {
            told = day;
            progress(day, &played);
        }
    }
    if let Some(bulk) = &mut bulk {
        bulk.until(i64::MAX, &mut played).await?;
    }
    Ok(played)
}

async fn write_group(org: &Organisation, steps: &mut [Step], played: &mut Played) -> Result<()> {
    let ctx = context(org, steps[0].actor, played)?;
    let operations = steps.iter_mut().map(|step| operation(org, step, played)).collect::<Result<Vec<_>>>()?;
    let options = Options { all_or_none: true, ..Options::default() };
    let written = write::write(org, &ctx, operations, options).await?;
    for (step, outcome) in steps.iter().zip(written.outcomes) {
        match (outcome, &step.act) {
            (Outcome::Created(row), Act::Create(object)) => {
                played.ids.insert(step.handle, row.id());
                *played.created.entry(object).or_default() += 1;
            }
            (Outcome::Updated(_), _) => played.updates += 1,
            (Outcome::Unchanged(_), _) => {}
            (other, _) => return Err(Error::internal(format!("demo record {}: {other:?}", step.handle.0))),
        }
    }
    Ok(())
}

/// The product writes on behalf of its invented people, so the door is `system` and rights are not in the way.
fn context(org: &Organisation, actor: Actor, played: &Played) -> Result<Ctx> {
    let system = org.system_ctx(Door::System);
    match actor.user {
        Some(user) => Ok(Ctx { user: played.id(user)?, ..system }),
        None => Ok(system),
    }
}

fn operation(org: &Organisation, step: &mut Step, played: &Played) -> Result<Operation> {
    let schema = org.schema();
    let mut values = std::mem::take(&mut step.values);
    for (field, target) in &step.links {
        values.insert((*field).to_owned(), Value::String(schema.id_text(played.id(*target)?)));
    }
    Ok(match step.act {
        Act::Create(object) => Operation::Create { object: object.to_owned(), values },
        Act::Update => Operation::Update { id: played.id(step.handle)?, values, version: None },
    })
}
