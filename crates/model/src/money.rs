//! Money: integer minor units and an ISO 4217 code; and scaled decimals.

use std::str::FromStr;

pub use iso_currency::Currency;
use rust_decimal::Decimal;

/// How many decimal digits the currency's minor unit has (ISO 4217 exponent; 0 where the list gives none).
pub fn exponent(currency: Currency) -> u32 {
    u32::from(currency.exponent().unwrap_or(0))
}

/// Parses a currency code, `None` if ISO 4217 does not have it.
pub fn currency(code: &str) -> Option<Currency> {
    Currency::from_code(code)
}

/// Why a decimal text was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Not a number in plain form.
    #[error("not a number")]
    Syntax,
    /// More digits after the point than the scale has.
    #[error("more than {0} decimal digits")]
    Scale(u32),
    /// Does not fit 64 bits.
    #[error("out of range")]
    Range,
}

/// Parses `"1054.00"` into its integer at `scale` digits; extra zeros are accepted, extra digits are not.
pub fn parse_scaled(text: &str, scale: u32) -> Result<i64, DecimalError> {
    let decimal = Decimal::from_str(text.trim()).or_else(|_| Decimal::from_scientific(text.trim())).map_err(|_| DecimalError::Syntax)?;
    let normal = decimal.normalize();
    if normal.scale() > scale {
        return Err(DecimalError::Scale(scale));
    }
    let mut scaled = normal;
    scaled.rescale(scale);
    if scaled.scale() != scale {
        return Err(DecimalError::Range);
    }
    i64::try_from(scaled.mantissa()).map_err(|_| DecimalError::Range)
}

/// Writes an integer at `scale` digits as plain decimal text: `105400` at 2 is `"1054.00"`.
pub fn format_scaled(units: i64, scale: u32) -> String {
    if scale == 0 {
        return units.to_string();
    }
    let sign = if units < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", units.unsigned_abs(), width = scale as usize + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale as usize);
    format!("{sign}{whole}.{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaled_decimals_round_trip() {
        for (text, scale, units) in [("1054", 2, 105_400), ("-0.05", 2, -5), ("1.500", 1, 15), ("0", 4, 0)] {
            assert_eq!(parse_scaled(text, scale), Ok(units), "{text}");
        }
        assert_eq!(format_scaled(-5, 2), "-0.05");
        assert_eq!(format_scaled(105_400, 2), "1054.00");
        assert_eq!(parse_scaled("1.234", 2), Err(DecimalError::Scale(2)));
        assert_eq!(parse_scaled("12a", 2), Err(DecimalError::Syntax));
        assert_eq!(parse_scaled("92233720368547758080", 2), Err(DecimalError::Range));
    }
}
