//! A newer definition of a pack meets what an organisation has made of the older one. Member by member: what the organisation left as
//! the pack had shipped it becomes what the newer pack has; what it changed stays changed; what it added stays where it stood.

use guanxi_model::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Lists whose items have a name, and the member that is the name.
const NAMED: [(&str, &str); 3] = [("fields", "name"), ("values", "value"), ("stages", "value")];

/// The three definitions of a thing.
#[derive(Clone, Copy)]
struct Three<'a> {
    /// As the older pack shipped it; `None` if that is not known: then the newer pack prevails.
    shipped: Option<&'a Value>,
    /// As the organisation has it.
    own: &'a Value,
    /// As the newer pack has it.
    new: &'a Value,
}

/// The definition that an organisation has from now on.
///
/// # Errors
/// `internal` if the result is no definition.
pub(super) fn merged<T: Serialize + DeserializeOwned>(shipped: Option<&Value>, own: &T, new: &T) -> Result<T> {
    let (own, new) = (serde_json::to_value(own).map_err(Error::internal)?, serde_json::to_value(new).map_err(Error::internal)?);
    serde_json::from_value(members(Three { shipped, own: &own, new: &new })).map_err(Error::internal)
}

fn members(all: Three<'_>) -> Value {
    let (Value::Object(own), Value::Object(new)) = (all.own, all.new) else { return prevailing(all).clone() };
    let is_field = new.contains_key("type");
    if is_field && ["type", "scale"].iter().any(|key| own.get(*key) != new.get(*key)) {
        // Its column holds another kind of value.
        return all.own.clone();
    }
    let mut out = Map::new();
    for key in new.keys().chain(own.keys().filter(|key| !new.contains_key(*key))) {
        let three = Three { shipped: all.shipped.map(|s| &s[key]), own: &all.own[key], new: &all.new[key] };
        let name = NAMED.iter().find(|(list, _)| list == key).map(|(_, name)| *name);
        let value = match (key.as_str(), name, three.own, three.new) {
            ("column", ..) => three.own.clone(),
            ("key_prefix", ..) => three.new.clone(),
            // What a lookup points to becomes more, never less: there may be records that point there.
            ("to", _, Value::Array(_), Value::Array(_)) => Value::Array(widened(three.own, three.new)),
            ("indexes", ..) => Value::Array(united(three)),
            (_, Some(name), Value::Array(_), Value::Array(_)) => Value::Array(items(three, name)),
            _ => prevailing(three).clone(),
        };
        if !value.is_null() {
            out.insert(key.clone(), value);
        }
    }
    Value::Object(out)
}

fn prevailing(all: Three<'_>) -> &Value {
    if all.shipped.is_none_or(|shipped| shipped == all.own) { all.new } else { all.own }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// One list, and what another has besides.
fn widened(own: &Value, new: &Value) -> Vec<Value> {
    let mut out = list(own).to_vec();
    out.extend(list(new).iter().filter(|item| !list(own).contains(item)).cloned());
    out
}

/// The newer pack's list, and what the organisation added to the older one.
fn united(all: Three<'_>) -> Vec<Value> {
    let mut out = list(all.new).to_vec();
    let shipped = all.shipped.map_or(list(all.own), list);
    out.extend(list(all.own).iter().filter(|item| !shipped.contains(item) && !list(all.new).contains(item)).cloned());
    out
}

/// Items by name: those of the newer pack, without those that the organisation took away, and the organisation's others, each after
/// the one that it stood after. Of a field or a value that the newer pack no longer has there may be records: it stays.
fn items(all: Three<'_>, name: &str) -> Vec<Value> {
    let of = |items: &'_ [Value], item: &Value| items.iter().position(|i| i[name] == item[name]);
    let (own, shipped) = (list(all.own), all.shipped.map(list));
    let mut out = Vec::new();
    for item in list(all.new) {
        let was_shipped = shipped.and_then(|s| of(s, item).map(|at| &s[at]));
        match of(own, item) {
            Some(at) => out.push(members(Three { shipped: was_shipped, own: &own[at], new: item })),
            None if was_shipped.is_some() && name == "value" => {}
            None => out.push(item.clone()),
        }
    }
    for (at, item) in own.iter().enumerate() {
        if of(&out, item).is_none() {
            let place = at.checked_sub(1).and_then(|before| of(&out, &own[before])).map_or(0, |place| place + 1);
            out.insert(place, item.clone());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_changed_or_added_stays() {
        let value = |v: &str, label: &str| json!({"value": v, "label": label});
        let shipped = json!({"label": "L", "values": [value("a", "A"), value("b", "B"), value("d", "D")]});
        let own = json!({"label": "Mine", "values": [value("a", "A"), value("x", "X"), value("b", "My B")]});
        let new = json!({"label": "L2", "values": [value("a", "A2"), value("b", "B2"), value("c", "C"), value("d", "D")]});
        let merged = members(Three { shipped: Some(&shipped), own: &own, new: &new });
        assert_eq!(merged, json!({"label": "Mine", "values": [value("a", "A2"), value("x", "X"), value("b", "My B"), value("c", "C")]}));
        assert_eq!(members(Three { shipped: Some(&new), own: &merged, new: &new }), merged);
    }

    #[test]
    fn a_lookup_points_to_more_and_never_to_less() {
        let field = |to: &[&str]| json!({"name": "related_to_id", "type": "lookup", "to": to});
        let (shipped, own, new) = (field(&["a", "b"]), field(&["a", "b", "x_own"]), field(&["a", "c"]));
        assert_eq!(members(Three { shipped: Some(&shipped), own: &own, new: &new }), field(&["a", "b", "x_own", "c"]));
    }

    #[test]
    fn a_field_keeps_its_column_and_its_type() {
        let shipped = json!({"fields": [{"name": "a", "type": "text"}, {"name": "b", "type": "text"}], "indexes": [["a"]]});
        let mut own = shipped.clone();
        own["fields"][0]["column"] = json!("a_2");
        let new = json!({"fields": [{"name": "a", "type": "text", "indexed": true}, {"name": "b", "type": "integer"}], "indexes": [["b"]]});
        let merged = members(Three { shipped: Some(&shipped), own: &own, new: &new });
        let fields = json!([{"name": "a", "type": "text", "indexed": true, "column": "a_2"}, {"name": "b", "type": "text"}]);
        assert_eq!(merged, json!({"fields": fields, "indexes": [["b"]]}));
    }
}
