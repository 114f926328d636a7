//! The history as a script: who enters which record or change at which moment. Made without a database; [`super::play`] carries it
//! out.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::calendar::Calendar;

/// A record of the script; its id is known when the script is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle(pub u32);

/// One of the company's people: the number that spreads desk sessions, and the user record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Place among the people; 0 is the administrator.
    pub number: usize,
    /// The user record; `None` for the administrator, whom the organisation has already.
    pub user: Option<Handle>,
}

/// The administrator.
pub const ADMINISTRATOR: Actor = Actor { number: 0, user: None };

/// What a step does.
#[derive(Clone, Debug)]
pub enum Act {
    /// A new record of an object.
    Create(&'static str),
    /// New values of a record.
    Update,
}

/// One record written.
#[derive(Clone, Debug)]
pub struct Step {
    /// The moment.
    pub at: i64,
    /// Who.
    pub actor: Actor,
    /// The round within the moment: a record comes after those it refers to.
    pub round: u32,
    /// What.
    pub act: Act,
    /// The record.
    pub handle: Handle,
    /// Values in API form.
    pub values: Map<String, Value>,
    /// Fields whose values are records of the script.
    pub links: Vec<(&'static str, Handle)>,
}

/// When a record was last written.
#[derive(Clone, Copy)]
struct Written {
    at: i64,
    round: u32,
}

/// The script in the making.
pub struct Script {
    /// The days.
    pub calendar: Calendar,
    /// The steps, in no order.
    pub steps: Vec<Step>,
    written: HashMap<Handle, Written>,
    next: u32,
}

/// A record in the script and the day on which it was entered.
#[derive(Clone, Copy, Debug)]
pub struct Made {
    /// The record.
    pub handle: Handle,
    /// The day.
    pub day: i64,
}

impl Script {
    /// An empty script.
    pub fn new(calendar: Calendar) -> Script {
        Script { calendar, steps: Vec::new(), written: HashMap::new(), next: 0 }
    }

    /// The administrator enters a record at the opening.
    pub fn open_with(&mut self, object: &'static str, values: Value, links: &[(&'static str, Handle)]) -> Handle {
        let handle = self.handle();
        self.put(ADMINISTRATOR, self.calendar.opening(), Act::Create(object), handle, values, links);
        handle
    }

    /// The administrator changes a record at the opening.
    pub fn open_update(&mut self, handle: Handle, values: Value, links: &[(&'static str, Handle)]) {
        self.put(ADMINISTRATOR, self.calendar.opening(), Act::Update, handle, values, links);
    }

    /// Someone enters a record in the first desk session on or after a day; `None` if that lies beyond the end.
    pub fn create(
        &mut self,
        actor: Actor,
        day: i64,
        object: &'static str,
        values: Value,
        links: &[(&'static str, Handle)],
    ) -> Option<Made> {
        let at = self.when(actor, day, links.iter().map(|(_, h)| *h))?;
        let handle = self.handle();
        self.put(actor, at, Act::Create(object), handle, values, links);
        Some(Made { handle, day: Calendar::day_of(at) })
    }

    /// Someone changes a record in the first desk session on or after a day; gives the day, or `None` if that lies beyond the end.
    pub fn update(&mut self, actor: Actor, day: i64, handle: Handle, values: Value, links: &[(&'static str, Handle)]) -> Option<i64> {
        let at = self.when(actor, day, links.iter().map(|(_, h)| *h).chain([handle]))?;
        self.put(actor, at, Act::Update, handle, values, links);
        Some(Calendar::day_of(at))
    }

    /// The moment of the session in which someone would enter something on or after a day.
    pub fn moment(&self, actor: Actor, day: i64) -> Option<i64> {
        self.calendar.session(actor.number, day, 0)
    }

    fn handle(&mut self) -> Handle {
        self.next += 1;
        Handle(self.next)
    }

    fn when(&self, actor: Actor, day: i64, needs: impl Iterator<Item = Handle>) -> Option<i64> {
        let not_before = needs.chain(actor.user).filter_map(|h| self.written.get(&h)).map(|w| w.at).max().unwrap_or(i64::MIN);
        self.calendar.session(actor.number, day, not_before)
    }

    fn put(&mut self, actor: Actor, at: i64, act: Act, handle: Handle, values: Value, links: &[(&'static str, Handle)]) {
        let needs = links.iter().map(|(_, h)| *h).chain([handle]);
        let round = needs.filter_map(|h| self.written.get(&h)).filter(|w| w.at == at).map(|w| w.round + 1).max().unwrap_or(0);
        self.written.insert(handle, Written { at, round });
        let values = match values {
            Value::Object(values) => values,
            _ => Map::new(),
        };
        self.steps.push(Step { at, actor, round, act, handle, values, links: links.to_vec() });
    }
}
