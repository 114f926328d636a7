//! Languages of the product and texts that exist in both.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A language of the user interface and of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
pub enum Lang {
    /// Simplified Chinese, the default.
    #[default]
    #[serde(rename = "zh-CN")]
    Zh,
    /// English.
    #[serde(rename = "en")]
    En,
}

impl Lang {
    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        }
    }

    /// The first language of an `Accept-Language` header (RFC 9110 §12.5.4) that the product speaks; `None` when it names none.
    pub fn from_accept(header: &str) -> Option<Lang> {
        let mut best: Option<(f32, Lang)> = None;
        for part in header.split(',') {
            let mut pieces = part.trim().split(';');
            let tag = pieces.next().unwrap_or("").trim().to_ascii_lowercase();
            let quality = pieces.find_map(|p| p.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok())).unwrap_or(1.0);
            let lang = match tag.split('-').next().unwrap_or("") {
                "zh" => Lang::Zh,
                "en" => Lang::En,
                _ => continue,
            };
            if best.is_none_or(|(q, _)| quality > q) {
                best = Some((quality, lang));
            }
        }
        best.map(|(_, lang)| lang)
    }
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
    /// English plural, where it is not `en` with an «s».
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en_plural: Option<String>,
}

impl Label {
    /// A label from its two texts.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Label {
        Label { zh: zh.into(), en: en.into(), en_plural: None }
    }

    /// The same text in both languages.
    pub fn same(text: impl Into<String>) -> Label {
        let text = text.into();
        Label { zh: text.clone(), en: text, en_plural: None }
    }

    /// The text in one language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }

    /// The plural in one language; Chinese has none.
    pub fn plural(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.zh.clone(),
            Lang::En => self.en_plural.clone().unwrap_or_else(|| format!("{}s", self.en)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_language_takes_the_best_known() {
        assert_eq!(Lang::from_accept("fr, en;q=0.8, zh;q=0.9"), Some(Lang::Zh));
        assert_eq!(Lang::from_accept("en-GB"), Some(Lang::En));
        assert_eq!(Lang::from_accept("fr"), None);
    }
}
