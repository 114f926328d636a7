//! The refusals that routes have in common, as references to shared responses of the OpenAPI document.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

/// Every refusal with its name in the document.
const ALL: [(&str, &str, &str); 11] = [
    ("400", "BadRequest", "The request is not well formed."),
    ("401", "Unauthenticated", "Nobody is signed in."),
    ("403", "Forbidden", "The user may not do that."),
    ("404", "NotFound", "There is no such thing, or the user may not know of it."),
    ("409", "Conflict", "It contradicts what is there."),
    ("412", "VersionConflict", "The record has changed since it was read; `current` has it as it is now."),
    ("413", "TooLarge", "The body is larger than the limit."),
    ("415", "UnsupportedMediaType", "The body is not of the media type the route takes."),
    ("422", "Validation", "Values were refused; `errors` says which and why."),
    ("429", "TooManyRequests", "Too many attempts; `Retry-After` says when to come again."),
    ("503", "Unavailable", "A dependency is away for a moment; `Retry-After` says when to come again."),
];

fn references(statuses: &[&str]) -> BTreeMap<String, RefOr<Response>> {
    let listed = ALL.iter().filter(|(status, ..)| statuses.contains(status));
    listed.map(|(status, name, _)| ((*status).to_owned(), RefOr::Ref(Ref::from_response_name(*name)))).collect()
}

/// The shared responses for the document's components.
pub fn components() -> BTreeMap<String, RefOr<Response>> {
    let response = |description: &str| {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        RefOr::T(ResponseBuilder::new().description(description).content("application/problem+json", content).build())
    };
    ALL.iter().map(|(_, name, description)| ((*name).to_owned(), response(description))).collect()
}

/// Refusals of routes that read.
pub struct Reading;

impl IntoResponses for Reading {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        references(&["400", "401", "403", "404", "429", "503"])
    }
}

/// Refusals of routes that act without a body.
pub struct Acting;

impl IntoResponses for Acting {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        references(&["400", "401", "403", "404", "409", "412", "413", "422", "429", "503"])
    }
}

/// Refusals of routes that take a JSON body.
pub struct Writing;

impl IntoResponses for Writing {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        references(&["400", "401", "403", "404", "409", "412", "413", "415", "422", "429", "503"])
    }
}
