//! Which path gives what, and to whom.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    body::HttpBody as _,
    extract::{Path, Request as HttpRequest, State, rejection::PathRejection},
    http::{
        HeaderMap, HeaderValue, Method, StatusCode, Uri,
        header::{ACCEPT_LANGUAGE, ALLOW, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{
    admin::{
        Fault, Request, asked,
        hand_out::{self, To},
        shapes::{registry::Registry, status::Status, submission::SubmissionWithEvents},
    },
    catalogue::records::submissions::SubmissionFilter,
    config::admin::Pin,
    http_answers,
    listener::{
        daemon::Daemon,
        desk::{Desk, ask, busy},
        download,
        exposition::MEDIA_TYPE,
        identity::Who,
        metrics::{self, Process},
        openapi,
        page::{self, language},
        query::Parameters,
        rare_lines::RareLines,
        respond::{self, Refusal, json_body, json_of, json_with},
        totals,
    },
    types::{
        ids::{ObjectId, RegistryId, SenderId, SubmissionId},
        rule::Language,
    },
};

/// What all connections share.
#[derive(Clone)]
pub(super) struct Routes(Arc<Desk>);

type Shared = State<Arc<Desk>>;

impl Routes {
    pub(super) fn new(daemon: Arc<dyn Daemon>) -> Self {
        Self(Arc::new(Desk::new(daemon)))
    }

    /// What clients that are refused cause in the log.
    pub(super) fn rare_lines(&self) -> &RareLines {
        &self.0.rare_lines
    }

    /// The routes for one connection, which brings a [`Pin`] along.
    pub(super) fn app(&self) -> Router {
        let desk = Arc::clone(&self.0);
        Router::new()
            .route("/", get(operators_page))
            .route("/healthz", get(healthz))
            .route("/readyz", get(readyz))
            .route("/metrics", get(prometheus))
            .route("/v1/openapi.json", get(openapi_document))
            .route("/v1/status", get(status))
            .route("/v1/senders", get(senders))
            .route("/v1/registries", get(registries))
            .route("/v1/submissions", get(submissions))
            .route("/v1/submissions/{id}", get(submission))
            .route("/v1/deadlines", get(deadlines))
            .route("/v1/objects", get(objects))
            .route("/v1/objects/{id}", get(object).head(no_head))
            .fallback(nothing)
            .layer(middleware::from_fn_with_state(Arc::clone(&desk), guard))
            .with_state(desk)
    }
}

/// Who may ask is asked first, then what; and no answer takes for ever or leaves without its
/// headers.
async fn guard(
    State(desk): Shared,
    Extension(pin): Extension<Pin>,
    mut request: HttpRequest,
    next: Next,
) -> Response {
    let mut response = match admitted(&desk, pin, &request) {
        Ok(who) => {
            request.extensions_mut().insert(who);
            timeout(ANSWER, next.run(request)).await.unwrap_or_else(|_| busy().into_response())
        }
        Err(refusal) => {
            let mut response = refusal.into_response();
            // Who is refused keeps no place that others wait for.
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            response
        }
    };
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().entry(ALLOW).or_insert(HeaderValue::from_static("GET, HEAD"));
    }
    respond::secure(response.headers_mut());
    response
}

fn admitted(desk: &Desk, pin: Pin, request: &HttpRequest) -> Result<Who, Refusal> {
    let who = Who::of(pin, &desk.house().config).ok_or_else(|| {
        desk.rare_lines.write(
            || tracing::warn!(%pin, "A client whose certificate is not pinned was refused."),
        );
        let message = format!(
            "no one is known by this certificate: let the operator of this installation put its pin, \
             {pin}, into admin.operators, admin.monitors or the registry's client-pins, and reload"
        );
        Refusal::new(StatusCode::FORBIDDEN, "not-pinned", message)
    })?;
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let message = "this listener only reads: ask with GET or HEAD; what changes something is \
                       done by the filsluse command on the machine itself";
        return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "only-reads", message));
    }
    if !request.body().is_end_stream() {
        let message = "no request has a body here; ask without one";
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "no-body", message));
    }
    if !who.may_ask(request.uri().path()) {
        let message = match who {
            Who::Operator => {
                "an operator gets no object: ask with the certificate of the registry that it belongs to"
            }
            Who::Monitor => "what watches reads /metrics, /healthz and /readyz alone",
            Who::Registry(_) => {
                "a registry gets its own objects alone: /v1/objects, and /v1/objects/ with an id"
            }
        };
        return Err(Refusal::new(StatusCode::FORBIDDEN, "not-allowed", message));
    }
    Ok(who)
}

async fn operators_page(
    State(desk): Shared,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refusal> {
    let mut given = Parameters::of(&uri, &["lang"])?;
    let chosen = given
        .read("lang", |tag| language::of_tag(tag).ok_or_else(|| "write nb or en".to_owned()))?;
    let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|header| header.to_str().ok());
    let accepted = accepted.and_then(language::accepted);
    let configured = desk.house().config.admin.as_ref().and_then(|admin| admin.language);
    let language = chosen.or(configured).or(accepted).unwrap_or(Language::En);
    let facts = desk.briefly(|house| {
        let status: Status = ask(house, &Request::Status {})?;
        let zone = house.config.time_zone.clone();
        let today = house.day(status.at).to_zoned(zone.clone());
        let today = today.map_err(|error| Fault::because(&error))?.timestamp();
        let newest = Request::SubmissionList {
            state: None,
            sender: None,
            since: Some(today),
            limit: Some(page::NEWEST),
        };
        let refused = SubmissionFilter {
            since: Some(today),
            refused: true,
            limit: Some(page::MOST_REFUSED),
            ..SubmissionFilter::default()
        };
        Ok(page::Facts {
            name: house.config.name.clone(),
            zone,
            totals: totals::since(house, today)?,
            newest: ask(house, &newest)?,
            refused: house.look(|view| view.submissions(&refused))?,
            status,
        })
    });
    let page = page::page(&facts.await?, language);
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (CONTENT_SECURITY_POLICY, page::policy()),
    ];
    Ok((headers, page).into_response())
}

async fn healthz(uri: Uri) -> Result<Response, Refusal> {
    Parameters::of(&uri, &[])?;
    Ok(respond::line("ok\n"))
}

async fn readyz(State(desk): Shared, uri: Uri) -> Result<Response, Refusal> {
    Parameters::of(&uri, &[])?;
    let status = desk.status().await?;
    let grave = status.alarms.iter().filter(|alarm| alarm.grave);
    let reasons: Vec<Value> = grave
        .map(|alarm| json!({ "code": alarm.code, "subject": alarm.subject, "since": alarm.since }))
        .collect();
    let code = if status.healthy { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    Ok(json_with(code, &json!({ "ready": status.healthy, "reasons": reasons })))
}

async fn prometheus(State(desk): Shared, uri: Uri) -> Result<Response, Refusal> {
    Parameters::of(&uri, &[])?;
    let (counted, last_sweep) = (desk.counted(), desk.last_sweep());
    let facts = desk.briefly(move |house| {
        Ok(metrics::Facts {
            status: ask(house, &Request::Status {})?,
            totals: counted.totals(house)?,
            configured: house.config.registries.keys().cloned().collect(),
            objects: house.look(|view| view.object_counts())?,
            last_sweep,
            process: Process::look(),
        })
    });
    Ok(([(CONTENT_TYPE, MEDIA_TYPE)], metrics::page(&facts.await?)).into_response())
}

async fn openapi_document(uri: Uri) -> Result<Response, Refusal> {
    Parameters::of(&uri, &[])?;
    Ok(json_body(openapi::document().into()))
}

async fn status(State(desk): Shared, uri: Uri) -> Result<Response, Refusal> {
    Parameters::of(&uri, &[])?;
    Ok(json_of(&desk.status().await?))
}

async fn senders(State(desk): Shared, uri: Uri) -> Result<Response, Refusal> {
    Parameters::of(&uri, &[])?;
    Ok(json_of(&desk.status().await?.senders))
}

async fn registries(State(desk): Shared, uri: Uri) -> Result<Response, Refusal> {
    Parameters::of(&uri, &[])?;
    let registries: Vec<Registry> = desk.ask(Request::RegistryList {}).await?;
    Ok(json_of(&registries))
}

async fn submissions(
    State(desk): Shared,
    Extension(pin): Extension<Pin>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let mut given = Parameters::of(&uri, &["state", "sender", "since", "limit"])?;
    let house = desk.house();
    let request = Request::SubmissionList {
        state: given.read("state", asked::state)?,
        sender: given.read("sender", |text| SenderId::parse(text).map_err(|e| e.to_string()))?,
        since: given.since(&house.config.time_zone)?,
        limit: given.limit()?,
    };
    desk.list(house, &request, pin).await
}

async fn submission(
    State(desk): Shared,
    id: Result<Path<String>, PathRejection>,
    uri: Uri,
) -> Result<Response, Refusal> {
    Parameters::of(&uri, &[])?;
    let id = SubmissionId::parse(&id_of(id)?)
        .map_err(|error| Refusal::parameter("id", &error.to_string()))?;
    let found: SubmissionWithEvents = desk.ask(Request::SubmissionShow { id }).await?;
    Ok(json_of(&found))
}

async fn deadlines(
    State(desk): Shared,
    Extension(pin): Extension<Pin>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let mut given = Parameters::of(&uri, &["at", "limit"])?;
    let house = desk.house();
    let zone = &house.config.time_zone;
    let until = given.read("at", |text| {
        asked::end_of(asked::day(text)?, zone).map_err(|error| error.to_string())
    })?;
    let request = Request::RetentionPlan { until, limit: given.limit()? };
    desk.list(Arc::clone(&house), &request, pin).await
}

/// All for an operator, its own for a registry.
async fn objects(
    State(desk): Shared,
    Extension(who): Extension<Who>,
    Extension(pin): Extension<Pin>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let mut given = Parameters::of(&uri, &["registry", "state", "submission", "limit"])?;
    let registry =
        given.read("registry", |text| RegistryId::parse(text).map_err(|e| e.to_string()))?;
    let registry = match (who, registry) {
        (Who::Operator | Who::Monitor, registry) => registry,
        (Who::Registry(own), Some(other)) if own != other => return Err(of_another()),
        (Who::Registry(own), _) => Some(own),
    };
    let submission =
        given.read("submission", |text| SubmissionId::parse(text).map_err(|e| e.to_string()))?;
    let state = given.read("state", asked::object_state)?;
    let request = Request::ObjectList { registry, state, submission, limit: given.limit()? };
    desk.list(desk.house(), &request, pin).await
}

/// The age file, or the rest of it. That it leaves, and to whom, is in the audit log before its
/// first byte goes.
async fn object(
    State(desk): Shared,
    Extension(who): Extension<Who>,
    Extension(pin): Extension<Pin>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refusal> {
    Parameters::of(&uri, &[])?;
    let id = ObjectId::parse(&id_of(id)?)
        .map_err(|error| Refusal::parameter("id", &error.to_string()))?;
    if who != Who::Registry(id.registry.clone()) {
        return Err(of_another());
    }
    let seat = desk.long_seat(pin).await?;
    let house = desk.house();
    let handed =
        http_answers::apart(move || hand_out::object(&house, &id, To::Registry(pin.0))).await?;
    let stays = move || Who::of(pin, &desk.house().config) == Some(who.clone());
    Ok(download::answer(handed, &headers, stays, seat))
}

/// The id in an address that may be no text.
fn id_of(id: Result<Path<String>, PathRejection>) -> Result<String, Refusal> {
    id.map(|Path(id)| id).map_err(|error| Refusal::parameter("id", &error.body_text()))
}

/// A hand-out is recorded, and nothing would be handed out.
async fn no_head() -> Response {
    let message = "an object is handed out or not: ask with GET";
    let refusal = Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "only-get", message);
    ([(ALLOW, "GET")], refusal).into_response()
}

async fn nothing() -> Refusal {
    let message = "there is no such path; /v1/openapi.json lists them";
    Refusal::new(StatusCode::NOT_FOUND, "no-such-path", message)
}

fn of_another() -> Refusal {
    let message = "this is of another registry: ask with that one's certificate";
    Refusal::new(StatusCode::FORBIDDEN, "not-allowed", message)
}

/// An answer begins within this.
const ANSWER: Duration = Duration::from_secs(30);
