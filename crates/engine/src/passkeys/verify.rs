//! What an authenticator sends, checked as WebAuthn Level 2 (§7.1, §7.2) says: for ES256 (P-256, SHA-256), which every platform has, without
//! attestation.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::cbor::{self, Value};

/// Somebody was there.
const PRESENT: u8 = 1;
/// It was the owner: by finger, face or PIN.
const VERIFIED: u8 = 1 << 2;
/// A new credential is part of the data.
const CREDENTIAL: u8 = 1 << 6;

/// What must hold of an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    /// `webauthn.create` or `webauthn.get`.
    pub(super) ceremony: &'a str,
    /// The challenge that was given.
    pub(super) challenge: &'a str,
    /// The site's origin.
    pub(super) origin: &'a str,
    /// The site's id.
    pub(super) rp_id: &'a str,
}

/// A new credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Credential {
    /// Its id.
    pub(super) id: Vec<u8>,
    /// Its public key, an uncompressed point of P-256.
    pub(super) public_key: Vec<u8>,
    /// How often it was used.
    pub(super) counter: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    #[serde(rename = "type")]
    ceremony: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
}

/// The challenge that an answer names, to look it up.
pub(super) fn challenge_of(client_data: &[u8]) -> Option<String> {
    serde_json::from_slice::<ClientData>(client_data).ok().map(|data| data.challenge)
}

/// Checks a registration.
///
/// # Errors
/// What does not hold, for the log.
pub(super) fn registration(client_data: &[u8], attestation: &[u8], expected: Expected<'_>) -> Result<Credential, &'static str> {
    check_client_data(client_data, expected)?;
    let (object, rest) = cbor::first(attestation).ok_or("the attestation object is no CBOR")?;
    if !rest.is_empty() {
        return Err("there is something behind the attestation object");
    }
    let data = object.get(&Value::Text("authData".to_owned())).and_then(Value::bytes).ok_or("there is no authenticator data")?;
    let (flags, counter, rest) = check_authenticator_data(data, expected)?;
    if flags & CREDENTIAL == 0 {
        return Err("there is no credential");
    }
    let (_aaguid, rest) = rest.split_at_checked(16).ok_or("the credential is cut off")?;
    let (length, rest) = rest.split_first_chunk::<2>().ok_or("the credential is cut off")?;
    let (id, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or("the credential's id is cut off")?;
    let (key, _extensions) = cbor::first(rest).ok_or("the public key is no CBOR")?;
    Ok(Credential { id: id.to_vec(), public_key: point(&key)?, counter })
}

/// Checks an assertion against the key of its credential; gives the counter.
///
/// # Errors
/// What does not hold, for the log.
pub(super) fn assertion(
    client_data: &[u8],
    authenticator_data: &[u8],
    signature: &[u8],
    public_key: &[u8],
    expected: Expected<'_>,
) -> Result<u32, &'static str> {
    check_client_data(client_data, expected)?;
    let (_, counter, _) = check_authenticator_data(authenticator_data, expected)?;
    let mut signed = authenticator_data.to_vec();
    signed.extend(Sha256::digest(client_data));
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, public_key);
    key.verify(&signed, signature).map_err(|_| "the signature is wrong")?;
    Ok(counter)
}

fn check_client_data(bytes: &[u8], expected: Expected<'_>) -> Result<(), &'static str> {
    let data: ClientData = serde_json::from_slice(bytes).map_err(|_| "the client data is none")?;
    if data.ceremony != expected.ceremony {
        return Err("it is for another ceremony");
    }
    if data.challenge != expected.challenge {
        return Err("it is for another challenge");
    }
    if data.origin != expected.origin || data.cross_origin {
        return Err("it is for another site");
    }
    Ok(())
}

/// Checks whose data it is and that the owner was there; gives the flags, the counter and the rest.
fn check_authenticator_data<'a>(data: &'a [u8], expected: Expected<'_>) -> Result<(u8, u32, &'a [u8]), &'static str> {
    let (rp_id_hash, rest) = data.split_first_chunk::<32>().ok_or("the authenticator data is cut off")?;
    let (flags, rest) = rest.split_first().ok_or("the authenticator data is cut off")?;
    let (counter, rest) = rest.split_first_chunk::<4>().ok_or("the authenticator data is cut off")?;
    if rp_id_hash[..] != Sha256::digest(expected.rp_id.as_bytes())[..] {
        return Err("it is for another site's id");
    }
    if flags & PRESENT == 0 || flags & VERIFIED == 0 {
        return Err("the user was not verified");
    }
    Ok((*flags, u32::from_be_bytes(*counter), rest))
}

/// The point of a COSE key (RFC 9053): kty 2, alg -7, crv 1.
fn point(key: &Value) -> Result<Vec<u8>, &'static str> {
    let is = |label: i64, value: i64| key.get(&Value::Int(label)) == Some(&Value::Int(value));
    if !is(1, 2) || !is(3, -7) || !is(-1, 1) {
        return Err("the key is not of ES256");
    }
    let part = |label: i64| key.get(&Value::Int(label)).and_then(Value::bytes).filter(|part| part.len() == 32);
    let (x, y) = part(-2).zip(part(-3)).ok_or("the key has no point")?;
    Ok([&[4][..], x, y].concat())
}

/// The bytes of base64url.
pub(super) fn bytes_of(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

/// The base64url of bytes.
pub(super) fn text_of(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
    use serde_json::json;

    use super::*;

    const ORIGIN: &str = "https://crm.example";
    const RP: &str = "crm.example";

    fn expected(ceremony: &'static str) -> Expected<'static> {
        Expected { ceremony, challenge: "Y2hhbGxlbmdl", origin: ORIGIN, rp_id: RP }
    }

    fn client_data(ceremony: &str, challenge: &str, origin: &str) -> Vec<u8> {
        json!({"type": ceremony, "challenge": challenge, "origin": origin, "crossOrigin": false}).to_string().into_bytes()
    }

    fn authenticator_data(rp: &str, flags: u8, counter: u32) -> Vec<u8> {
        [&Sha256::digest(rp.as_bytes())[..], &[flags], &counter.to_be_bytes()].concat()
    }

    /// An attestation object as a platform makes it: `{"fmt": "none", "attStmt": {}, "authData": …}`.
    fn attestation(data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).expect("short").to_be_bytes();
        [b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59", &length[..], data].concat()
    }

    fn with_key(rp: &str, flags: u8, algorithm: u8, point: &[u8]) -> Vec<u8> {
        let key = [b"\xa5\x01\x02\x03", &[algorithm][..], b"\x20\x01\x21\x58\x20", &point[1..33], b"\x22\x58\x20", &point[33..]].concat();
        [&authenticator_data(rp, flags, 7)[..], &[0; 16], &[0, 4], b"cred", &key].concat()
    }

    fn pair() -> EcdsaKeyPair {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).expect("a key");
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).expect("a key")
    }

    #[test]
    fn a_registration_gives_its_key() {
        let pair = pair();
        let point = pair.public_key().as_ref();
        let create = client_data("webauthn.create", "Y2hhbGxlbmdl", ORIGIN);
        let good = attestation(&with_key(RP, 0x45, 0x26, point));
        let made = registration(&create, &good, expected("webauthn.create")).expect("good");
        assert_eq!((made.id.as_slice(), made.public_key.as_slice(), made.counter), (&b"cred"[..], point, 7));
        let refused = |client: &[u8], object: &[u8]| registration(client, object, expected("webauthn.create")).expect_err("refused");
        assert_eq!(refused(&client_data("webauthn.get", "Y2hhbGxlbmdl", ORIGIN), &good), "it is for another ceremony");
        assert_eq!(refused(&client_data("webauthn.create", "other", ORIGIN), &good), "it is for another challenge");
        assert_eq!(refused(&client_data("webauthn.create", "Y2hhbGxlbmdl", "https://evil.example"), &good), "it is for another site");
        assert_eq!(refused(&create, &attestation(&with_key("evil.example", 0x45, 0x26, point))), "it is for another site's id");
        assert_eq!(refused(&create, &attestation(&with_key(RP, 0x41, 0x26, point))), "the user was not verified");
        assert_eq!(refused(&create, &attestation(&with_key(RP, 0x44, 0x26, point))), "the user was not verified");
        assert_eq!(refused(&create, &attestation(&with_key(RP, 0x45, 0x27, point))), "the key is not of ES256");
        assert_eq!(refused(&create, &attestation(&with_key(RP, 0x05, 0x26, point))), "there is no credential");
        for cut in 1..good.len() {
            assert!(registration(&create, &good[..cut], expected("webauthn.create")).is_err(), "{cut}");
        }
    }

    #[test]
    fn an_assertion_holds_for_its_key_and_its_data() {
        let pair = pair();
        let get = client_data("webauthn.get", "Y2hhbGxlbmdl", ORIGIN);
        let data = authenticator_data(RP, 0x05, 9);
        let signed = [&data[..], &Sha256::digest(&get)[..]].concat();
        let signature = pair.sign(&SystemRandom::new(), &signed).expect("signed");
        let (key, signature) = (pair.public_key().as_ref(), signature.as_ref());
        assert_eq!(assertion(&get, &data, signature, key, expected("webauthn.get")), Ok(9));
        let other = self::pair();
        assert!(assertion(&get, &data, signature, other.public_key().as_ref(), expected("webauthn.get")).is_err());
        assert!(assertion(&get, &authenticator_data(RP, 0x05, 10), signature, key, expected("webauthn.get")).is_err());
        assert!(assertion(&get, &data, &signature[1..], key, expected("webauthn.get")).is_err());
        let elsewhere = Expected { origin: "https://evil.example", ..expected("webauthn.get") };
        assert_eq!(assertion(&get, &data, signature, key, elsewhere), Err("it is for another site"));
    }
}
