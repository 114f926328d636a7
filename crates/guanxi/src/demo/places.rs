//! Where customers sit: cities of three sales regions with province, districts, area code and division code.

use serde_json::{Value, json};

use super::rng::Rng;

/// A city.
#[derive(Debug)]
pub struct City {
    /// 省 or 直辖市.
    pub province: &'static str,
    /// 市.
    pub city: &'static str,
    /// The name inside company names.
    pub short: &'static str,
    /// 区.
    pub districts: &'static [&'static str],
    /// Area code of the telephone.
    pub area: &'static str,
    /// 行政区划 code, 6 digits.
    pub division: &'static str,
    /// Postal code.
    pub postal: &'static str,
    /// How many customers, relative to the others.
    pub weight: i64,
}

const fn city(
    (province, city, short): (&'static str, &'static str, &'static str),
    districts: &'static [&'static str],
    (area, division, postal): (&'static str, &'static str, &'static str),
    weight: i64,
) -> City {
    City { province, city, short, districts, area, division, postal, weight }
}

/// The three regions, in the order of the sales teams.
pub const REGIONS: [(&str, &[City]); 3] = [("华东", &EAST), ("华南", &SOUTH), ("华北", &NORTH)];

const EAST: [City; 9] = [
    city(("上海市", "上海市", "上海"), &["浦东新区", "闵行区", "嘉定区", "松江区", "奉贤区"], ("021", "310000", "201100"), 24),
    city(("江苏省", "苏州市", "苏州"), &["工业园区", "虎丘区", "吴中区", "相城区"], ("0512", "320500", "215000"), 18),
    city(("江苏省", "无锡市", "无锡"), &["新吴区", "滨湖区", "锡山区"], ("0510", "320200", "214000"), 10),
    city(("江苏省", "南京市", "南京"), &["江宁区", "浦口区", "栖霞区"], ("025", "320100", "210000"), 9),
    city(("浙江省", "杭州市", "杭州"), &["滨江区", "余杭区", "萧山区", "钱塘区"], ("0571", "330100", "310000"), 14),
    city(("浙江省", "宁波市", "宁波"), &["北仑区", "鄞州区", "镇海区"], ("0574", "330200", "315000"), 9),
    city(("浙江省", "嘉兴市", "嘉兴"), &["南湖区", "秀洲区"], ("0573", "330400", "314000"), 5),
    city(("安徽省", "合肥市", "合肥"), &["蜀山区", "包河区", "瑶海区"], ("0551", "340100", "230000"), 7),
    city(("福建省", "厦门市", "厦门"), &["湖里区", "集美区", "海沧区"], ("0592", "350200", "361000"), 4),
];

const SOUTH: [City; 8] = [
    city(("广东省", "深圳市", "深圳"), &["南山区", "宝安区", "龙岗区", "龙华区", "光明区"], ("0755", "440300", "518000"), 26),
    city(("广东省", "广州市", "广州"), &["黄埔区", "番禺区", "天河区", "南沙区"], ("020", "440100", "510000"), 20),
    city(("广东省", "东莞市", "东莞"), &["松山湖", "长安镇", "虎门镇"], ("0769", "441900", "523000"), 16),
    city(("广东省", "佛山市", "佛山"), &["顺德区", "南海区", "禅城区"], ("0757", "440600", "528000"), 13),
    city(("广东省", "中山市", "中山"), &["火炬开发区", "小榄镇"], ("0760", "442000", "528400"), 6),
    city(("广东省", "惠州市", "惠州"), &["惠城区", "惠阳区"], ("0752", "441300", "516000"), 6),
    city(("湖南省", "长沙市", "长沙"), &["岳麓区", "雨花区", "长沙县"], ("0731", "430100", "410000"), 7),
    city(("广西壮族自治区", "南宁市", "南宁"), &["青秀区", "西乡塘区"], ("0771", "450100", "530000"), 4),
];

const NORTH: [City; 8] = [
    city(("北京市", "北京市", "北京"), &["海淀区", "大兴区", "顺义区", "昌平区", "亦庄"], ("010", "110000", "100176"), 26),
    city(("天津市", "天津市", "天津"), &["滨海新区", "西青区", "武清区"], ("022", "120000", "300450"), 16),
    city(("河北省", "石家庄市", "石家庄"), &["裕华区", "长安区"], ("0311", "130100", "050000"), 9),
    city(("河北省", "唐山市", "唐山"), &["路北区", "丰南区"], ("0315", "130200", "063000"), 7),
    city(("山东省", "青岛市", "青岛"), &["黄岛区", "城阳区", "即墨区"], ("0532", "370200", "266000"), 15),
    city(("山东省", "济南市", "济南"), &["历下区", "高新区", "章丘区"], ("0531", "370100", "250000"), 11),
    city(("山东省", "烟台市", "烟台"), &["福山区", "莱山区"], ("0535", "370600", "264000"), 7),
    city(("山西省", "太原市", "太原"), &["小店区", "万柏林区"], ("0351", "140100", "030000"), 5),
];

const STREETS: [&str; 16] = [
    "科技路",
    "创新大道",
    "工业大道",
    "人民路",
    "长江路",
    "黄河路",
    "建设路",
    "兴业路",
    "智造路",
    "金桥路",
    "振兴路",
    "滨江路",
    "产业园路",
    "和平路",
    "星湖街",
    "望江路",
];

/// A city of a region.
pub fn city_in(rng: &mut Rng, region: usize) -> &'static City {
    let cities = REGIONS[region % REGIONS.len()].1;
    let weights: Vec<(usize, i64)> = cities.iter().enumerate().map(|(i, c)| (i, c.weight)).collect();
    &cities[rng.weighted(&weights)]
}

/// An address in a city, in API form.
pub fn address(rng: &mut Rng, city: &City) -> Value {
    let street = format!("{}{}号{}", rng.pick(&STREETS), rng.between(1, 1200), rng.pick(&["", "", "A座", "2号厂房", "5楼"]));
    json!({
        "country": "中国", "province": city.province, "city": city.city, "district": rng.pick(city.districts),
        "street": street, "postal_code": city.postal,
    })
}
