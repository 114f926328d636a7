//! The part of the text after `WHERE`: conditions and values.

use guanxi_model::{Error, Result};

use super::{MAX_DEPTH, MAX_LIST, Parser};
use crate::dates;
use crate::lex::{Kind, syntax};
use crate::tree::{Comparison, Expr, Literal};

impl Parser {
    /// Conditions joined by OR.
    pub(super) fn any(&mut self, depth: usize) -> Result<Expr> {
        if depth > MAX_DEPTH {
            return Err(syntax(
                self.position(),
                format!("条件嵌套超过 {MAX_DEPTH} 层。"),
                format!("Conditions are nested deeper than {MAX_DEPTH}."),
            ));
        }
        let mut parts = vec![self.all(depth)?];
        while self.word("OR") {
            parts.push(self.all(depth)?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Expr::Or(parts) })
    }

    /// Conditions joined by AND.
    fn all(&mut self, depth: usize) -> Result<Expr> {
        let mut parts = vec![self.not(depth)?];
        while self.word("AND") {
            parts.push(self.not(depth)?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Expr::And(parts) })
    }

    fn not(&mut self, depth: usize) -> Result<Expr> {
        let mut count = 0;
        while self.is_word(0, "NOT") {
            self.at += 1;
            count += 1;
            if depth + count > MAX_DEPTH {
                return Err(syntax(
                    self.position(),
                    format!("条件嵌套超过 {MAX_DEPTH} 层。"),
                    format!("Conditions are nested deeper than {MAX_DEPTH}."),
                ));
            }
        }
        let mut expr = if self.sign("(") {
            let inner = self.any(depth + count + 1)?;
            self.need_sign(")")?;
            inner
        } else {
            self.predicate()?
        };
        for _ in 0..count {
            expr = Expr::Not(Box::new(expr));
        }
        Ok(expr)
    }

    fn predicate(&mut self) -> Result<Expr> {
        let path = self.path()?;
        for (sign, comparison) in Comparison::SIGNS {
            if self.sign(sign) {
                return Ok(Expr::Compare(path, comparison, self.literal()?));
            }
        }
        if self.word("IN") {
            return Ok(Expr::In(path, self.literals()?, false));
        }
        if self.word("INCLUDES") {
            return Ok(Expr::Includes(path, self.literals()?, false));
        }
        if self.word("EXCLUDES") {
            return Ok(Expr::Includes(path, self.literals()?, true));
        }
        if self.word("LIKE") {
            return Ok(Expr::Compare(path, Comparison::Like, self.pattern()?));
        }
        if self.word("NOT") {
            if self.word("IN") {
                return Ok(Expr::In(path, self.literals()?, true));
            }
            self.need_word("LIKE")?;
            return Ok(Expr::Not(Box::new(Expr::Compare(path, Comparison::Like, self.pattern()?))));
        }
        Err(self.expected(
            "比较运算符（= != < <= > >= LIKE IN NOT INCLUDES EXCLUDES）",
            "a comparison (= != < <= > >= LIKE IN NOT INCLUDES EXCLUDES)",
        ))
    }

    fn pattern(&mut self) -> Result<Literal> {
        match &self.token().kind {
            Kind::Text(_, pattern) => {
                let literal = Literal::Text(pattern.clone());
                self.at += 1;
                Ok(literal)
            }
            _ => Err(self.expected("单引号中的模式，如 '%网%'", "a pattern in single quotes, as '%net%'")),
        }
    }

    fn literals(&mut self) -> Result<Vec<Literal>> {
        self.need_sign("(")?;
        let mut found = vec![self.literal()?];
        while self.sign(",") {
            if found.len() == MAX_LIST {
                return Err(syntax(self.position(), format!("列表最多 {MAX_LIST} 项。"), format!("A list has at most {MAX_LIST} values.")));
            }
            found.push(self.literal()?);
        }
        self.need_sign(")")?;
        Ok(found)
    }

    fn literal(&mut self) -> Result<Literal> {
        let literal = match &self.token().kind {
            Kind::Text(text, _) => Literal::Text(text.clone()),
            Kind::Number(n) => Literal::Number(n.clone()),
            Kind::Date(d) => Literal::Date(d.clone()),
            Kind::DateTime(d) => Literal::DateTime(d.clone()),
            Kind::Word(word) => {
                let word = word.to_ascii_uppercase();
                return self.literal_word(&word);
            }
            _ => return Err(self.no_literal()),
        };
        self.at += 1;
        Ok(literal)
    }

    fn literal_word(&mut self, word: &str) -> Result<Literal> {
        let literal = match word {
            "NULL" => Literal::Null,
            "TRUE" => Literal::Bool(true),
            "FALSE" => Literal::Bool(false),
            "ME" => Literal::Me,
            _ => match dates::is_literal(word) {
                Some(false) => Literal::Relative(word.to_owned(), None),
                Some(true) => return self.counted(word),
                None => return Err(self.no_literal()),
            },
        };
        self.at += 1;
        Ok(literal)
    }

    fn counted(&mut self, word: &str) -> Result<Literal> {
        self.at += 1;
        self.need_sign(":")?;
        let position = self.position();
        let count = i64::from(self.count()?);
        if count > dates::MAX_COUNT {
            let max = dates::MAX_COUNT;
            return Err(syntax(position, format!("{word} 的数字最大为 {max}。"), format!("The count of {word} is at most {max}.")));
        }
        Ok(Literal::Relative(word.to_owned(), Some(count)))
    }

    fn no_literal(&self) -> Error {
        self.expected(
            "一个值（'文本'、数字、日期、TODAY 等日期词、true、false、null 或 ME）",
            "a value ('text', a number, a date, a date word as TODAY, true, false, null or ME)",
        )
    }
}
