//! How characters are read. A character of several readings has all those that people use for names and companies: which one is meant
//! is known to the reader and not to a program, and a table of words (重庆, 银行) never ends.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use pinyin::ToPinyin;

/// Readings that characters have beside the usual one of the dictionary: in family names, in place names, in company names.
const FURTHER: &str = "\
    shan:单 zeng:曾 xie:解颉血叶 qiu:仇龟 piao:朴 ou:区 zha:查扎 qin:覃亲 tan:覃 gai:盖 ge:盖 yu:尉与 wei:尉隗尾遗 shao:召 miao:缪 xian:冼洗 bi:秘泌 \
    chong:种重 zhai:翟祭择 di:翟提 yun:员 yue:乐约说 fu:宓佛 mi:秘 mo:万抹脉模 qi:俟奇期 chang:长 zhang:长 zhong:重 hang:行巷吭 heng:行 xing:兴省行 \
    dai:大 sha:厦煞 xia:厦吓 du:都 dou:都 kuai:会 hui:会 pu:堡瀑埔 bu:埔堡 bang:蚌 beng:蚌 lu:六绿碌 bao:薄炮堡 xun:浚郇 jun:浚龟 xin:莘 shen:莘沈参谌 bo:泊柏薄 \
    po:泊 zang:藏 cang:藏 chao:朝嘲 zhao:朝着爪 diao:调 tiao:调 zhuan:传转 chuan:传 dan:弹石单 tan:弹 shuai:率 lv:率绿偻 xiao:校削 jiao:校觉侥 can:参 cen:参 chai:差 \
    xiang:降巷 jiang:降强 qiang:强 jue:角觉 chen:沈谌 cheng:晟盛乘 sheng:晟省 xi:茜系蹊 ji:系奇给 nuo:娜那 e:阿 gu:贾 jia:贾伽茄夹 che:车 ju:车咀 si:似食 shi:什似识氏拾 \
    zhi:识氏 kui:隗 guo:涡 wo:涡 nai:能 bing:屏 shuo:数说 zhu:术属著 su:宿 xiu:宿 qia:卡 ga:咖伽夹 qie:伽茄 qiao:壳雀翘 ke:壳 lou:露 luo:落络 la:落 wan:蔓宛 \
    mu:模牟 mou:牟 na:南 yan:铅咽燕殷 yin:殷 se:塞 sai:塞 shai:色 shou:熟 shu:属 tang:汤 ya:轧 nian:粘 zhan:粘 zhe:着 zhuo:着著 zhua:爪 zuo:琢柞 zai:仔 zi:仔 huan:还郇 \
    hai:还 he:和黑合 huo:和 gong:红 ku:库 zui:咀 juan:圈卷隽 quan:圈 le:乐勒 lei:勒 liang:俩 lia:俩 mai:埋 man:埋 meng:氓 mang:氓 xu:吁 ye:叶 chi:郗 tou:钭 nie:乜 \
    hu:戏和 ha:虾 hao:貉 ze:择 chui:椎 zong:综 pang:逄 gan:干乾 qian:乾 bei:背 ba:扒 pi:否 fou:否 ding:丁钉 ceng:曾 chou:仇 pian:扁片 bian:扁便 ";

static READINGS: LazyLock<HashMap<char, Vec<&'static str>>> = LazyLock::new(|| {
    let mut further: HashMap<char, Vec<&'static str>> = HashMap::new();
    for (reading, chars) in FURTHER.split_whitespace().filter_map(|entry| entry.split_once(':')) {
        for c in chars.chars() {
            let known = further.entry(c).or_default();
            if usual(c) != Some(reading) && !known.contains(&reading) {
                known.push(reading);
            }
        }
    }
    further
});

/// Every way to write the syllables that there are.
static SYLLABLES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let mut all = HashSet::new();
    for c in '\u{4e00}'..='\u{9fff}' {
        for_each_reading(c, |reading| {
            if reading.contains(['a', 'e', 'i', 'o', 'u', 'v']) {
                all.insert(reading);
            }
        });
    }
    all
});

fn usual(c: char) -> Option<&'static str> {
    c.to_pinyin().map(|p| p.plain())
}

/// The ways in which `ü` is typed: 吕 as lv, lyu (on passports) or lu.
fn typed(reading: &'static str) -> &'static [&'static str] {
    match reading {
        "lü" => &["lv", "lyu", "lu"],
        "nü" => &["nv", "nyu", "nu"],
        "lüe" => &["lve", "lue"],
        "nüe" => &["nve", "nue"],
        _ => &[],
    }
}

/// Calls `each` with every reading of a folded character, as it is typed.
pub fn for_each_reading(c: char, mut each: impl FnMut(&'static str)) {
    let Some(usual) = usual(c) else { return };
    match typed(usual) {
        [] => each(usual),
        ways => ways.iter().for_each(|way| each(way)),
    }
    for reading in READINGS.get(&c).into_iter().flatten() {
        each(reading);
    }
}

/// The most ways in which letters are taken apart.
const MAX_CUTS: usize = 8;

/// Letters of the longest syllable (zhuang).
const LONGEST: usize = 6;

/// The ways to take typed letters apart into syllables; the last one may be the beginning of a syllable.
pub fn cuts(letters: &str) -> Vec<Vec<&str>> {
    let mut cutting = Cutting::default();
    if letters.len() <= 48 && letters.bytes().all(|b| b.is_ascii_lowercase()) {
        cutting.go(letters);
    }
    cutting.found
}

#[derive(Default)]
struct Cutting<'a> {
    before: Vec<&'a str>,
    found: Vec<Vec<&'a str>>,
    /// Lengths of rests that no syllables make.
    dead: HashSet<usize>,
}

impl<'a> Cutting<'a> {
    fn go(&mut self, rest: &'a str) {
        if rest.is_empty() || self.found.len() == MAX_CUTS || self.dead.contains(&rest.len()) {
            return;
        }
        let known = self.found.len();
        if rest.len() <= LONGEST && SYLLABLES.iter().any(|s| s.starts_with(rest)) {
            self.found.push(self.before.iter().copied().chain([rest]).collect());
        }
        // Long syllables first: they are what people mean more often.
        for at in (1..=rest.len().saturating_sub(1).min(LONGEST)).rev() {
            if SYLLABLES.contains(&rest[..at]) {
                self.before.push(&rest[..at]);
                self.go(&rest[at..]);
                self.before.pop();
            }
        }
        if self.found.len() == known {
            self.dead.insert(rest.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(c: char) -> Vec<&'static str> {
        let mut all = Vec::new();
        for_each_reading(c, |reading| all.push(reading));
        all
    }

    #[test]
    fn characters_have_all_their_readings() {
        for (c, expected) in
            [('单', ["dan", "shan"].as_slice()), ('重', &["zhong", "chong"]), ('吕', &["lv", "lyu", "lu"]), ('帆', &["fan"]), ('a', &[])]
        {
            let found = readings(c);
            assert!(expected.iter().all(|r| found.contains(r)) && found.is_empty() == expected.is_empty(), "{c}: {found:?}");
        }
        for (c, reading) in "单曾解仇朴区查盖翟乐".chars().zip(["shan", "zeng", "xie", "qiu", "piao", "ou", "zha", "gai", "zhai", "yue"])
        {
            assert!(readings(c).contains(&reading), "{c} {reading}");
        }
    }

    #[test]
    fn letters_fall_into_syllables() {
        assert!(cuts("zhangwei").contains(&vec!["zhang", "wei"]));
        assert!(cuts("zhangw").contains(&vec!["zhang", "w"]));
        let xian = cuts("xian");
        assert!(xian.contains(&vec!["xian"]) && xian.contains(&vec!["xi", "an"]), "{xian:?}");
        assert!(cuts("fangan").contains(&vec!["fang", "an"]) && cuts("fangan").contains(&vec!["fan", "gan"]));
        assert!(cuts("acme").is_empty());
        assert!(cuts("张").is_empty());
        assert!(cuts(&format!("{}vvv", "ana".repeat(15))).is_empty());
        assert!(cuts(&"a".repeat(48)).len() <= MAX_CUTS);
    }
}
