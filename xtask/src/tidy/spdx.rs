//! SPDX licence expressions, as far as crates use them: names, `AND`, `OR`, `WITH`, brackets, and the old `/` for `OR`.

/// Whether an expression can be met with accepted licences only.
pub(super) fn accepted(expression: &str, accept: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let good = any(&words, &mut at, accept);
    good && at == words.len()
}

fn any(words: &[&str], at: &mut usize, accept: &dyn Fn(&str) -> bool) -> bool {
    let mut good = all(words, at, accept);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        good |= all(words, at, accept);
    }
    good
}

fn all(words: &[&str], at: &mut usize, accept: &dyn Fn(&str) -> bool) -> bool {
    let mut good = one(words, at, accept);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        good &= one(words, at, accept);
    }
    good
}

fn one(words: &[&str], at: &mut usize, accept: &dyn Fn(&str) -> bool) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let good = any(words, at, accept);
        *at += usize::from(words.get(*at) == Some(&")"));
        return good;
    }
    if words.get(*at) == Some(&"WITH") {
        let with = format!("{word} WITH {}", words.get(*at + 1).unwrap_or(&""));
        *at += 2;
        return accept(&with) || accept(word);
    }
    accept(word)
}

#[cfg(test)]
mod tests {
    use super::accepted;

    #[test]
    fn expressions_are_weighed() {
        let accept = |l: &str| ["MIT", "Apache-2.0", "Unicode-3.0"].contains(&l);
        for good in ["MIT", "GPL-3.0 OR MIT", "MIT/GPL-2.0", "(MIT OR Apache-2.0) AND Unicode-3.0", "Apache-2.0 WITH LLVM-exception OR X"] {
            assert!(accepted(good, &accept), "{good}");
        }
        for bad in ["GPL-3.0", "MIT AND GPL-3.0", "(GPL-3.0 OR X) AND MIT", "", "MIT MIT"] {
            assert!(!accepted(bad, &accept), "{bad}");
        }
    }
}
