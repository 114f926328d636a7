//! SOQL text to tokens, with their positions in characters.

use guanxi_model::{Error, Result};

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// A keyword, a name or a dotted path.
    Word(String),
    /// A number as written.
    Number(String),
    /// A date as written.
    Date(String),
    /// A time as written.
    DateTime(String),
    /// A string: its text, and the same as a pattern of `LIKE`.
    Text(String, String),
    /// A bracket, a comma, a comparison.
    Sign(&'static str),
    /// The end of the text.
    End,
}

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) position: usize,
}

/// An error of the text's form.
pub(crate) fn syntax(position: usize, zh: impl Into<String>, en: impl Into<String>) -> Error {
    Error::bad_request("query_syntax", zh, en).at(position)
}

/// Longer signs first, so that `<=` is not read as `<`.
const SIGNS: [&str; 12] = ["<=", ">=", "<>", "!=", "(", ")", ",", ":", "=", "<", ">", ";"];

/// All tokens of a text; the last is [`Kind::End`].
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>> {
    let mut lexer = Lexer { chars: text.chars().collect(), at: 0 };
    let mut found = Vec::new();
    loop {
        let token = lexer.next()?;
        let end = token.kind == Kind::End;
        found.push(token);
        if end {
            return Ok(found);
        }
    }
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
}

impl Lexer {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let from = self.at;
        while self.peek().is_some_and(&wanted) {
            self.at += 1;
        }
        self.chars[from..self.at].iter().collect()
    }

    fn next(&mut self) -> Result<Token> {
        self.take_while(char::is_whitespace);
        let position = self.at;
        let Some(first) = self.peek() else { return Ok(Token { kind: Kind::End, position }) };
        let kind = if first == '\'' {
            self.text()?
        } else if first.is_ascii_alphabetic() || first == '_' {
            self.word()?
        } else if first.is_ascii_digit() || matches!(first, '-' | '+' | '.') {
            self.number()?
        } else {
            self.sign()?
        };
        Ok(Token { kind, position })
    }

    fn sign(&mut self) -> Result<Kind> {
        for sign in SIGNS {
            if sign.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c)) {
                self.at += sign.len();
                return Ok(Kind::Sign(sign));
            }
        }
        let c = self.chars[self.at];
        let (zh, en) = match c {
            '"' | '“' | '”' | '‘' | '’' => ("文本要用英文单引号括起来，如 'abc'。", "Text stands in single quotes, as 'abc'."),
            _ => ("此处的字符无法识别。", "This character has no meaning here."),
        };
        Err(syntax(self.at, format!("“{c}”：{zh}"), format!("“{c}”: {en}")))
    }

    fn word(&mut self) -> Result<Kind> {
        let word = self.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'));
        if word.ends_with('.') || word.contains("..") {
            return Err(syntax(self.at, "路径中的点号后面应有字段名。", "A field name is expected after the dot of a path."));
        }
        Ok(Kind::Word(word))
    }

    fn number(&mut self) -> Result<Kind> {
        let from = self.at;
        let raw = self.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | ':' | '.'));
        let kind = if raw.parse::<jiff::civil::Date>().is_ok() && raw.len() == 10 {
            Kind::Date(raw)
        } else if raw.contains(['T', 't']) && raw.parse::<jiff::Timestamp>().is_ok() {
            Kind::DateTime(raw)
        } else if is_number(&raw) {
            Kind::Number(raw)
        } else {
            return Err(syntax(
                from,
                format!("“{raw}”既不是数字，也不是 2026-11-21 这样的日期或 2026-11-21T08:30:00Z 这样的时间。"),
                format!("“{raw}” is no number, no date like 2026-11-21 and no time like 2026-11-21T08:30:00Z."),
            ));
        };
        Ok(kind)
    }

    fn text(&mut self) -> Result<Kind> {
        let open = self.at;
        self.at += 1;
        let (mut plain, mut pattern) = (String::new(), String::new());
        loop {
            let Some(c) = self.peek() else {
                return Err(syntax(open, "这段文本缺少结尾的单引号。", "This text has no closing single quote."));
            };
            self.at += 1;
            match c {
                '\'' => return Ok(Kind::Text(plain, pattern)),
                '\\' => self.escape(&mut plain, &mut pattern)?,
                '\0' => return Err(self.nul()),
                c => {
                    plain.push(c);
                    pattern.push(c);
                }
            }
        }
    }

    fn nul(&self) -> Error {
        syntax(self.at - 1, "文本中不能有空字符（U+0000）。", "A text cannot have the character U+0000.")
    }

    /// After a backslash.
    fn escape(&mut self, plain: &mut String, pattern: &mut String) -> Result<()> {
        let at = self.at - 1;
        let c = self.peek().unwrap_or(' ');
        self.at += 1;
        let c = match c {
            'n' | 'N' => '\n',
            'r' | 'R' => '\r',
            't' | 'T' => '\t',
            'b' | 'B' => '\u{8}',
            'f' | 'F' => '\u{c}',
            '\'' | '"' => c,
            'u' => self.unicode(at)?,
            '%' | '_' | '\\' => {
                plain.push(c);
                pattern.extend(['\\', c]);
                return Ok(());
            }
            _ => {
                let known = "\\' \\\\ \\n \\r \\t \\b \\f \\\" \\uXXXX \\% \\_";
                return Err(syntax(at, format!("未知的转义符；可用：{known}。"), format!("Unknown escape; known are {known}.")));
            }
        };
        plain.push(c);
        pattern_char(pattern, c);
        Ok(())
    }

    /// After `\u`: four hexadecimal digits, or two such groups for a character beyond U+FFFF.
    fn unicode(&mut self, at: usize) -> Result<char> {
        let high = self.hex(at)?;
        let code = if (0xd800..0xdc00).contains(&high) && self.peek() == Some('\\') && self.chars.get(self.at + 1) == Some(&'u') {
            self.at += 2;
            let low = self.hex(at)?;
            if (0xdc00..0xe000).contains(&low) { 0x10000 + ((high - 0xd800) << 10) + low - 0xdc00 } else { high }
        } else {
            high
        };
        match char::from_u32(code) {
            Some('\0') => Err(self.nul()),
            Some(c) => Ok(c),
            None => Err(syntax(at, "\\u 后面的编码不是有效字符。", "The code after \\u is no character.")),
        }
    }

    fn hex(&mut self, at: usize) -> Result<u32> {
        let digits: String = self.chars.iter().skip(self.at).take(4).filter(|c| c.is_ascii_hexdigit()).collect();
        if digits.len() < 4 {
            return Err(syntax(at, "\\u 后面应有四位十六进制数字。", "Four hexadecimal digits are expected after \\u."));
        }
        self.at += 4;
        u32::from_str_radix(&digits, 16).map_err(|e| syntax(at, "\\u 无效。", "Bad \\u.").because(e))
    }
}

/// A character that an escape made stands for itself in a pattern too.
fn pattern_char(pattern: &mut String, c: char) {
    if matches!(c, '%' | '_' | '\\') {
        pattern.push('\\');
    }
    pattern.push(c);
}

/// Digits with an optional sign, point and exponent.
fn is_number(raw: &str) -> bool {
    let unsigned = raw.strip_prefix(['-', '+']).unwrap_or(raw);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((m, e)) => (m, Some(e)),
        None => (unsigned, None),
    };
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let sound = digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    sound
        && exponent
            .is_none_or(|e| e.len() < 4 && digits(e.strip_prefix(['-', '+']).unwrap_or(e)) && e.ends_with(|c: char| c.is_ascii_digit()))
}
