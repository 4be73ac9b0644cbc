//! What every answer has in common: headers that give a browser nothing to go on, and refusals
//! that say what to do.

use axum::{
    body::Body,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
            X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::json;

use crate::admin::Fault;

/// An answer that could not be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) fault: Fault,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self { status, fault: Fault::cannot(code, message) }
    }

    /// A parameter that cannot be read.
    pub(super) fn parameter(name: &str, message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-parameter", format!("{name}: {message}"))
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        let status = match fault.code.as_str() {
            "no-such-object" | "no-such-submission" => StatusCode::NOT_FOUND,
            "object-past-due" => StatusCode::GONE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self { status, fault }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Fault { code, message, .. } = self.fault;
        json_with(self.status, &json!({ "error": { "code": code, "message": message } }))
    }
}

/// A shape as JSON, with a line end for people at a terminal.
pub(super) fn json_of(shape: &impl Serialize) -> Response {
    json_with(StatusCode::OK, shape)
}

pub(super) fn json_with(status: StatusCode, shape: &impl Serialize) -> Response {
    match serde_json::to_vec(shape) {
        Ok(mut bytes) => {
            bytes.push(b'\n');
            (status, [(CONTENT_TYPE, JSON)], bytes).into_response()
        }
        Err(error) => Refusal::from(Fault::because(&error)).into_response(),
    }
}

/// A body of JSON that goes out in pieces.
pub(super) fn json_body(body: Body) -> Response {
    ([(CONTENT_TYPE, JSON)], body).into_response()
}

/// A line of text.
pub(super) fn line(text: &'static str) -> Response {
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// Gives an answer the headers that it does not have itself.
pub(super) fn secure(headers: &mut HeaderMap) {
    for (name, value) in EVERYWHERE {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}

const JSON: &str = "application/json";

const EVERYWHERE: [(HeaderName, &str); 5] = [
    (CACHE_CONTROL, "no-store"),
    (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::Refusal;
    use crate::admin::Fault;

    #[test]
    fn what_the_house_refuses_has_its_status() {
        for (code, want) in [
            ("no-such-object", StatusCode::NOT_FOUND),
            ("no-such-submission", StatusCode::NOT_FOUND),
            ("object-past-due", StatusCode::GONE),
            ("object-damaged", StatusCode::INTERNAL_SERVER_ERROR),
            ("failed", StatusCode::INTERNAL_SERVER_ERROR),
        ] {
            let refusal = Refusal::from(Fault::cannot(code, "words"));
            assert_eq!((refusal.status, refusal.fault.message.as_str()), (want, "words"));
        }
    }
}
