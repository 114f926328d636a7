//! Names of people and companies, made from parts. All of it is invented; web and mail addresses end in `.example`.

use super::rng::Rng;

/// Surnames with their pinyin, the common ones several times.
const SURNAMES: [(&str, &str); 64] = [
    ("王", "wang"),
    ("李", "li"),
    ("张", "zhang"),
    ("刘", "liu"),
    ("陈", "chen"),
    ("杨", "yang"),
    ("黄", "huang"),
    ("赵", "zhao"),
    ("吴", "wu"),
    ("周", "zhou"),
    ("王", "wang"),
    ("李", "li"),
    ("张", "zhang"),
    ("刘", "liu"),
    ("陈", "chen"),
    ("徐", "xu"),
    ("孙", "sun"),
    ("马", "ma"),
    ("朱", "zhu"),
    ("胡", "hu"),
    ("郭", "guo"),
    ("何", "he"),
    ("林", "lin"),
    ("高", "gao"),
    ("罗", "luo"),
    ("郑", "zheng"),
    ("梁", "liang"),
    ("谢", "xie"),
    ("宋", "song"),
    ("唐", "tang"),
    ("许", "xu"),
    ("邓", "deng"),
    ("韩", "han"),
    ("冯", "feng"),
    ("曹", "cao"),
    ("彭", "peng"),
    ("曾", "zeng"),
    ("肖", "xiao"),
    ("田", "tian"),
    ("董", "dong"),
    ("潘", "pan"),
    ("袁", "yuan"),
    ("蔡", "cai"),
    ("蒋", "jiang"),
    ("余", "yu"),
    ("于", "yu"),
    ("杜", "du"),
    ("叶", "ye"),
    ("程", "cheng"),
    ("魏", "wei"),
    ("苏", "su"),
    ("吕", "lv"),
    ("丁", "ding"),
    ("任", "ren"),
    ("卢", "lu"),
    ("姚", "yao"),
    ("沈", "shen"),
    ("钟", "zhong"),
    ("姜", "jiang"),
    ("崔", "cui"),
    ("谭", "tan"),
    ("陆", "lu"),
    ("范", "fan"),
    ("欧阳", "ouyang"),
];

/// Characters of given names with their pinyin, men's first half, women's second half.
const GIVEN: [(&str, &str); 72] = [
    ("伟", "wei"),
    ("强", "qiang"),
    ("磊", "lei"),
    ("军", "jun"),
    ("洋", "yang"),
    ("勇", "yong"),
    ("杰", "jie"),
    ("涛", "tao"),
    ("明", "ming"),
    ("超", "chao"),
    ("刚", "gang"),
    ("平", "ping"),
    ("辉", "hui"),
    ("鹏", "peng"),
    ("宇", "yu"),
    ("浩", "hao"),
    ("然", "ran"),
    ("凯", "kai"),
    ("志", "zhi"),
    ("建", "jian"),
    ("国", "guo"),
    ("文", "wen"),
    ("斌", "bin"),
    ("波", "bo"),
    ("峰", "feng"),
    ("毅", "yi"),
    ("俊", "jun"),
    ("林", "lin"),
    ("飞", "fei"),
    ("晨", "chen"),
    ("旭", "xu"),
    ("东", "dong"),
    ("立", "li"),
    ("海", "hai"),
    ("清", "qing"),
    ("远", "yuan"),
    ("芳", "fang"),
    ("娜", "na"),
    ("敏", "min"),
    ("静", "jing"),
    ("丽", "li"),
    ("艳", "yan"),
    ("娟", "juan"),
    ("霞", "xia"),
    ("秀", "xiu"),
    ("燕", "yan"),
    ("玲", "ling"),
    ("桂", "gui"),
    ("丹", "dan"),
    ("萍", "ping"),
    ("红", "hong"),
    ("玉", "yu"),
    ("梅", "mei"),
    ("琳", "lin"),
    ("洁", "jie"),
    ("莉", "li"),
    ("雪", "xue"),
    ("婷", "ting"),
    ("颖", "ying"),
    ("慧", "hui"),
    ("倩", "qian"),
    ("欣", "xin"),
    ("怡", "yi"),
    ("雯", "wen"),
    ("佳", "jia"),
    ("悦", "yue"),
    ("晓", "xiao"),
    ("嘉", "jia"),
    ("思", "si"),
    ("雨", "yu"),
    ("蕾", "lei"),
    ("宁", "ning"),
];

/// Syllables of company names with their pinyin.
const BRANDS: [(&str, &str); 48] = [
    ("恒", "heng"),
    ("瑞", "rui"),
    ("华", "hua"),
    ("盛", "sheng"),
    ("鼎", "ding"),
    ("泰", "tai"),
    ("信", "xin"),
    ("达", "da"),
    ("博", "bo"),
    ("科", "ke"),
    ("联", "lian"),
    ("创", "chuang"),
    ("新", "xin"),
    ("元", "yuan"),
    ("天", "tian"),
    ("安", "an"),
    ("正", "zheng"),
    ("和", "he"),
    ("诚", "cheng"),
    ("远", "yuan"),
    ("德", "de"),
    ("利", "li"),
    ("捷", "jie"),
    ("锐", "rui"),
    ("宏", "hong"),
    ("亿", "yi"),
    ("嘉", "jia"),
    ("友", "you"),
    ("同", "tong"),
    ("顺", "shun"),
    ("金", "jin"),
    ("银", "yin"),
    ("凌", "ling"),
    ("启", "qi"),
    ("智", "zhi"),
    ("汇", "hui"),
    ("众", "zhong"),
    ("康", "kang"),
    ("美", "mei"),
    ("中", "zhong"),
    ("图", "tu"),
    ("辰", "chen"),
    ("晟", "sheng"),
    ("阳", "yang"),
    ("海", "hai"),
    ("峰", "feng"),
    ("澜", "lan"),
    ("越", "yue"),
];

/// An industry: picklist value, words of company names, weight among the customers of an industrial supplier.
type Trade = (&'static str, &'static [&'static str], i64);

/// The industries of the customers.
pub const TRADES: [Trade; 14] = [
    ("manufacturing", &["精密机械", "自动化设备", "汽车零部件", "电子", "模具", "新材料", "装备制造"], 34),
    ("energy", &["新能源", "电力设备", "光伏科技", "储能技术"], 10),
    ("technology", &["智能科技", "信息技术", "物联网"], 10),
    ("logistics", &["物流", "供应链管理", "冷链物流"], 7),
    ("construction", &["建设工程", "建筑科技", "机电安装"], 6),
    ("medical", &["医疗器械", "生物医药", "制药"], 7),
    ("retail", &["商贸", "连锁超市", "百货"], 5),
    ("wholesale", &["贸易", "进出口", "供应链"], 5),
    ("hospitality", &["食品", "餐饮管理", "酒店管理"], 5),
    ("agriculture", &["农业科技", "饲料", "种业"], 3),
    ("real_estate", &["置业", "物业服务"], 3),
    ("education", &["教育科技", "教学设备"], 2),
    ("telecommunications", &["通信", "光电子"], 2),
    ("software", &["软件", "数字科技"], 1),
];

/// A person.
#[derive(Clone, Debug)]
pub struct Person {
    /// Name in characters.
    pub name: String,
    /// Name in pinyin, surname last, for addresses.
    pub pinyin: String,
    /// Whether a woman.
    pub female: bool,
}

/// A person.
pub fn person(rng: &mut Rng) -> Person {
    let (surname, family) = rng.pick(&SURNAMES);
    let female = rng.chance(44);
    let half = if female { &GIVEN[36..] } else { &GIVEN[..36] };
    let (first, mut latin) = {
        let (character, latin) = rng.pick(half);
        (character.to_owned(), latin.to_owned())
    };
    let mut given = first;
    if rng.chance(72) {
        let (second, more) = rng.pick(half);
        if second != given {
            given.push_str(second);
            latin.push_str(more);
        }
    }
    Person { name: format!("{surname}{given}"), pinyin: format!("{latin}.{family}"), female }
}

/// A company.
#[derive(Clone, Debug)]
pub struct Company {
    /// Registered name.
    pub name: String,
    /// What people call it.
    pub short: String,
    /// Domain without the ending.
    pub domain: String,
    /// Picklist value of the industry.
    pub industry: &'static str,
}

/// A company in a city (without 市).
pub fn company(rng: &mut Rng, city: &str) -> Company {
    let trades: Vec<(usize, i64)> = TRADES.iter().enumerate().map(|(i, t)| (i, t.2)).collect();
    let (industry, words, _) = TRADES[rng.weighted(&trades)];
    let (first, one) = rng.pick(&BRANDS);
    let (second, two) = rng.pick(&BRANDS);
    let word = rng.pick(words);
    let form = rng.weighted(&[("有限公司", 80), ("股份有限公司", 14), ("集团有限公司", 6)]);
    let short = if first == second { format!("{first}{word}") } else { format!("{first}{second}{word}") };
    let name = if rng.chance(78) { format!("{city}{short}{form}") } else { format!("{short}（{city}）{form}") };
    Company { name, short, domain: format!("{one}{two}{}", rng.between(10, 99)), industry }
}

/// A mobile number in the ranges in use, written as people write it.
pub fn mobile(rng: &mut Rng) -> String {
    let start = rng.pick(&["138", "139", "135", "136", "137", "150", "151", "158", "159", "186", "188", "189", "177", "133"]);
    format!("{start} {:04} {:04}", rng.between(1000, 9999), rng.between(0, 9999))
}

/// A fixed line with its area code.
pub fn phone(rng: &mut Rng, area: &str) -> String {
    let digits = if area.len() == 3 { rng.between(5000_0000, 8999_9999) } else { rng.between(8100_0000, 8899_9999) };
    format!("{area}-{digits}")
}

/// A 统一社会信用代码 with a right check character (GB 32100-2015).
pub fn credit_code(rng: &mut Rng, division: &str) -> String {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let mut code = format!("91{division}");
    while code.len() < 17 {
        code.push(char::from(ALPHABET[rng.between(0, 30) as usize]));
    }
    let mut sum = 0;
    let mut weight = 1;
    for byte in code.bytes() {
        sum += ALPHABET.iter().position(|c| *c == byte).unwrap_or(0) * weight;
        weight = weight * 3 % 31;
    }
    code.push(char::from(ALPHABET[(31 - sum % 31) % 31]));
    code
}
