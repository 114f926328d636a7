//! Phone numbers to E.164. The common forms of mainland China are read directly, since an import meets millions of them; the rest
//! goes through the library that knows the world's numbering plans.

use phonenumber::country;

/// The E.164 form (ITU-T) of what was typed, if it is a number of the default country or written with its country code.
pub fn e164(typed: &str) -> Option<String> {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let international = typed.trim_start().starts_with('+');
    if !international && is_chinese_mobile(&digits) {
        return Some(format!("+86{digits}"));
    }
    if international && digits.starts_with("86") && is_chinese_mobile(&digits[2..]) {
        return Some(format!("+{digits}"));
    }
    let number = phonenumber::parse(Some(country::Id::CN), typed).ok()?;
    phonenumber::is_valid(&number).then(|| number.format().mode(phonenumber::Mode::E164).to_string())
}

/// Eleven digits that begin with 13 to 19: the mobile numbering plan of mainland China.
fn is_chinese_mobile(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.len() == 11 && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1])
}

#[cfg(test)]
mod tests {
    use super::e164;

    #[test]
    fn numbers_come_out_in_e164() {
        for (typed, want) in [
            ("138 0013 8000", Some("+8613800138000")),
            ("+86-138-0013-8000", Some("+8613800138000")),
            ("010-6552 9988", Some("+861065529988")),
            ("+1 (650) 253-0000", Some("+16502530000")),
            ("12", None),
            ("电话", None),
        ] {
            assert_eq!(e164(typed).as_deref(), want, "{typed}");
        }
    }
}
