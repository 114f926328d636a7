//! Chinese words. Names and texts are found by any run of characters; words matter where a query is longer than one: 上海采购会议 asks for
//! 上海 and 采购 and 会议, wherever they stand.

use std::sync::LazyLock;

use jieba_rs::Jieba;

/// The dictionary takes tens of megabytes and a moment to unpack: it is loaded with the first search.
static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// Loads the dictionary in the background, so that the first long query need not wait for it.
pub fn warm_up() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let load = || {
            LazyLock::force(&JIEBA);
        };
        if let Err(error) = std::thread::Builder::new().name("dictionary".to_owned()).spawn(load) {
            tracing::warn!(%error, "the dictionary is loaded when it is needed");
        }
    });
}

/// The longest run of characters that is one word for sure.
const ONE_WORD: usize = 3;

/// The words of a run of folded Chinese characters. Single characters between longer words (的, 在) are left out.
pub fn words(run: &str) -> Vec<String> {
    if run.chars().nth(ONE_WORD).is_none() {
        return vec![run.to_owned()];
    }
    let cut: Vec<&str> = JIEBA.cut(run, true).into_iter().map(|token| token.word).collect();
    let long = |word: &&str| word.chars().nth(1).is_some();
    if !cut.iter().any(long) {
        return vec![run.to_owned()];
    }
    cut.into_iter().filter(long).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_long_run_falls_into_words() {
        assert_eq!(words("上海的采购会议"), ["上海", "采购", "会议"]);
        assert_eq!(words("云帆"), ["云帆"]);
        assert_eq!(words("采购部"), ["采购部"]);
    }
}
