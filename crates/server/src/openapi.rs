//! The OpenAPI 3.1 document, made from the handlers.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, RefOr, Required, SecurityRequirement};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;

use crate::App;
use crate::problem::Problem;
use crate::rest::problems;
use crate::session::COOKIE;

/// The routes with what the document says beside them.
pub fn api(routes: OpenApiRouter<App>) -> OpenApiRouter<App> {
    let mut api = OpenApiRouter::with_openapi(base()).merge(routes);
    refine(api.get_openapi_mut());
    api
}

fn base() -> OpenApi {
    let license = LicenseBuilder::new().name("AGPL-3.0-or-later").identifier(Some("AGPL-3.0-or-later")).build();
    let info = InfoBuilder::new()
        .title("Guanxi")
        .version("1")
        .description(Some("The REST API of Guanxi. docs/api.md says what this document cannot."))
        .license(Some(license));
    let mut schemas = Vec::new();
    Problem::schemas(&mut schemas);
    schemas.push((Problem::name().into_owned(), Problem::schema()));
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .responses_from_iter(problems::components())
        .security_scheme("bearer", SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()))
        .security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(COOKIE))));
    OpenApiBuilder::new()
        .info(info.build())
        .components(Some(components.build()))
        .security(Some([SecurityRequirement::new("bearer", [] as [&str; 0]), SecurityRequirement::new("cookie", [] as [&str; 0])]))
        .build()
}

/// What utoipa cannot say by itself: a file in a body may be empty; a parameter that takes the rest of a path is one like others.
fn refine(document: &mut OpenApi) {
    let paths = std::mem::take(&mut document.paths.paths);
    document.paths.paths = paths.into_iter().map(|(path, item)| (path.replace("{*", "{"), item)).collect();
    for item in document.paths.paths.values_mut() {
        for operation in [&mut item.post, &mut item.put].into_iter().flatten() {
            match &mut operation.request_body {
                Some(RefOr::T(body)) if body.content.contains_key("application/octet-stream") => body.required = Some(Required::False),
                _ => {}
            }
        }
    }
}

/// The document as it is checked in and printed: indented, with a final line end.
pub fn document() -> String {
    let api = api(crate::rest::routes());
    let mut text = serde_json::to_string_pretty(api.get_openapi()).unwrap_or_default();
    text.push('\n');
    text
}

/// The document as it is served.
pub fn json(document: &OpenApi) -> Bytes {
    serde_json::to_vec(document).unwrap_or_default().into()
}

/// The answer of `GET /api/v1/openapi.json`.
pub fn answer(document: Bytes) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, document).into_response()
}
