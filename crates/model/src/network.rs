//! Networks of addresses in CIDR form, as lists of those from which somebody may come in.

use std::net::IpAddr;

use crate::lang::Label;

/// A network: an address and how many of its leading bits count. Addresses of IPv4 within IPv6 (`::ffff:192.0.2.1`) count as IPv4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    bits: u128,
    mask: u128,
    v4: bool,
}

/// Why a text is no network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotANetwork {
    /// What is wrong and what would be right.
    pub message: Label,
}

impl Network {
    /// The network of a text: `203.0.113.0/24`, `2001:db8::/32`, or one address alone.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Network, NotANetwork> {
        let wrong = |zh: String, en: String| NotANetwork { message: Label::new(zh, en) };
        let (address, length) = match text.trim().split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text.trim(), None),
        };
        let no_network = || {
            let zh = format!("“{text}”不是地址段，请写成 203.0.113.0/24 或 2001:db8::/32");
            wrong(zh, format!("“{text}” is no network; write it as 203.0.113.0/24 or 2001:db8::/32"))
        };
        let given: IpAddr = address.parse().map_err(|_| no_network())?;
        let whole = if given.is_ipv4() { 32 } else { 128 };
        let length: u32 = match length {
            // No sign and no blanks, which `parse` would take.
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().map_err(|_| no_network())?,
            Some(_) => return Err(no_network()),
            None => whole,
        };
        let mapped = given.is_ipv6() && given.to_canonical().is_ipv4();
        if length > whole || (mapped && length < 96) {
            return Err(no_network());
        }
        let length = if mapped { length - 96 } else { length };
        let (bits, v4) = bits_of(given);
        let width = if v4 { 32 } else { 128 };
        let mask = if length == 0 { 0 } else { u128::MAX << (width - length) & u128::MAX >> (128 - width) };
        if bits & !mask != 0 {
            let net = address_of(bits & mask, v4);
            return Err(wrong(
                format!("“{text}”在前 {length} 位之后还有内容，应为 {net}/{length}"),
                format!("“{text}” says something after its first {length} bits; it would be {net}/{length}"),
            ));
        }
        Ok(Network { bits, mask, v4 })
    }

    /// Whether an address is in the network.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (bits, v4) = bits_of(address);
        v4 == self.v4 && bits & self.mask == self.bits
    }
}

/// Whether an address is in one of the networks. What is no network has no addresses.
pub fn in_one_of(networks: &[String], address: IpAddr) -> bool {
    networks.iter().filter_map(|text| Network::parse(text).ok()).any(|network| network.contains(address))
}

fn bits_of(address: IpAddr) -> (u128, bool) {
    match address.to_canonical() {
        IpAddr::V4(v4) => (u128::from(v4.to_bits()), true),
        IpAddr::V6(v6) => (v6.to_bits(), false),
    }
}

fn address_of(bits: u128, v4: bool) -> IpAddr {
    match u32::try_from(bits) {
        Ok(bits) if v4 => IpAddr::V4(bits.into()),
        _ => IpAddr::V6(bits.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(network: &str, address: &str) -> bool {
        Network::parse(network).expect("a network").contains(address.parse().expect("an address"))
    }

    #[test]
    fn addresses_are_in_their_networks() {
        assert!(within("203.0.113.0/24", "203.0.113.255") && !within("203.0.113.0/24", "203.0.114.0"));
        assert!(within("203.0.113.7", "203.0.113.7") && !within("203.0.113.7", "203.0.113.8"));
        assert!(within("0.0.0.0/0", "8.8.8.8") && !within("0.0.0.0/0", "2001:db8::1"), "all of IPv4 is not IPv6");
        assert!(within("2001:db8::/32", "2001:db8:ffff::1") && !within("2001:db8::/32", "2001:db9::1"));
        assert!(within("::/0", "2001:db8::1") && within("::1", "::1"));
        assert!(within("203.0.113.0/24", "::ffff:203.0.113.9"), "IPv4 within IPv6 is IPv4");
        assert!(within("::ffff:203.0.113.0/120", "203.0.113.9") && !within("::ffff:203.0.113.0/120", "203.0.114.9"));
        assert!(!within("::/0", "::ffff:203.0.113.9"));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in
            ["", "x", "203.0.113", "203.0.113.0/33", "203.0.113.0/+8", "203.0.113.0/", "2001:db8::/129", "::ffff:203.0.113.0/24", "/8"]
        {
            assert!(Network::parse(text).is_err(), "{text}");
        }
        let host = Network::parse("203.0.113.9/24").expect_err("more than the network");
        assert!(host.message.en.contains("203.0.113.0/24"), "{host:?}");
        assert!(!in_one_of(&["x".to_owned()], "203.0.113.9".parse().expect("an address")));
    }
}
