//! What is not a screen: health, readiness, metrics, files of the pages, live updates.
//!
//! What must stay true: nothing here shows a patient's facts.

use axum::http::{HeaderName, StatusCode, header};
use axum::response::IntoResponse;

use crate::act::waiting;
use crate::answer::{Reply, text};
use crate::call::Call;
use crate::page::asset;

/// `/health`: the process lives.
pub(crate) async fn health(_: Call) -> Reply {
    Ok(text(StatusCode::OK, "alive\n"))
}

/// `/ready`: the pen works and the record answers.
pub(crate) async fn ready(call: Call) -> Reply {
    let head = call.read(|sql| store::journal::head(sql)).await;
    let app = call.app.clone();
    let pen = waiting(move || app.store().ready()).await;
    Ok(match (head, pen) {
        (Ok(_), Ok(())) => text(StatusCode::OK, "ready\n"),
        (Ok(_), Err(_)) => text(StatusCode::SERVICE_UNAVAILABLE, "the pen does not work\n"),
        (Err(_), _) => text(StatusCode::SERVICE_UNAVAILABLE, "the record does not answer\n"),
    })
}

/// `/metrics`: what was counted.
pub(crate) async fn metrics(call: Call) -> Reply {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], call.app.meter().text()).into_response())
}

/// `/live`: the stream of what changed.
pub(crate) async fn live(call: Call) -> Reply {
    Ok(call.app.news().stream())
}

/// `/favicon.ico`: what a browser asks for where a page names no mark.
pub(crate) async fn icon(_: Call) -> Reply {
    Ok(crate::answer::see(&asset::address("mark.svg")))
}

/// A file of the pages. With the digest of its content in the address it is kept for ever.
pub(crate) async fn asset(call: Call) -> Reply {
    let Some(file) = asset::asset(call.path.get("name")) else {
        return Ok(super::trouble::nowhere());
    };
    let address = asset::address(file.name);
    let digest = address.rsplit('=').next().unwrap_or_default();
    let keep = if call.query.get("v") == digest {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let headers: [(HeaderName, String); 3] = [
        (header::CONTENT_TYPE, file.kind.to_owned()),
        (header::CACHE_CONTROL, keep.to_owned()),
        (header::ETAG, format!("\"{digest}\"")),
    ];
    Ok((headers, file.text).into_response())
}
