//! A whole Chinese address of one cell to its parts: 广东省深圳市南山区科技园南路18号, also where 省 and 市 are left out (广东深圳南山).
//! What is not recognised for certain stays the street, as it was written.

use serde_json::{Map, Value};

use super::divisions::{DIVISIONS, Written, first};

/// The parts of an address found so far, and what is left of the text.
#[derive(Clone, Default)]
struct Found<'t> {
    country: Option<&'t str>,
    postal_code: Option<&'t str>,
    province: Option<(usize, Written)>,
    /// The city in the table, or as it was written, and how; a municipality's own is not written.
    city: Option<(Place<'t>, Option<Written>)>,
    district: Option<&'t str>,
    rest: &'t str,
}

#[derive(Clone, Copy)]
enum Place<'t> {
    Known(usize),
    Written(&'t str),
}

/// The parts of an address in one cell.
pub(crate) fn parts(text: &str) -> Value {
    let mut parts = Map::new();
    let mut put = |name: &str, value: &str| {
        if !value.is_empty() {
            parts.insert(name.to_owned(), Value::String(value.to_owned()));
        }
    };
    let Some(found) = find(text) else {
        put("street", text);
        return Value::Object(parts);
    };
    put("country", found.country.unwrap_or(""));
    put("province", found.province.map_or("", |(at, _)| DIVISIONS.provinces[at].name));
    put(
        "city",
        match found.city {
            Some((Place::Known(at), _)) => DIVISIONS.cities[at].own.name,
            Some((Place::Written(name), _)) => name,
            None => "",
        },
    );
    put("district", found.district.unwrap_or(""));
    put("street", found.rest);
    put("postal_code", found.postal_code.unwrap_or(""));
    Value::Object(parts)
}

/// What the address names, if that is certain: a name in full, two names in a row, or one with a gap after it.
fn find(text: &str) -> Option<Found<'_>> {
    let mut found = Found { rest: text.trim(), ..Found::default() };
    found.postal_code = postal_code(&mut found.rest);
    found.country = ["中华人民共和国", "中国"].into_iter().find_map(|name| {
        let rest = found.rest.strip_prefix(name)?;
        let country = &found.rest[..name.len()];
        found.rest = gap(rest);
        Some(country)
    });
    province(&mut found);
    city(&mut found);
    let gap_after = found.rest.starts_with(is_gap) || found.rest.is_empty();
    found.rest = gap(found.rest);
    district(&mut found);
    let named = [found.province.map(|(_, written)| written), found.city.and_then(|(_, written)| written)];
    let count = named.iter().flatten().count() + usize::from(found.district.is_some());
    if !(named.contains(&Some(Written::Full)) || count >= 2 || (count == 1 && gap_after)) {
        return None;
    }
    complete(&mut found);
    found.rest = gap(found.rest).trim_end();
    Some(found)
}

fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | '，' | '、' | '-' | '－' | '—' | '/' | '·' | '|' | ';' | '；' | '>')
}

fn gap(text: &str) -> &str {
    text.trim_start_matches(is_gap)
}

/// Six digits before the address.
fn postal_code<'t>(rest: &mut &'t str) -> Option<&'t str> {
    let (code, after) = rest.split_at_checked(6)?;
    let is_code = code.bytes().all(|b| b.is_ascii_digit()) && after.chars().next().is_some_and(|c| !c.is_ascii_digit());
    is_code.then(|| *rest = gap(after))?;
    Some(code)
}

fn province(found: &mut Found<'_>) {
    let all = &*DIVISIONS;
    let Some((at, rest, written)) = first(found.rest, all.provinces.iter().enumerate()) else { return };
    // 吉林市 and 海南藏族自治州 begin as provinces do.
    let cities = || all.cities.iter().map(|c| &c.own).enumerate();
    if written == Written::Short && first(found.rest, cities()).is_some_and(|(_, _, city)| city == Written::Full) {
        return;
    }
    // 广西省, 宁夏自治区.
    let kind = ["省", "自治区"].into_iter().find_map(|kind| rest.strip_prefix(kind));
    let written = if kind.is_some() { Written::Full } else { written };
    (found.province, found.rest) = (Some((at, written)), kind.unwrap_or(rest));
}

fn city(found: &mut Found<'_>) {
    let all = &*DIVISIONS;
    let text = gap(found.rest);
    if let Some((province, _)) = found.province
        && let Some(city) = municipality(province)
    {
        found.city = Some((Place::Known(city), None));
        // 上海上海市市辖区浦东新区.
        let again = [all.provinces[province].name, "市辖区"];
        found.rest = again.iter().fold(found.rest, |rest, name| gap(rest).strip_prefix(name).unwrap_or(rest));
        return;
    }
    let known = match found.province {
        Some((province, _)) => first(text, all.cities_of(province)),
        None => first(text, all.cities.iter().map(|c| &c.own).enumerate()),
    };
    // 中山路 is a road, 唐山路北区 is not.
    let is_city = |at: usize, rest: &str| {
        let districts = all.cities[at].districts.iter().enumerate();
        !is_road(rest) || first(rest, districts).is_some_and(|(_, _, written)| written == Written::Full)
    };
    if let Some((at, rest, written)) = known.filter(|(at, rest, written)| *written == Written::Full || is_city(*at, rest)) {
        (found.city, found.rest) = (Some((Place::Known(at), Some(written))), rest);
    } else if matches!(found.province, Some((_, Written::Full)))
        && all.places(text).is_none()
        && let Some((name, rest)) = by_suffix(text, &["市", "州", "盟", "地区"], 6)
    {
        (found.city, found.rest) = (Some((Place::Written(name), Some(Written::Full))), rest);
    }
}

/// The city that a province is itself.
fn municipality(province: usize) -> Option<usize> {
    let all = &*DIVISIONS;
    all.cities.iter().position(|c| c.province == province && c.own.name == all.provinces[province].name)
}

fn district<'t>(found: &mut Found<'t>) {
    let all = &*DIVISIONS;
    let text = found.rest;
    let taken = match found.city {
        Some((Place::Known(city), _)) => {
            let districts = &all.cities[city].districts;
            let known = first(text, districts.iter().enumerate()).filter(|(_, rest, written)| *written == Written::Full || !is_place(rest));
            known.map(|(at, rest, _)| (districts[at].name, rest)).or_else(|| other_district(text))
        }
        Some((Place::Written(_), _)) => other_district(text),
        // 江苏省昆山市, 昆山市: a county tells its city, if there is only one of that name.
        None => {
            let Some((places, rest)) = all.places(text) else { return };
            let mut fitting = places.iter().filter(|(city, _)| found.province.is_none_or(|(p, _)| all.cities[*city].province == p));
            let (Some((city, at)), None) = (fitting.next(), fitting.next()) else { return };
            let name = all.cities[*city].districts[*at].name;
            // Without a province only what cannot be anything else: 东城区 could, 昆山市 not.
            if found.province.is_none() && !name.ends_with(['市', '县', '旗']) {
                return;
            }
            found.city = Some((Place::Known(*city), Some(Written::Full)));
            Some((name, rest))
        }
    };
    if let Some((name, rest)) = taken {
        (found.district, found.rest) = (Some(name), rest);
    }
}

/// A district that the table does not have: one of former days, or a development area.
fn other_district(text: &str) -> Option<(&str, &str)> {
    const NOT_DISTRICTS: [&str; 16] = [
        "小区",
        "园区",
        "社区",
        "校区",
        "院区",
        "厂区",
        "景区",
        "库区",
        "片区",
        "市区",
        "地区",
        "港区",
        "住宅区",
        "别墅区",
        "步行街区",
        "商业区",
    ];
    if let Some(rest) = text.strip_prefix("工业园区") {
        return Some((&text[..text.len() - rest.len()], rest));
    }
    by_suffix(text, &["区", "县", "旗"], 12).filter(|(name, _)| !NOT_DISTRICTS.iter().any(|no| name.ends_with(no)))
}

/// The name at the beginning of a text that ends with one of the suffixes: Chinese characters only, none of a road's, at most `longest`.
fn by_suffix<'t>(text: &'t str, suffixes: &[&str], longest: usize) -> Option<(&'t str, &'t str)> {
    for (count, (at, c)) in text.char_indices().enumerate().take(longest) {
        if !('\u{4e00}'..='\u{9fff}').contains(&c) || "路街道巷弄号镇乡村楼".contains(c) {
            return None;
        }
        let end = at + c.len_utf8();
        if count >= 1 && suffixes.iter().any(|s| text[..end].ends_with(s)) {
            return (!text[end..].starts_with(['路', '街', '道'])).then(|| text.split_at(end));
        }
    }
    None
}

/// Whether what follows a short name makes it the name of a road: 南京东路.
fn is_road(rest: &str) -> bool {
    const DIRECTIONS: &str = "东南西北中内外环一二三四五六七八九十";
    let road = |c: Option<char>| c.is_some_and(|c| "路街道巷弄里".contains(c));
    let mut chars = rest.chars();
    let (next, after) = (chars.next(), chars.next());
    road(next)
        || (next == Some('大') && road(after))
        || (next.is_some_and(|c| DIRECTIONS.contains(c)) && (road(after) || matches!(after, Some('大' | '环'))))
}

/// Whether what follows a short name makes it the name of a road, a house or a sight: 朝阳门, 静安寺, 西湖风景区.
fn is_place(rest: &str) -> bool {
    is_road(rest) || rest.starts_with(|c| "大胡桥村镇乡站门寺湖江河山海岛湾港风新饭酒银".contains(c))
}

/// The province of a city.
fn complete(found: &mut Found<'_>) {
    if let (None, Some((Place::Known(city), _))) = (found.province, found.city) {
        found.province = Some((DIVISIONS.cities[city].province, Written::Short));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts in the order country, province, city, district, street, postal code, with `|` between them.
    fn split(text: &str) -> String {
        let parts = parts(text);
        let names = ["country", "province", "city", "district", "street", "postal_code"];
        names.map(|n| parts.get(n).and_then(Value::as_str).unwrap_or("").to_owned()).join("|")
    }

    #[test]
    fn whole_addresses_come_apart() {
        for (text, want) in [
            ("广东省深圳市南山区科技园南路18号", "|广东省|深圳市|南山区|科技园南路18号|"),
            ("广东深圳南山", "|广东省|深圳市|南山区||"),
            ("广东 深圳 南山 科技园南路18号", "|广东省|深圳市|南山区|科技园南路18号|"),
            ("深圳市南山区粤海街道", "|广东省|深圳市|南山区|粤海街道|"),
            ("北京市海淀区中关村大街1号", "|北京市|北京市|海淀区|中关村大街1号|"),
            ("北京海淀中关村大街1号", "|北京市|北京市|海淀区|中关村大街1号|"),
            ("上海市上海市浦东新区世纪大道100号", "|上海市|上海市|浦东新区|世纪大道100号|"),
            ("上海市市辖区徐汇区漕溪北路8号", "|上海市|上海市|徐汇区|漕溪北路8号|"),
            ("重庆市渝中区解放碑步行街5号", "|重庆市|重庆市|渝中区|解放碑步行街5号|"),
            ("天津河北区中山路2号", "|天津市|天津市|河北区|中山路2号|"),
            ("内蒙古自治区呼和浩特市新城区中山东路9号", "|内蒙古自治区|呼和浩特市|新城区|中山东路9号|"),
            ("内蒙古呼和浩特赛罕区大学西街235号", "|内蒙古自治区|呼和浩特市|赛罕区|大学西街235号|"),
            ("广西南宁青秀民族大道100号", "|广西壮族自治区|南宁市|青秀区|民族大道100号|"),
            ("新疆维吾尔自治区伊犁哈萨克自治州伊宁市解放路1号", "|新疆维吾尔自治区|伊犁哈萨克自治州|伊宁市|解放路1号|"),
            ("新疆石河子市北四路", "|新疆维吾尔自治区|石河子市||北四路|"),
            ("吉林市船营区重庆街3号", "|吉林省|吉林市|船营区|重庆街3号|"),
            ("吉林省长春市朝阳区人民大街", "|吉林省|长春市|朝阳区|人民大街|"),
            ("青海省海南藏族自治州共和县恰卜恰镇", "|青海省|海南藏族自治州|共和县|恰卜恰镇|"),
            ("海南省三亚市海棠区", "|海南省|三亚市|海棠区||"),
            ("江苏省昆山市玉山镇前进路6号", "|江苏省|苏州市|昆山市|玉山镇前进路6号|"),
            ("昆山市玉山镇前进路6号", "|江苏省|苏州市|昆山市|玉山镇前进路6号|"),
            ("苏州工业园区星湖街328号", "|江苏省|苏州市|工业园区|星湖街328号|"),
            ("浙江省杭州市滨江区网商路699号", "|浙江省|杭州市|滨江区|网商路699号|"),
            ("河北唐山路北区新华道", "|河北省|唐山市|路北区|新华道|"),
            ("东莞市南城街道鸿福路200号", "|广东省|东莞市||南城街道鸿福路200号|"),
            ("成都市高新区天府大道1700号", "|四川省|成都市|高新区|天府大道1700号|"),
            ("山东省莱芜市莱城区汶源大街", "|山东省|莱芜市|莱城区|汶源大街|"),
            ("上海市闸北区天目西路", "|上海市|上海市|闸北区|天目西路|"),
            ("518057 中国广东省深圳市南山区高新南一道", "中国|广东省|深圳市|南山区|高新南一道|518057"),
            ("浙江省-宁波市-鄞州区-首南街道", "|浙江省|宁波市|鄞州区|首南街道|"),
            ("湖北省恩施土家族苗族自治州利川市", "|湖北省|恩施土家族苗族自治州|利川市||"),
            ("香港特别行政区皇后大道中1号", "|香港特别行政区|||皇后大道中1号|"),
            ("台湾省台北市信义区松高路", "|台湾省|台北市|信义区|松高路|"),
            ("深圳 科技园南路18号", "|广东省|深圳市||科技园南路18号|"),
            ("北京市朝阳门外大街20号", "|北京市|北京市||朝阳门外大街20号|"),
            ("深圳市南山大道100号", "|广东省|深圳市||南山大道100号|"),
            ("南京市玄武区中山门外阳光小区", "|江苏省|南京市|玄武区|中山门外阳光小区|"),
        ] {
            assert_eq!(split(text), want, "{text}");
        }
    }

    #[test]
    fn what_is_not_certain_stays_as_it_is() {
        for text in [
            "上海路100号",
            "广东中山路18号",
            "北京朝阳路1号",
            "深圳科技园南路18号",
            "上海南京东路300号",
            "长春市场路2号",
            "南山区科技园",
            "科技园小区3栋",
            "350 Fifth Avenue, New York",
            "中关村大街1号",
            "123456",
        ] {
            assert_eq!(split(text), format!("||||{text}|"));
        }
    }
}
