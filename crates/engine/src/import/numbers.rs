//! Numbers as people write them, to plain decimals: thousands separators, currency signs, percent signs, 万 and 亿, brackets for
//! negative amounts, full-width digits.

/// A number found in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    /// Plain decimal text: `-1234.50`.
    pub(crate) plain: String,
    /// Whether a percent sign follows; `plain` is what stands before it.
    pub(crate) percent: bool,
    /// The currency written with it, where it is an ISO 4217 code.
    pub(crate) currency: Option<String>,
}

impl Number {
    /// What the text is worth: `25%` is 0.25.
    pub(crate) fn value(self) -> String {
        if !self.percent {
            return self.plain;
        }
        let (sign, digits) = self.plain.strip_prefix('-').map_or(("", self.plain.as_str()), |digits| ("-", digits));
        let mut value = shifted_down(digits, 2);
        let kept = value.trim_end_matches('0').trim_end_matches('.').len();
        value.truncate(kept);
        format!("{sign}{value}")
    }
}

/// Reads a number; `None` if the text is none.
pub(crate) fn parse(text: &str) -> Option<Number> {
    if is_plain(text) {
        return Some(Number { plain: text.strip_prefix('+').unwrap_or(text).to_owned(), percent: false, currency: None });
    }
    let mut rest: String = text.chars().map(half_width).filter(|c| !c.is_whitespace() && *c != '\'').collect();
    let currency = take_currency(&mut rest);
    let bracketed = rest.starts_with('(') && rest.ends_with(')');
    if bracketed {
        rest = rest[1..rest.len() - 1].to_owned();
    }
    let mut negative = bracketed;
    rest = rest.trim_matches(is_sign_of_money).to_owned();
    if let Some(tail) = rest.strip_prefix('-') {
        (negative, rest) = (!negative, tail.trim_start_matches(is_sign_of_money).to_owned());
    } else if let Some(tail) = rest.strip_prefix('+') {
        rest = tail.to_owned();
    }
    let shift = take_multiplier(&mut rest);
    let percent = rest.ends_with('%');
    if percent {
        rest.pop();
    }
    let digits = scientific(&rest).or_else(|| separated(&rest))?;
    let mut plain = shifted(&digits, shift);
    if negative && plain.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        plain.insert(0, '-');
    }
    Some(Number { plain, percent, currency })
}

/// Digits with at most one point and a sign in front.
fn is_plain(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut points = 0;
    let plain = digits.bytes().all(|b| {
        points += usize::from(b == b'.');
        b.is_ascii_digit() || b == b'.'
    });
    plain && points <= 1 && digits.starts_with(|c: char| c.is_ascii_digit()) && !digits.ends_with('.')
}

fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '−' | '–' => '-',
        '￥' => '¥',
        _ => c,
    }
}

fn is_sign_of_money(c: char) -> bool {
    "¥$€£₩₹元圆".contains(c)
}

/// Takes an ISO 4217 code from the beginning or the end; `RMB` is the yuan.
fn take_currency(text: &mut String) -> Option<String> {
    let letters = |part: &str| part.len() == 3 && part.bytes().all(|b| b.is_ascii_alphabetic());
    let code = match (text.get(..3), text.len().checked_sub(3).and_then(|at| text.get(at..))) {
        (Some(head), _) if letters(head) => {
            let code = head.to_ascii_uppercase();
            text.drain(..3);
            code
        }
        (_, Some(tail)) if letters(tail) => {
            let code = tail.to_ascii_uppercase();
            text.truncate(text.len() - 3);
            code
        }
        _ => {
            if let Some(head) = text.strip_prefix("人民币") {
                *text = head.to_owned();
            }
            return None;
        }
    };
    let code = if code == "RMB" { "CNY".to_owned() } else { code };
    Some(code)
}

/// Takes 万 (10⁴), 亿 (10⁸), `k` and `m` from the end; gives the power of ten.
fn take_multiplier(text: &mut String) -> usize {
    for (word, power) in [("万亿", 12), ("亿", 8), ("万", 4), ("千", 3), ("k", 3), ("K", 3)] {
        if let Some(head) = text.strip_suffix(word) {
            *text = head.to_owned();
            return power;
        }
    }
    0
}

/// `1.5E+3`, as spreadsheet programs write large numbers.
fn scientific(text: &str) -> Option<String> {
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let exponent: i32 = exponent.parse().ok()?;
    if !is_plain(mantissa) || mantissa.starts_with(['-', '+']) || !(-20..=20).contains(&exponent) {
        return None;
    }
    Some(if exponent >= 0 {
        shifted(mantissa, exponent.unsigned_abs() as usize)
    } else {
        shifted_down(mantissa, exponent.unsigned_abs() as usize)
    })
}

/// Digits with thousands separators and perhaps a decimal point, English or continental.
fn separated(text: &str) -> Option<String> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit() || b == b',' || b == b'.') {
        return None;
    }
    let (comma, point) = (text.rfind(','), text.rfind('.'));
    let (group, decimal) = match (comma, point) {
        (Some(c), Some(p)) if c > p => ('.', Some(',')),
        (Some(_), Some(_)) => (',', Some('.')),
        (Some(_), None) if !is_grouped(text, ',') && text.matches(',').count() == 1 => ('.', Some(',')),
        (Some(_), None) => (',', None),
        (None, Some(_)) if text.matches('.').count() > 1 => ('.', None),
        (None, _) => (',', Some('.')),
    };
    let (whole, fraction) = match decimal.and_then(|d| text.split_once(d)) {
        Some((whole, fraction)) => (whole, fraction),
        None => (text, ""),
    };
    if fraction.contains([',', '.']) || (whole.contains(group) && !is_grouped(whole, group)) {
        return None;
    }
    let whole: String = whole.chars().filter(|c| *c != group).collect();
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let whole = if whole.is_empty() { "0".to_owned() } else { whole };
    Some(if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") })
}

/// Groups of three (or, at 万, four) digits.
fn is_grouped(text: &str, group: char) -> bool {
    let mut parts = text.split(group);
    let first = parts.next().unwrap_or("");
    let rest: Vec<&str> = parts.collect();
    let of = |n: usize| !first.is_empty() && first.len() <= n && rest.iter().all(|p| p.len() == n);
    of(3) || of(4)
}

/// Times 10^`power`.
fn shifted(plain: &str, power: usize) -> String {
    if power == 0 {
        return plain.to_owned();
    }
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let mut fraction = fraction.to_owned();
    while fraction.len() < power {
        fraction.push('0');
    }
    let (up, rest) = fraction.split_at(power);
    let joined = format!("{whole}{up}");
    let whole = joined.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    if rest.is_empty() { whole.to_owned() } else { format!("{whole}.{rest}") }
}

/// Divided by 10^`power`.
fn shifted_down(plain: &str, power: usize) -> String {
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let padded = format!("{}{whole}", "0".repeat(power));
    let (up, down) = padded.split_at(padded.len() - power);
    let up = up.trim_start_matches('0');
    format!("{}.{down}{fraction}", if up.is_empty() { "0" } else { up })
}

/// A number of a spreadsheet cell as text, to the 15 digits that spreadsheet programs keep.
pub(crate) fn float_text(number: f64) -> String {
    if !number.is_finite() {
        return String::new();
    }
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    let rounded = format!("{number:.14e}").parse::<f64>().unwrap_or(number);
    format!("{rounded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_all_kinds_become_plain() {
        for (text, plain) in [
            ("1,234.50", "1234.50"),
            ("1054", "1054"),
            ("-12.5", "-12.5"),
            ("+7", "7"),
            ("¥1,234", "1234"),
            ("￥ 12，345.6", "12345.6"),
            ("$-5", "-5"),
            ("-$5.00", "-5.00"),
            ("(1,234.50)", "-1234.50"),
            ("12.5%", "12.5"),
            ("3.5万", "35000"),
            ("1.2亿元", "120000000"),
            ("１２３", "123"),
            ("1.234,50", "1234.50"),
            ("1,5", "1.5"),
            ("1.234.567", "1234567"),
            ("12,3456", "123456"),
            ("1.5E+3", "1500"),
            ("25E-1", "2.5"),
            ("100 元", "100"),
            (".5", "0.5"),
            ("0.00", "0.00"),
            ("(0)", "0"),
        ] {
            assert_eq!(parse(text).map(|n| n.plain).as_deref(), Some(plain), "{text}");
        }
        for text in ["", "abc", "1-2", "12a", "1,23,4", "-", "$", "2016-10-20", "1 2x", "1..2", "()"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_currency_is_noticed() {
        for (text, plain, code) in [("USD 1,000", "1000", "USD"), ("99.90 eur", "99.90", "EUR"), ("RMB100", "100", "CNY")] {
            assert_eq!(parse(text), Some(Number { plain: plain.to_owned(), percent: false, currency: Some(code.to_owned()) }), "{text}");
        }
    }

    #[test]
    fn spreadsheet_numbers_lose_their_binary_noise() {
        for (number, text) in
            [(0.1 + 0.2, "0.3"), (13_800_138_000.0, "13800138000"), (1234.5, "1234.5"), (-0.05, "-0.05"), (1e20, "100000000000000000000")]
        {
            assert_eq!(float_text(number), text);
        }
    }
}
