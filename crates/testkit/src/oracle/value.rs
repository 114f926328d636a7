//! Values that are known again wherever they turn up.

use serde_json::{Value as Json, json};

use super::Sight;

/// A value of a record. Texts, numbers, phone numbers and addresses are canaries: there is none of them twice in a world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A word.
    Text(String),
    /// A Chinese mobile phone number, 11 digits.
    Phone(String),
    /// An e-mail address.
    Email(String),
    /// A number.
    Integer(i64),
    /// An amount of whole yuan.
    Money(i64),
    /// Another record of the world.
    Link(usize),
}

impl Value {
    /// The words by which it is known again: runs of ASCII letters and digits.
    pub fn words(&self) -> Vec<String> {
        match self {
            Value::Text(text) => vec![text.clone()],
            Value::Phone(number) => vec![number.clone(), format!("86{number}")],
            Value::Email(address) => address.split('@').take(1).map(str::to_owned).collect(),
            Value::Integer(n) | Value::Money(n) => vec![n.to_string()],
            Value::Link(_) => Vec::new(),
        }
    }

    /// How the API takes it.
    pub fn input(&self, id: impl Fn(usize) -> String) -> Json {
        match self {
            Value::Text(text) | Value::Phone(text) | Value::Email(text) => json!(text),
            Value::Integer(n) => json!(n),
            Value::Money(n) => json!(format!("{n}")),
            Value::Link(record) => json!(id(*record)),
        }
    }

    /// How the API shows it to one who sees so much of it.
    pub fn shown(&self, sight: Sight, id: impl Fn(usize) -> String) -> Json {
        match (sight, self) {
            (Sight::Hidden, _) => Json::Null,
            (Sight::Full, Value::Phone(number)) => json!({"e164": format!("+86{number}"), "typed": number}),
            (Sight::Full, Value::Money(n)) => json!({"amount": format!("{n}.00"), "currency": "CNY"}),
            (Sight::Full, other) => other.input(id),
            (Sight::Masked, Value::Phone(number)) => {
                let part = format!("{}****{}", &number[..3], &number[7..]);
                json!({"e164": format!("+86{part}"), "typed": part})
            }
            (Sight::Masked, Value::Email(address)) => {
                let at = address.find('@').unwrap_or(address.len());
                json!(format!("{}****{}", &address[..1], &address[at..]))
            }
            (Sight::Masked, Value::Text(text)) => json!(format!("{}****", &text[..1])),
            (Sight::Masked, _) => Json::Null,
        }
    }

    /// How an export shows it.
    pub fn exported(&self, sight: Sight) -> Option<String> {
        match (self, self.shown(sight, |_| String::new())) {
            (Value::Link(_) | Value::Phone(_), _) => None,
            (_, Json::Object(parts)) => parts.get("amount").and_then(Json::as_str).map(str::to_owned),
            (_, Json::Null) => Some(String::new()),
            (_, Json::String(text)) => Some(text),
            (_, other) => Some(other.to_string()),
        }
    }

    /// How a query names it.
    pub fn literal(&self) -> String {
        match self {
            Value::Text(text) | Value::Email(text) => format!("'{text}'"),
            Value::Phone(number) => format!("'+86{number}'"),
            Value::Integer(n) | Value::Money(n) => n.to_string(),
            Value::Link(_) => "NULL".to_owned(),
        }
    }
}
