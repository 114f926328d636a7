//! What the company sells: gateways, sensors, software and services for factories, with its price books.

use serde_json::json;

use super::rng::Rng;
use super::script::{Handle, Script};

/// A product: name, code, family, list price in yuan, unit, usual quantity from–to, weight.
type Row = (&'static str, &'static str, &'static str, i64, &'static str, (i64, i64), i64);

const ROWS: [Row; 24] = [
    ("工业边缘网关 G100", "GW-100", "工业网关", 3_200, "台", (5, 60), 10),
    ("工业边缘网关 G300", "GW-300", "工业网关", 6_800, "台", (3, 40), 9),
    ("5G 工业路由器 R500", "RT-500", "工业网关", 8_900, "台", (2, 25), 5),
    ("无线温湿度传感器 T2", "SN-T2", "传感器", 380, "只", (30, 400), 8),
    ("振动监测传感器 V3", "SN-V3", "传感器", 1_450, "只", (20, 200), 8),
    ("智能电表模块 E1", "SN-E1", "传感器", 960, "只", (20, 180), 7),
    ("压力变送器 P5", "SN-P5", "传感器", 1_180, "只", (10, 120), 4),
    ("气体检测仪 X7", "SN-X7", "传感器", 2_600, "台", (5, 60), 3),
    ("视觉检测相机 C8", "VC-08", "机器视觉", 18_600, "台", (2, 16), 6),
    ("视觉检测工作站", "VC-WS", "机器视觉", 86_000, "套", (1, 4), 4),
    ("AGV 调度控制器", "AG-01", "机器视觉", 42_000, "套", (1, 6), 2),
    ("设备管理平台（标准版）", "SW-EAM-S", "软件", 68_000, "套/年", (1, 2), 9),
    ("设备管理平台（企业版）", "SW-EAM-E", "软件", 198_000, "套/年", (1, 1), 6),
    ("能源管理系统", "SW-EMS", "软件", 156_000, "套/年", (1, 2), 7),
    ("生产数据看板", "SW-DASH", "软件", 36_000, "套/年", (1, 3), 6),
    ("预测性维护模块", "SW-PDM", "软件", 88_000, "套/年", (1, 2), 5),
    ("质量追溯系统", "SW-QMS", "软件", 128_000, "套/年", (1, 1), 4),
    ("开放接口授权", "SW-API", "软件", 24_000, "套/年", (1, 3), 3),
    ("现场实施服务", "SV-IMP", "服务", 2_800, "人天", (5, 60), 8),
    ("系统集成服务", "SV-INT", "服务", 3_600, "人天", (5, 50), 5),
    ("操作培训", "SV-TRN", "服务", 6_000, "天", (1, 6), 4),
    ("年度维保（基础）", "SV-MT-B", "服务", 18_000, "年", (1, 2), 6),
    ("年度维保（金牌）", "SV-MT-G", "服务", 46_000, "年", (1, 2), 4),
    ("设备健康诊断报告", "SV-DIA", "服务", 12_000, "次", (1, 4), 2),
];

/// A product in the script.
#[derive(Clone, Copy, Debug)]
pub struct Product {
    /// The record.
    pub handle: Handle,
    /// Its name.
    pub name: &'static str,
    /// List price in yuan.
    pub price: i64,
    /// Usual quantities.
    pub usual: (i64, i64),
    /// Whether it is a device that stands at the customer's.
    pub device: bool,
    weight: i64,
}

/// The products.
#[derive(Debug)]
pub struct Catalog(Vec<Product>);

impl Catalog {
    /// A product, the popular ones more often.
    pub fn pick(&self, rng: &mut Rng) -> Product {
        let weights: Vec<(usize, i64)> = self.0.iter().enumerate().map(|(i, p)| (i, p.weight)).collect();
        self.0[rng.weighted(&weights)]
    }

    /// Up to `n` different products.
    pub fn several(&self, rng: &mut Rng, n: usize) -> Vec<Product> {
        let mut found: Vec<Product> = Vec::new();
        for _ in 0..n {
            let product = self.pick(rng);
            if found.iter().all(|p| p.handle != product.handle) {
                found.push(product);
            }
        }
        found
    }
}

/// Enters products and price books at the opening.
pub fn stock(script: &mut Script) -> Catalog {
    let standard = script.open_with("price_book", json!({"name": "标准价格表", "is_standard": true, "active": true}), &[]);
    let partner = script.open_with(
        "price_book",
        json!({"name": "渠道伙伴价格表", "active": true, "description": "按标准价八二折，签约伙伴适用。"}),
        &[],
    );
    let mut products = Vec::new();
    for (name, code, family, price, unit, usual, weight) in ROWS {
        let values = json!({"name": name, "code": code, "family": family, "unit_price": yuan(price * 100), "unit": unit, "active": true});
        let handle = script.open_with("product", values, &[]);
        for (book, cents) in [(standard, price * 100), (partner, price * 82)] {
            script.open_with(
                "price_book_entry",
                json!({"unit_price": yuan(cents), "active": true}),
                &[("price_book_id", book), ("product_id", handle)],
            );
        }
        let device = matches!(family, "工业网关" | "机器视觉");
        products.push(Product { handle, name, price, usual, device, weight });
    }
    Catalog(products)
}

/// An amount in fen as the API takes it.
pub fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}
