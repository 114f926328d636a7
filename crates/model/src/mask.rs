//! What is shown of a value to those who may see it in part only: `138****5678`.

use crate::cell::Cell;
use crate::meta::FieldType;

/// Puts what may be shown of a value in its place. Of phone numbers of eleven digits and more the first three and the last four stay, of
/// shorter ones the last two; of e-mail addresses the first character and the host, of other texts the first character; of what is no text
/// nothing.
pub fn mask(ty: &FieldType, cells: &mut [Cell]) {
    for cell in cells {
        *cell = match (ty, &*cell) {
            (_, Cell::Null) => Cell::Null,
            (FieldType::Phone, Cell::Text(text)) => Cell::Text(phone(text)),
            (FieldType::Email, Cell::Text(text)) => Cell::Text(email(text)),
            (FieldType::Text { .. } | FieldType::LongText { .. } | FieldType::Url | FieldType::AutoNumber { .. }, Cell::Text(text)) => {
                Cell::Text(any(text))
            }
            _ => Cell::Null,
        };
    }
}

const STARS: &str = "****";

/// The digits but the first three of the number in the country (`+86 138…`: the country code stays) and the last four become one row of stars.
fn phone(text: &str) -> String {
    let national = text.strip_prefix("+86").unwrap_or(text);
    let country = &text[..text.len() - national.len()];
    let digits: Vec<char> = national.chars().filter(char::is_ascii_digit).collect();
    let part = |range: std::ops::Range<usize>| digits[range].iter().collect::<String>();
    match digits.len() {
        n @ 11.. => format!("{country}{}{STARS}{}", part(0..3), part(n - 4..n)),
        n @ 4.. => format!("{country}{STARS}{}", part(n - 2..n)),
        _ => STARS.to_owned(),
    }
}

fn email(text: &str) -> String {
    match text.split_once('@') {
        Some((_, host)) => format!("{}@{host}", any(text)),
        None => any(text),
    }
}

fn any(text: &str) -> String {
    match text.chars().next() {
        Some(first) if text.chars().nth(1).is_some() => format!("{first}{STARS}"),
        _ => STARS.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(ty: &FieldType, text: &str) -> Cell {
        let mut cells = [Cell::Text(text.to_owned())];
        mask(ty, &mut cells);
        cells[0].clone()
    }

    #[test]
    fn what_stays_does_not_tell_the_rest() {
        let text = FieldType::Text { max_length: 255, format: None };
        for (ty, full, part) in [
            (FieldType::Phone, "13812345678", "138****5678"),
            (FieldType::Phone, "+8613812345678", "+86138****5678"),
            (FieldType::Phone, "138 1234 5678", "138****5678"),
            (FieldType::Phone, "010-62345678", "010****5678"),
            (FieldType::Phone, "62345678", "****78"),
            (FieldType::Phone, "12345", "****45"),
            (FieldType::Phone, "110", "****"),
            (FieldType::Email, "wang@example.com", "w****@example.com"),
            (FieldType::Email, "w@example.com", "w****@example.com"),
            (text.clone(), "张三", "张****"),
            (text.clone(), "张", "****"),
        ] {
            assert_eq!(masked(&ty, full), Cell::Text(part.to_owned()), "{full}");
        }
        assert_eq!(masked(&FieldType::RichText, "<p>1</p>"), Cell::Null, "no markup is cut");
        let mut money = [Cell::Int(100), Cell::Text("CNY".to_owned())];
        mask(&FieldType::Money, &mut money);
        assert_eq!(money, [Cell::Null, Cell::Null]);
    }
}
