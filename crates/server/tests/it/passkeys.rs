//! Passkeys over the API, with an authenticator made of a key.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as B64;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use crate::app::{Answer, Client, TestApp};
use crate::server_test;

/// An authenticator with one credential for `crm.example`.
struct Authenticator {
    pair: EcdsaKeyPair,
    id: Vec<u8>,
    counter: u32,
    origin: &'static str,
    /// Present and verified.
    flags: u8,
}

impl Authenticator {
    fn new() -> Authenticator {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).expect("a key");
        Authenticator { id: pair.public_key().as_ref()[1..17].to_vec(), pair, counter: 1, origin: "https://crm.example", flags: 5 }
    }

    fn client_data(&self, ceremony: &str, challenge: &Value) -> Vec<u8> {
        json!({"type": ceremony, "challenge": challenge, "origin": self.origin}).to_string().into_bytes()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        [digest(&SHA256, b"crm.example").as_ref(), &[flags], &self.counter.to_be_bytes()].concat()
    }

    /// The answer to a registration.
    fn create(&self, challenge: &Value) -> Value {
        let point = self.pair.public_key().as_ref();
        let key = [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", &point[1..33], b"\x22\x58\x20", &point[33..]].concat();
        let data = [&self.data(self.flags | 0x40)[..], &[0; 16], &[0, 16], &self.id, &key].concat();
        let length = u16::try_from(data.len()).expect("short").to_be_bytes();
        let object = [b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59", &length[..], &data].concat();
        json!({
            "name": "Laptop",
            "client_data": B64.encode(self.client_data("webauthn.create", challenge)),
            "attestation": B64.encode(object),
        })
    }

    /// The answer to a sign-in.
    fn get(&mut self, challenge: &Value) -> Value {
        self.counter += 1;
        let (client, data) = (self.client_data("webauthn.get", challenge), self.data(self.flags));
        let signed = [&data[..], digest(&SHA256, &client).as_ref()].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).expect("signed");
        json!({
            "id": B64.encode(&self.id),
            "client_data": B64.encode(client),
            "authenticator_data": B64.encode(data),
            "signature": B64.encode(signature),
        })
    }
}

async fn challenge(client: &Client, path: &str) -> Value {
    let answer = client.post(path, json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["rp_id"], "crm.example");
    answer.json()["challenge"].clone()
}

async fn register(client: &Client, authenticator: &Authenticator) -> Answer {
    let challenge = challenge(client, "/api/v1/me/passkeys/challenge").await;
    client.post("/api/v1/me/passkeys", authenticator.create(&challenge)).await
}

async fn enter(app: &TestApp, authenticator: &mut Authenticator) -> Answer {
    let challenge = challenge(&app.nobody(), "/api/v1/passkey_challenges").await;
    app.nobody().post("/api/v1/passkey_sessions", authenticator.get(&challenge)).await
}

server_test!(a_passkey_lets_its_owner_in, |app: TestApp| async move {
    let li = app.user("li", "standard").await;
    let mut key = Authenticator::new();
    enter(&app, &mut key).await.problem(401, "passkey_refused");
    let made = register(&li, &key).await;
    assert_eq!((made.status.as_u16(), &made.json()["name"]), (201, &json!("Laptop")), "{}", made.text());
    register(&li, &key).await.problem(409, "exists");
    let answer = enter(&app, &mut key).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["user"]["email"]), (201, &json!("li@example.com")), "{}", answer.text());
    assert!(answer.header("set-cookie").contains("HttpOnly"));
    let listed = li.get("/api/v1/me/passkeys").await.json();
    assert!(listed["passkeys"][0]["used_at"].is_string(), "{listed}");
    let id = listed["passkeys"][0]["id"].as_str().unwrap().to_owned();
    app.admin().await.delete(&format!("/api/v1/me/passkeys/{id}")).await.problem(404, "no_passkey");
    assert_eq!(li.delete(&format!("/api/v1/me/passkeys/{id}")).await.status, 204);
    enter(&app, &mut key).await.problem(401, "passkey_refused");
});

server_test!(answers_that_do_not_hold_are_refused, |app: TestApp| async move {
    let li = app.user("li", "standard").await;
    let mut key = Authenticator::new();
    assert_eq!(register(&li, &key).await.status, 201);

    // A challenge holds once, for its purpose, for five minutes.
    let given = challenge(&app.nobody(), "/api/v1/passkey_challenges").await;
    let answer = key.get(&given);
    assert_eq!(app.nobody().post("/api/v1/passkey_sessions", answer.clone()).await.status, 201);
    app.nobody().post("/api/v1/passkey_sessions", answer).await.problem(401, "passkey_refused");
    let other = challenge(&li, "/api/v1/me/passkeys/challenge").await;
    app.nobody().post("/api/v1/passkey_sessions", key.get(&other)).await.problem(401, "passkey_refused");
    let old = challenge(&app.nobody(), "/api/v1/passkey_challenges").await;
    app.test.clock.advance(301 * 1_000_000);
    app.nobody().post("/api/v1/passkey_sessions", key.get(&old)).await.problem(401, "passkey_refused");
    app.nobody().post("/api/v1/passkey_sessions", key.get(&json!("AAAA"))).await.problem(401, "passkey_refused");

    // Another site, another key, nobody verified, a copy.
    key.origin = "https://evil.example";
    enter(&app, &mut key).await.problem(401, "passkey_refused");
    key.origin = "https://crm.example";
    key.flags = 1;
    enter(&app, &mut key).await.problem(401, "passkey_refused");
    key.flags = 5;
    let mut thief = Authenticator { id: key.id.clone(), counter: 100, ..Authenticator::new() };
    enter(&app, &mut thief).await.problem(401, "passkey_refused");
    assert_eq!(enter(&app, &mut key).await.status, 201);
    key.counter = 2;
    enter(&app, &mut key).await.problem(401, "passkey_refused");
    key.counter = 50;
    assert_eq!(enter(&app, &mut key).await.status, 201);

    let admin = app.admin().await;
    let id = li.get("/api/v1/sessions/current").await.json()["user"]["id"].as_str().unwrap().to_owned();
    assert_eq!(admin.patch(&format!("/api/v1/records/user/{id}"), json!({"active": false})).await.status, 200);
    enter(&app, &mut key).await.problem(401, "passkey_refused");
    guanxi_engine::audit::catch_up(&app.test.org).await.expect("caught up");
    let entries = admin.get("/api/v1/audit/entries?kind=sign_in_failed").await.json();
    assert_eq!(entries["entries"].as_array().map(Vec::len), Some(4), "{entries}");
});
