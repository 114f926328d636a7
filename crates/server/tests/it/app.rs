//! The application under test and its clients. It is here and not in `testkit`, so that the tests of the engine need not build the
//! server.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use guanxi_engine::{schema_change, users};
use guanxi_model::meta::Scope;
use guanxi_server::{App, Settings};
use guanxi_testkit::org::{ADMIN_EMAIL, ADMIN_PASSWORD, SeededRandom, TestOrg};
use serde_json::{Value, json};
use tower::ServiceExt;

/// The password of every user that tests make.
pub const PASSWORD: &str = "a long password";

/// Where the source of the server under test is said to be.
pub const SOURCE_URL: &str = "https://example.com/guanxi";

/// The server on one test organisation.
pub struct TestApp {
    pub test: TestOrg,
    pub app: App,
    router: Router,
}

impl TestApp {
    pub fn of(test: TestOrg) -> TestApp {
        let settings = Settings::new(Arc::new(SeededRandom::default()));
        let app = App::new(Settings { max_upload: 1 << 20, source_url: Some(SOURCE_URL.to_owned()), ..settings });
        app.add("acme", test.org.clone());
        TestApp { router: app.router(), app, test }
    }

    /// The same behind a proxy that says where requests come from.
    pub fn behind_a_proxy(self) -> TestApp {
        let settings = Settings { behind_proxy: true, ..self.app.settings().clone() };
        let app = App::new(settings);
        app.add("acme", self.test.org.clone());
        TestApp { router: app.router(), app, test: self.test }
    }

    /// Someone who is not signed in.
    pub fn nobody(&self) -> Client {
        Client { router: self.router.clone(), headers: HeaderMap::new() }
    }

    /// The administrator, signed in.
    pub async fn admin(&self) -> Client {
        self.sign_in(ADMIN_EMAIL, ADMIN_PASSWORD).await
    }

    /// A new user with a role, signed in.
    pub async fn user(&self, name: &str, role: &str) -> Client {
        let ctx = self.test.user(name, role).await;
        users::set_password(&self.test.org, &self.test.admin(), ctx.user, PASSWORD).await.expect("a password");
        self.sign_in(&format!("{name}@example.com"), PASSWORD).await
    }

    /// Standard users see only their own records from now on.
    pub async fn own_records_only(&self) {
        schema_change::set_standard_user_scope(&self.test.org, &self.test.admin(), Scope::Own).await.expect("a setting");
    }

    pub async fn sign_in(&self, email: &str, password: &str) -> Client {
        let answer = self.nobody().post("/api/v1/sessions", json!({"email": email, "password": password})).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        self.nobody().with("authorization", &format!("Bearer {}", answer.json()["token"].as_str().expect("a token")))
    }
}

/// Sends requests with certain headers.
#[derive(Clone)]
pub struct Client {
    router: Router,
    headers: HeaderMap,
}

impl Client {
    /// With a further header.
    pub fn with(&self, name: &'static str, value: &str) -> Client {
        let mut client = self.clone();
        client.headers.insert(name, value.parse().expect("a header value"));
        client
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Body::empty(), None).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, Body::empty(), None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Body::from(body.to_string()), Some("application/json")).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, body.to_string().into(), Some("application/json")).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Body::from(body.to_string()), Some("application/json")).await
    }

    /// A query by text; its records.
    pub async fn query(&self, q: &str) -> Value {
        let answer = self.post("/api/v1/query", json!({"q": q, "total": true})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    pub async fn send(&self, method: Method, path: &str, body: Body, content_type: Option<&str>) -> Answer {
        let response = self.open(method, path, body, content_type).await;
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 64 << 20).await.expect("a body");
        Answer { status: parts.status, headers: parts.headers, body: body.to_vec() }
    }

    /// The answer with its body still to come.
    pub async fn open(&self, method: Method, path: &str, body: Body, content_type: Option<&str>) -> axum::response::Response {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "crm.example");
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(content_type) = content_type.filter(|_| !self.headers.contains_key(header::CONTENT_TYPE)) {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        self.router.clone().oneshot(request.body(body).expect("a request")).await.expect("an answer")
    }
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        format!("{} {}", self.status, String::from_utf8_lossy(&self.body))
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("no JSON ({e}): {}", self.text()))
    }

    /// The body as JSON; null if there is none.
    pub fn json_or_null(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().expect("ASCII"))
    }

    /// Checks that this is a problem of a status and code, and gives it.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!((&problem["code"], &problem["status"]), (&json!(code), &json!(status)), "{problem}");
        assert_eq!(problem["type"], json!(format!("urn:guanxi:problem:{code}")));
        assert!(problem["messages"]["zh-CN"].is_string() && problem["messages"]["en"].is_string(), "{problem}");
        problem
    }
}

/// `server_test!(name, |app: TestApp| async move { … });` runs a test on both engines.
#[macro_export]
macro_rules! server_test {
    ($name:ident, $body:expr) => {
        guanxi_testkit::both_engines!(
            $name,
            |test: guanxi_testkit::org::TestOrg| async move { ($body)($crate::app::TestApp::of(test)).await }
        );
    };
}
