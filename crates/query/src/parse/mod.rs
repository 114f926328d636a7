//! SOQL text to a tree. Recursive descent over tokens; text, nesting and lists are limited, so that hostile text costs little.

mod condition;

use std::collections::BTreeMap;

use guanxi_model::{Error, Result};

use crate::lex::{Kind, Token, syntax, tokens};
use crate::tree::{Aggregate, Comparison, Expr, Order, Path, Query, Select};

/// The longest text in bytes.
pub const MAX_TEXT: usize = 100 * 1024;
/// The deepest nesting of conditions.
pub const MAX_DEPTH: usize = 64;
/// The longest list of `IN`.
pub const MAX_LIST: usize = 10_000;
/// The longest list of fields, group keys or order keys.
pub const MAX_FIELDS: usize = 1_000;

/// Parses a query. Errors are 400 `query_syntax` with the position in characters.
pub fn parse(text: &str) -> Result<Query> {
    if text.len() > MAX_TEXT {
        return Err(syntax(0, format!("查询文本超过 {MAX_TEXT} 字节。"), format!("The query text is longer than {MAX_TEXT} bytes.")));
    }
    Parser { tokens: tokens(text)?, at: 0 }.query()
}

/// Parses a condition alone, as it stands after `WHERE`.
pub fn parse_condition(text: &str) -> Result<Expr> {
    if text.len() > MAX_TEXT {
        return Err(syntax(0, format!("条件文本超过 {MAX_TEXT} 字节。"), format!("The condition is longer than {MAX_TEXT} bytes.")));
    }
    let mut parser = Parser { tokens: tokens(text)?, at: 0 };
    let expr = parser.any(0)?;
    parser.end()?;
    Ok(expr)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn token(&self) -> &Token {
        // The last token is the end, and nothing steps past it.
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn position(&self) -> usize {
        self.token().position
    }

    fn expected(&self, zh: &str, en: &str) -> Error {
        let found = match &self.token().kind {
            Kind::End => {
                return syntax(
                    self.position(),
                    format!("查询在此结束，但这里应为{zh}。"),
                    format!("The query ends here, but {en} is expected."),
                );
            }
            Kind::Word(w) | Kind::Number(w) | Kind::Date(w) | Kind::DateTime(w) => w.clone(),
            Kind::Text(t, _) => format!("'{t}'"),
            Kind::Sign(s) => (*s).to_owned(),
        };
        let found: String = found.chars().take(40).collect();
        syntax(self.position(), format!("这里应为{zh}，却是“{found}”。"), format!("Expected {en}, found “{found}”."))
    }

    /// Whether the `ahead`-th token from here is this keyword.
    fn is_word(&self, ahead: usize, keyword: &str) -> bool {
        matches!(self.tokens.get(self.at + ahead), Some(Token { kind: Kind::Word(w), .. }) if w.eq_ignore_ascii_case(keyword))
    }

    fn is_sign(&self, ahead: usize, sign: &str) -> bool {
        matches!(self.tokens.get(self.at + ahead), Some(Token { kind: Kind::Sign(s), .. }) if *s == sign)
    }

    /// Steps over a keyword, if it is there.
    fn word(&mut self, keyword: &str) -> bool {
        let found = self.is_word(0, keyword);
        self.at += usize::from(found);
        found
    }

    /// Steps over a sign, if it is there.
    fn sign(&mut self, sign: &str) -> bool {
        let found = self.is_sign(0, sign);
        self.at += usize::from(found);
        found
    }

    fn need_word(&mut self, keyword: &str) -> Result<()> {
        if self.word(keyword) { Ok(()) } else { Err(self.expected(&format!(" {keyword} "), keyword)) }
    }

    fn need_sign(&mut self, sign: &str) -> Result<()> {
        if self.sign(sign) { Ok(()) } else { Err(self.expected(&format!("“{sign}”"), &format!("“{sign}”"))) }
    }

    fn end(&self) -> Result<()> {
        if self.token().kind == Kind::End {
            return Ok(());
        }
        if self.is_word(0, "OFFSET") {
            let (zh, en) = ("不支持 OFFSET；请用返回的 next 读取下一页。", "OFFSET is not supported; read on with the answer's next.");
            return Err(syntax(self.position(), zh, en));
        }
        Err(self.expected("查询的结尾", "the end of the query"))
    }

    fn query(mut self) -> Result<Query> {
        self.need_word("SELECT")?;
        let select = self.list(Self::select)?;
        self.need_word("FROM")?;
        let object = self.name(" FROM 后的对象名", "the name of an object")?;
        let filter = if self.word("WHERE") { Some(self.any(0)?) } else { None };
        let mut group_by = Vec::new();
        if self.is_word(0, "GROUP") {
            self.at += 1;
            self.need_word("BY")?;
            group_by = self.list(Self::path)?;
        }
        let mut order = Vec::new();
        if self.is_word(0, "ORDER") {
            self.at += 1;
            self.need_word("BY")?;
            order = self.list(|p| p.order(&select))?;
        }
        let limit = if self.word("LIMIT") { Some(self.count()?) } else { None };
        self.end()?;
        Ok(Query {
            object,
            select,
            filter,
            group_by,
            order,
            limit,
            deleted: false,
            scopes: BTreeMap::new(),
            masks: BTreeMap::new(),
            few: false,
        })
    }

    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        let mut found = vec![item(self)?];
        while self.sign(",") {
            if found.len() == MAX_FIELDS {
                return Err(syntax(self.position(), format!("这里最多 {MAX_FIELDS} 项。"), format!("At most {MAX_FIELDS} items here.")));
            }
            found.push(item(self)?);
        }
        Ok(found)
    }

    /// A name without dots.
    fn name(&mut self, zh: &str, en: &str) -> Result<String> {
        match &self.token().kind {
            Kind::Word(w) if !w.contains('.') => {
                let name = w.clone();
                self.at += 1;
                Ok(name)
            }
            _ => Err(self.expected(zh, en)),
        }
    }

    fn path(&mut self) -> Result<Path> {
        match self.token() {
            Token { kind: Kind::Word(w), position } => {
                let path = Path { position: *position, ..Path::from(w.as_str()) };
                self.at += 1;
                Ok(path)
            }
            _ => Err(self.expected("字段名", "a field")),
        }
    }

    fn select(&mut self) -> Result<Select> {
        let Some((function, path)) = self.aggregate()? else { return Ok(Select::Field(self.path()?)) };
        let alias = match &self.token().kind {
            Kind::Word(_) if !self.is_word(0, "FROM") || self.is_word(1, "FROM") => Some(self.name("别名", "an alias")?),
            _ => None,
        };
        Ok(Select::Aggregate { function, path, alias })
    }

    /// `SUM(amount)`, if the next tokens are one.
    fn aggregate(&mut self) -> Result<Option<(Aggregate, Option<Path>)>> {
        if !self.is_sign(1, "(") {
            return Ok(None);
        }
        let Kind::Word(word) = &self.token().kind else { return Ok(None) };
        let Some(function) = Aggregate::of(word) else {
            let (zh, en) = ("函数 COUNT、COUNT_DISTINCT、SUM、AVG、MIN 或 MAX", "the function COUNT, COUNT_DISTINCT, SUM, AVG, MIN or MAX");
            return Err(self.expected(zh, en));
        };
        self.at += 2;
        let path = if function == Aggregate::Count && self.is_sign(0, ")") { None } else { Some(self.path()?) };
        self.need_sign(")")?;
        Ok(Some((function, path)))
    }

    /// One key of the order. An aggregate stands for the one in the select list, by its name there.
    fn order(&mut self, select: &[Select]) -> Result<Order> {
        let position = self.position();
        let path = match self.aggregate()? {
            None => self.path()?,
            Some((wanted, over)) => {
                let place = select.iter().position(
                    |s| matches!(s, Select::Aggregate { function, path, .. } if *function == wanted && same_path(path.as_ref(), over.as_ref())),
                );
                let name = place.and_then(|i| Select::aggregate_names(select).swap_remove(i)).ok_or_else(|| {
                    syntax(
                        position,
                        "要按汇总值排序，须在 SELECT 中也列出它。",
                        "To order by an aggregate, the same aggregate must stand in the select list.",
                    )
                })?;
                Path { segments: vec![name], position }
            }
        };
        let desc = self.word("DESC");
        if !desc {
            self.word("ASC");
        }
        let mut nulls_last = None;
        if self.word("NULLS") {
            nulls_last = Some(self.word("LAST"));
            if nulls_last == Some(false) && !self.word("FIRST") {
                return Err(self.expected(" FIRST 或 LAST ", "FIRST or LAST"));
            }
        }
        Ok(Order { path, desc, nulls_last })
    }

    fn count(&mut self) -> Result<u32> {
        match &self.token().kind {
            Kind::Number(n) if n.parse::<u32>().is_ok() => {
                let count = n.parse().unwrap_or(0);
                self.at += 1;
                Ok(count)
            }
            _ => Err(self.expected("非负整数", "a whole number")),
        }
    }
}

fn same_path(a: Option<&Path>, b: Option<&Path>) -> bool {
    a.map(|p| &p.segments) == b.map(|p| &p.segments)
}

impl Aggregate {
    /// All functions with their names.
    pub const NAMES: [(&'static str, Aggregate); 6] = [
        ("COUNT", Aggregate::Count),
        ("COUNT_DISTINCT", Aggregate::CountDistinct),
        ("SUM", Aggregate::Sum),
        ("AVG", Aggregate::Avg),
        ("MIN", Aggregate::Min),
        ("MAX", Aggregate::Max),
    ];

    fn of(name: &str) -> Option<Aggregate> {
        Aggregate::NAMES.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, function)| *function)
    }
}

impl Comparison {
    /// The comparisons that are signs.
    pub const SIGNS: [(&'static str, Comparison); 7] = [
        ("=", Comparison::Eq),
        ("!=", Comparison::Ne),
        ("<>", Comparison::Ne),
        ("<", Comparison::Lt),
        ("<=", Comparison::Le),
        (">", Comparison::Gt),
        (">=", Comparison::Ge),
    ];
}
