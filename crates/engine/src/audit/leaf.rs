//! What a leaf says: one line of JSON without personal text, and the digest of the text that stays outside.

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use guanxi_model::change::Op;
use guanxi_model::{ObjectNo, RecordId, Schema, render};
use guanxi_store::LogEntry;
use guanxi_store::sys::{AuditEvent, SourceNow};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The version of the form.
pub(crate) const VERSION: u32 = 1;

/// The kind of a change of the schema, which is no change of a record.
pub(crate) const SCHEMA: &str = "schema";

/// A leaf. Its members stand in this order, those that are absent are left out: the text is always the same for the same content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The version of the form: 1.
    pub v: u32,
    /// The place in the change log, for a change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<i64>,
    /// The number of the event, for an event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<i64>,
    /// When, RFC 3339 in UTC with microseconds.
    pub at: String,
    /// Who: record id; absent where nobody is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// By which door.
    pub door: String,
    /// What: the operation of a change, the kind of an event.
    pub kind: String,
    /// API name of the object, its number if it has none any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Record id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// The version of the record, or of the schema, after a change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// The change set of a change of a record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<String>,
    /// SHA-256 of the salt and the text outside, in base64.
    pub digest: String,
}

impl Entry {
    /// The leaf's text.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a leaf's text; `None` if it is not exactly as [`Entry::text`] writes it.
    pub fn parse(text: &[u8]) -> Option<Entry> {
        let entry: Entry = serde_json::from_slice(text).ok()?;
        (entry.v == VERSION && entry.text().as_bytes() == text).then_some(entry)
    }

    /// The leaf of a change.
    pub(crate) fn of_change(schema: &Schema, change: &LogEntry, salt: &[u8; 16]) -> Entry {
        let of_record = change.object != 0;
        Entry {
            v: VERSION,
            change: Some(change.seq),
            event: None,
            at: render::time_text(change.at),
            user: id(schema, change.user),
            door: change.door.clone(),
            kind: kind_of(change.object, change.op).to_owned(),
            object: object(schema, change.object),
            record: id(schema, change.id),
            version: Some(change.version),
            set: of_record.then(|| change.change_set.to_string()),
            digest: digest(salt, &change.diff),
        }
    }

    /// The leaf of an event.
    pub(crate) fn of_event(schema: &Schema, event: &AuditEvent, salt: &[u8; 16]) -> Entry {
        Entry {
            v: VERSION,
            change: None,
            event: Some(event.id),
            at: render::time_text(event.at),
            user: id(schema, event.user),
            door: event.door.clone(),
            kind: event.kind.clone(),
            object: object(schema, event.object),
            record: id(schema, event.record),
            version: None,
            set: None,
            digest: digest(salt, &event.body),
        }
    }

    /// What the database says otherwise than this leaf: the name of a member.
    pub(crate) fn differs(&self, now: &SourceNow, salt: Option<&str>) -> Option<&'static str> {
        let number = |text: &Option<String>| text.as_deref().map_or(Some(0), |t| RecordId::decode(t).ok().map(|(_, id)| id.0));
        if self.at != render::time_text(now.at) {
            return Some("at");
        }
        if number(&self.user) != Some(now.user.0) {
            return Some("user");
        }
        if number(&self.record) != Some(now.record.0) {
            return Some("record");
        }
        if self.door != now.door {
            return Some("door");
        }
        if now.kind.as_ref().is_some_and(|kind| *kind != self.kind) {
            return Some("kind");
        }
        if let Some(op) = now.op {
            if self.kind != SCHEMA && Op::from_code(op).is_none_or(|op| op.name() != self.kind) {
                return Some("kind");
            }
            if self.version != Some(now.version) {
                return Some("version");
            }
            if self.set.as_ref().is_some_and(|set| *set != now.change_set.to_string()) {
                return Some("set");
            }
        }
        match salt {
            Some(salt) if salt_of(salt).map(|salt| digest(&salt, &now.text)).as_ref() != Some(&self.digest) => Some("digest"),
            _ => None,
        }
    }
}

/// The name of what happened to the record or to the schema.
pub(crate) fn kind_of(object: ObjectNo, op: Op) -> &'static str {
    if object == 0 { SCHEMA } else { op.name() }
}

fn id(schema: &Schema, id: RecordId) -> Option<String> {
    (id.0 != 0).then(|| schema.id_text(id))
}

fn object(schema: &Schema, no: ObjectNo) -> Option<String> {
    (no != 0).then(|| schema.by_no(no).map_or_else(|| format!("#{no}"), |o| o.name().to_owned()))
}

fn digest(salt: &[u8; 16], text: &str) -> String {
    BASE64_STANDARD_NO_PAD.encode(Sha256::new().chain_update(salt).chain_update(text).finalize())
}

/// A salt as it is stored.
pub(crate) fn salt_text(salt: &[u8; 16]) -> String {
    BASE64_STANDARD_NO_PAD.encode(salt)
}

fn salt_of(text: &str) -> Option<[u8; 16]> {
    BASE64_STANDARD_NO_PAD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(diff: &str) -> LogEntry {
        LogEntry {
            seq: 7,
            change_set: 99,
            at: 1_795_248_000_000_001,
            user: RecordId::new(1, 1),
            door: "rest".into(),
            op: Op::Update,
            object: 9,
            id: RecordId::new(5, 9),
            version: 3,
            diff: diff.into(),
        }
    }

    #[test]
    fn a_leaf_is_one_line_and_tells_no_text() {
        let entry = Entry::of_change(&Schema::default(), &change("{\"name\":[\"张三\",\"李四\"]}"), &[1; 16]);
        let text = entry.text();
        assert_eq!(
            text,
            "{\"v\":1,\"change\":7,\"at\":\"2026-11-21T08:00:00.000001Z\",\"user\":\"0000000000004GH000\",\"door\":\"rest\",\"kind\":\"update\",\
             \"object\":\"#9\",\"record\":\"000000000000LM9AA0\",\"version\":3,\"set\":\"99\",\"digest\":\"\"}"
                .replace("\"digest\":\"\"", &format!("\"digest\":\"{}\"", entry.digest))
                .replace("0000000000004GH000", entry.user.as_deref().unwrap())
                .replace("000000000000LM9AA0", entry.record.as_deref().unwrap())
        );
        assert_eq!(Entry::parse(text.as_bytes()), Some(entry));
        assert_eq!(Entry::parse(format!("{text} ").as_bytes()), None);
        assert_eq!(Entry::parse(text.replace("\"v\":1", "\"v\":2").as_bytes()), None);
    }

    #[test]
    fn every_member_is_held_against_the_database() {
        let entry = Entry::of_change(&Schema::default(), &change("{}"), &[1; 16]);
        let salt = salt_text(&[1; 16]);
        let now = SourceNow {
            at: 1_795_248_000_000_001,
            user: RecordId::new(1, 1),
            door: "rest".into(),
            op: Some(Op::Update.code()),
            kind: None,
            record: RecordId::new(5, 9),
            version: 3,
            change_set: 99,
            text: "{}".into(),
        };
        assert_eq!(entry.differs(&now, Some(&salt)), None);
        for (other, member) in [
            (SourceNow { at: 0, ..now.clone() }, "at"),
            (SourceNow { user: RecordId::new(2, 1), ..now.clone() }, "user"),
            (SourceNow { record: RecordId::new(6, 9), ..now.clone() }, "record"),
            (SourceNow { door: "cli".into(), ..now.clone() }, "door"),
            (SourceNow { op: Some(Op::Purge.code()), ..now.clone() }, "kind"),
            (SourceNow { version: 4, ..now.clone() }, "version"),
            (SourceNow { change_set: 98, ..now.clone() }, "set"),
            (SourceNow { text: "{\"a\":1}".into(), ..now.clone() }, "digest"),
        ] {
            assert_eq!(entry.differs(&other, Some(&salt)), Some(member));
        }
        let erased = SourceNow { text: String::new(), ..now };
        assert_eq!(entry.differs(&erased, None), None, "text and salt were taken away together");
    }
}
