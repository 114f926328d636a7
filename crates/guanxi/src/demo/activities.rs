//! Tasks, calls, meetings and notes about a record.

use guanxi_model::render::time_text;
use serde_json::{Value, json};

use super::calendar::{Calendar, is_working};
use super::rng::Rng;
use super::script::{Actor, Handle, Script};
use super::texts::{self, About};

const MINUTE_US: i64 = 60_000_000;

/// One thing done about a record on or after a day: a call, a note, a meeting or a task.
pub fn one(script: &mut Script, rng: &mut Rng, actor: Actor, day: i64, record: Handle, about: About<'_>) {
    match rng.between(1, 100) {
        1..=34 => call(script, rng, actor, day, record, about),
        35..=58 => note(script, rng, actor, day, record, about),
        59..=74 => meeting(script, rng, actor, day, record, about),
        _ => task(script, rng, actor, day, record, about),
    }
}

/// A note.
pub fn note(script: &mut Script, rng: &mut Rng, actor: Actor, day: i64, record: Handle, about: About<'_>) {
    script.create(actor, day, "note", json!({"body": about.note(rng)}), &[("related_to_id", record)]);
}

fn call(script: &mut Script, rng: &mut Rng, actor: Actor, day: i64, record: Handle, about: About<'_>) {
    let Some(at) = script.moment(actor, day) else { return };
    let values = call_values(rng, at - 170 * 60_000_000, at - 5 * 60_000_000, about);
    script.create(actor, day, "call", values, &[("related_to_id", record)]);
}

/// A call made between two moments.
pub fn call_values(rng: &mut Rng, from: i64, to: i64, about: About<'_>) -> Value {
    let result = rng.weighted(&[("answered", 74), ("no_answer", 16), ("busy", 7), ("voicemail", 3)]);
    let answered = result == "answered";
    json!({
        "name": format!("{}：{}", texts::call(rng), about.person), "at": time_text(rng.between(from / MINUTE_US, to / MINUTE_US) * MINUTE_US),
        "duration": if answered { rng.around(40, 1_500) } else { 0 }, "direction": if rng.chance(80) { "outbound" } else { "inbound" },
        "result": result, "body": (answered && rng.chance(60)).then(|| about.note(rng)),
    })
}

fn meeting(script: &mut Script, rng: &mut Rng, actor: Actor, day: i64, record: Handle, about: About<'_>) {
    let (values, on) = meeting_values(rng, day, about);
    let made = script.create(actor, day, "meeting", values, &[("related_to_id", record)]);
    if let Some(made) = made
        && rng.chance(55)
    {
        script.update(actor, on.max(made.day) + 1, made.handle, json!({"body": about.note(rng)}), &[]);
    }
}

/// A meeting planned on a day, and the day on which it will be.
pub fn meeting_values(rng: &mut Rng, day: i64, about: About<'_>) -> (Value, i64) {
    let (subject, kind) = about.meeting(rng);
    // Planned a few days ahead, so that the calendar of the coming week is not empty.
    let mut on = day + rng.between(1, 9);
    while !is_working(on) {
        on += 1;
    }
    let start = Calendar::time(on, rng.between(9, 16), rng.pick(&[0, 30]));
    let values = json!({
        "name": subject, "kind": kind, "start_at": time_text(start), "end_at": time_text(start + rng.between(2, 5) * 1_800_000_000),
        "place": if kind == "online" { "腾讯会议" } else { about.account }, "participants": about.person,
    });
    (values, on)
}

/// A task; most are done in time, some late, a few stay open past their date.
pub fn task(script: &mut Script, rng: &mut Rng, actor: Actor, day: i64, record: Handle, about: About<'_>) {
    let (values, due) = task_values(rng, day, about);
    let Some(made) = script.create(actor, day, "task", values, &[("related_to_id", record)]) else { return };
    let done = match rng.between(1, 100) {
        1..=66 => due - rng.between(0, 3),
        67..=88 => due + rng.between(1, 12),
        89..=92 => {
            script.update(actor, due, made.handle, json!({"status": "cancelled"}), &[]);
            return;
        }
        93..=96 => {
            script.update(actor, made.day + 2, made.handle, json!({"status": rng.weighted(&[("in_progress", 2), ("waiting", 1)])}), &[]);
            due + rng.between(20, 60)
        }
        _ => due + rng.between(40, 120),
    };
    let done = done.max(made.day + 1);
    if let Some(at) = script.moment(actor, done) {
        script.update(actor, done, made.handle, task_done(at), &[]);
    }
}

/// A task made on a day, and the day by which it is to be done.
pub fn task_values(rng: &mut Rng, day: i64, about: About<'_>) -> (Value, i64) {
    let due = day + rng.between(3, 16);
    let values = json!({
        "name": about.task(rng), "due_date": Calendar::date(due), "priority": rng.weighted(&[("low", 12), ("normal", 62), ("high", 20), ("urgent", 6)]),
    });
    (values, due)
}

/// What changes when a task is done.
pub fn task_done(at: i64) -> Value {
    json!({"status": "done", "completed_at": time_text(at)})
}
