//! The one table of addresses: for each its method, its path, what it needs, and the screen that
//! serves it. The server is built from it.
//!
//! What must stay true: there is no way in beside this table; a route without what it needs
//! cannot be written down; who is not allowed learns so before anything is read or done.

use std::future::Future;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Form, FromRequest, Query, RawPathParams, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use futures_util::FutureExt;
use lab::people::{Actor, Ask, may};
use lab::refusal::Refusal;
use store::fault::Fault;

use crate::answer::{Reply, Trouble, guard, text};
use crate::app::App;
use crate::call::{Call, Pairs};
use crate::limit::FORM_BYTES_MAX;
use crate::{act, screen, session};

/// What a route needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Open to anyone who reaches the server.
    Anyone,
    /// Somebody who is signed in, in any role.
    SignedIn,
    /// Somebody whose role may ask this.
    May(Ask),
}

/// One line of the table, for the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RouteLine {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The path, its places in braces.
    pub path: &'static str,
    /// What it needs.
    pub needs: Needs,
}

type Answering = Pin<Box<dyn Future<Output = Reply> + Send>>;
type Serve = Arc<dyn Fn(Call) -> Answering + Send + Sync>;

struct Route {
    line: RouteLine,
    serve: Serve,
}

/// Every route, in the order of the house.
#[must_use]
pub fn routes() -> Vec<RouteLine> {
    all().map(|route| route.line).collect()
}

/// The server of every route.
pub fn router(app: App) -> Router {
    let mut router = Router::new();
    for Route { line, serve } in all() {
        let filter = if line.method == "GET" { MethodFilter::GET } else { MethodFilter::POST };
        let serve_one = move |State(app): State<App>, path: RawPathParams, request: Request| {
            let serve = Arc::clone(&serve);
            async move { answer(app, (line, serve), path, request).await }
        };
        router = router.route(line.path, on(filter, serve_one));
    }
    router.fallback(nowhere).with_state(app)
}

fn all() -> impl Iterator<Item = Route> {
    let screens =
        table().into_iter().chain(of_tubes()).chain(at_the_bench()).chain(after_release());
    screens.chain(house()).chain(papers()).chain(patients()).chain(directory())
}

/// What is open, and results entered by hand.
fn at_the_bench() -> Vec<Route> {
    use Needs::May;
    use screen::{enter, pending};
    vec![
        get("/pending", May(Ask::SeeUnverified), pending::show),
        get("/enter", May(Ask::EnterResult), enter::show),
        post("/enter", May(Ask::EnterResult), enter::file),
        post("/enter/judged", May(Ask::EnterResult), enter::judged),
        get("/enter/differential", May(Ask::EnterResult), enter::count),
        post("/enter/differential", May(Ask::EnterResult), enter::counted),
    ]
}

/// What a result still asks for besides being verified.
fn after_release() -> Vec<Route> {
    use Needs::May;
    use screen::{correct, criticals};
    vec![
        get("/criticals", May(Ask::SeeUnverified), criticals::show),
        post("/criticals/call", May(Ask::RecordCall), criticals::record),
        post("/correct", May(Ask::AmendResult), correct::correct),
    ]
}

/// What goes out on paper, under which name, and who looked.
fn papers() -> Vec<Route> {
    use Needs::May;
    use screen::{laboratory, looks, report};
    vec![
        get("/journal/looks", May(Ask::SeeLooks), looks::show),
        get("/laboratory", May(Ask::NameLaboratory), laboratory::show),
        post("/laboratory", May(Ask::NameLaboratory), laboratory::set),
        post("/report/{number}/issue", May(Ask::IssueReport), report::issue),
    ]
}

/// Patients as they are registered, and their orders as a whole.
fn patients() -> Vec<Route> {
    use Needs::May;
    use screen::patient::{self, amend, encounter, merge, number};
    use screen::whole_order;
    vec![
        get("/accession/{number}/cancel", May(Ask::CancelOrder), whole_order::ask_cancel),
        post("/accession/{number}/cancel", May(Ask::CancelOrder), whole_order::cancel),
        get("/accession/{number}/credit", May(Ask::CreditTest), whole_order::ask_credit),
        post("/accession/{number}/credit", May(Ask::CreditTest), whole_order::credit),
        post("/find", May(Ask::SeePatients), screen::find::ask),
        get("/patient/{number}", May(Ask::SeePatients), patient::show),
        get("/patient/{number}/amend", May(Ask::AmendPatient), amend::show),
        post("/patient/{number}/amend", May(Ask::AmendPatient), amend::amend),
        get("/patient/{number}/identifier", May(Ask::AmendPatient), number::show),
        post("/patient/{number}/identifier", May(Ask::AmendPatient), number::add),
        get("/patient/{number}/retire", May(Ask::AmendPatient), number::ask_retire),
        post("/patient/{number}/retire", May(Ask::AmendPatient), number::retire),
        get("/patient/{number}/encounter", May(Ask::RecordEncounter), encounter::show),
        post("/patient/{number}/encounter", May(Ask::RecordEncounter), encounter::record),
        get("/patient/{number}/merge", May(Ask::MergePatients), merge::show),
        post("/patient/{number}/merge", May(Ask::MergePatients), merge::merge),
        get("/patient/{number}/unmerge", May(Ask::UnmergePatients), merge::ask_undo),
        post("/patient/{number}/unmerge", May(Ask::UnmergePatients), merge::undo),
    ]
}

/// Who orders, who sends, and where patients are.
fn directory() -> Vec<Route> {
    use Needs::{May, SignedIn};
    use screen::directory::{self, entry};
    vec![
        get("/order/picks", SignedIn, screen::order::picks::offered),
        get("/directory", SignedIn, directory::show),
        get("/directory/{kind}", May(Ask::EditDirectory), entry::show),
        post("/directory/{kind}", May(Ask::EditDirectory), entry::keep),
    ]
}

/// Those who work here, and the catalog they answer for.
fn house() -> Vec<Route> {
    use Needs::{May, SignedIn};
    use screen::{catalog, own_password, people, rules};
    vec![
        get("/rules", SignedIn, rules::show),
        post("/rules", May(Ask::SwitchRules), rules::switch),
        get("/catalog", SignedIn, catalog::list),
        get("/catalog/test/{code}", SignedIn, catalog::show),
        get("/catalog/draft", SignedIn, catalog::draft),
        post("/catalog/release", May(Ask::ReleaseDraft), catalog::release),
        post("/catalog/discard", May(Ask::DiscardDraft), catalog::discard),
        get("/people", May(Ask::SeePeople), people::list),
        post("/people", May(Ask::AddPerson), people::add),
        get("/people/{number}", May(Ask::SeePeople), people::show),
        post("/people/{number}/role", May(Ask::SetRole), people::set_role),
        post("/people/{number}/standing", May(Ask::SetStanding), people::set_standing),
        post("/people/{number}/sessions", May(Ask::SetStanding), people::end_sessions),
        post("/people/{number}/password", May(Ask::ResetPassword), people::reset),
        get("/may", May(Ask::SeePeople), people::may),
        get("/password", SignedIn, own_password::show),
        post("/password", May(Ask::ChooseOwnPassword), own_password::choose),
    ]
}

/// Tubes after their receipt.
fn of_tubes() -> Vec<Route> {
    use Needs::May;
    use screen::{dispatch, process, storage, tube};
    vec![
        get("/process", May(Ask::SpinSpecimens), process::show),
        post("/process", May(Ask::SpinSpecimens), process::act),
        get("/tube/{number}", May(Ask::SpinSpecimens), tube::show),
        post("/tube/{number}/{act}", May(Ask::SpinSpecimens), tube::acted),
        get("/storage", May(Ask::StoreSpecimen), storage::show),
        post("/storage", May(Ask::StoreSpecimen), storage::store_tube),
        post("/storage/add", May(Ask::AddStoragePlace), storage::add),
        get("/storage/{code}", May(Ask::StoreSpecimen), storage::one),
        get("/dispatch", May(Ask::DispatchSpecimens), dispatch::show),
        post("/dispatch", May(Ask::DispatchSpecimens), dispatch::send),
        post("/dispatch/arrived", May(Ask::ArriveSpecimens), dispatch::arrived),
    ]
}

fn table() -> Vec<Route> {
    use Needs::{Anyone, May, SignedIn};
    use screen::{accession, board, chart, collect, find, instruments, journal};
    use screen::{code_map, instrument, label, message, unclaimed};
    use screen::{order, outside, receive, reject, report, review, settle, sign_in};
    vec![
        get("/health", Anyone, outside::health),
        get("/ready", Anyone, outside::ready),
        get("/metrics", Anyone, outside::metrics),
        get("/assets/{name}", Anyone, outside::asset),
        get("/favicon.ico", Anyone, outside::icon),
        get("/sign-in", Anyone, sign_in::show),
        post("/sign-in", Anyone, sign_in::sign_in),
        post("/sign-out", Anyone, sign_in::sign_out),
        post("/stay", SignedIn, sign_in::stay),
        get("/live", SignedIn, outside::live),
        get("/", SignedIn, board::show),
        get("/find", May(Ask::SeePatients), find::show),
        get("/order", May(Ask::PlaceOrder), order::show),
        post("/order", May(Ask::PlaceOrder), order::place),
        get("/order/tests", May(Ask::PlaceOrder), order::understood),
        get("/label", May(Ask::SeePatients), label::of_row),
        get("/label/{number}", May(Ask::SeePatients), label::show),
        get("/collect", May(Ask::CollectSpecimens), collect::list),
        get("/collect/{number}", May(Ask::CollectSpecimens), collect::bedside::show),
        post("/collect/{number}", May(Ask::CollectSpecimens), collect::bedside::collect),
        get("/receive", May(Ask::ReceiveSpecimen), receive::show),
        post("/receive", May(Ask::ReceiveSpecimen), receive::receive),
        post("/receive/clear", May(Ask::ReceiveSpecimen), receive::clear),
        get("/reject", May(Ask::RejectSpecimen), reject::show),
        post("/reject", May(Ask::RejectSpecimen), reject::reject),
        get("/review", May(Ask::SeeUnverified), review::show),
        post("/review/verify", May(Ask::VerifyResults), settle::verify),
        post("/review/clean", May(Ask::VerifyResults), settle::verify_clean),
        post("/review/hold", May(Ask::HoldResult), settle::hold),
        post("/review/rerun", May(Ask::RequestRerun), settle::rerun),
        post("/review/dilute", May(Ask::RequestDilution), settle::dilute),
        post("/review/preliminary", May(Ask::GivePreliminary), settle::preliminary),
        get("/accession/{number}", May(Ask::SeePatients), accession::show),
        post("/accession/{number}/enter", May(Ask::EnterResult), accession::enter),
        post("/cancel", May(Ask::CancelTest), settle::cancel),
        post("/not-performed", May(Ask::EnterResult), settle::not_performed),
        get("/report/{number}", May(Ask::SeeReports), report::show),
        get("/patient/{number}/chart", May(Ask::SeeReports), chart::show),
        get("/patient/{number}/chart/{code}", May(Ask::SeeReports), chart::show_trend),
        get("/journal", May(Ask::SeeJournal), journal::show),
        get("/report/{number}/pdf", May(Ask::SeeReports), report::file),
        get("/instruments", May(Ask::SeeInstruments), instruments::show),
        get("/instruments/give", May(Ask::ResolveUnclaimed), unclaimed::ask_give),
        post("/instruments/give", May(Ask::ResolveUnclaimed), unclaimed::give),
        get("/instruments/discard", May(Ask::ResolveUnclaimed), unclaimed::ask_discard),
        post("/instruments/discard", May(Ask::ResolveUnclaimed), unclaimed::discard),
        get("/instruments/control", May(Ask::ResolveUnclaimed), unclaimed::ask_control),
        post("/instruments/control", May(Ask::ResolveUnclaimed), unclaimed::control),
        get("/instruments/replay", May(Ask::ReplayUnclaimed), unclaimed::ask_replay),
        post("/instruments/replay", May(Ask::ReplayUnclaimed), unclaimed::replay),
        get("/instruments/add", May(Ask::AddInstrument), instrument::ask_add),
        post("/instruments/add", May(Ask::AddInstrument), instrument::add),
        get("/instrument/{number}", May(Ask::SeeInstruments), instrument::show),
        get("/instrument/{number}/change", May(Ask::ChangeInstrument), instrument::ask_change),
        post("/instrument/{number}/change", May(Ask::ChangeInstrument), instrument::change),
        get("/instrument/{number}/map", May(Ask::MapCode), code_map::ask),
        post("/instrument/{number}/map", May(Ask::MapCode), code_map::map),
        get("/message/{number}", May(Ask::SeeMessages), message::show),
        get("/message/{number}/picture/{at}", May(Ask::SeeMessages), message::picture),
        post("/message/{number}/replay", May(Ask::ReplayMessage), message::replay),
    ]
}

fn get<F>(
    path: &'static str,
    needs: Needs,
    serve: impl Fn(Call) -> F + Send + Sync + 'static,
) -> Route
where
    F: Future<Output = Reply> + Send + 'static,
{
    route(RouteLine { method: "GET", path, needs }, serve)
}

fn post<F>(
    path: &'static str,
    needs: Needs,
    serve: impl Fn(Call) -> F + Send + Sync + 'static,
) -> Route
where
    F: Future<Output = Reply> + Send + 'static,
{
    route(RouteLine { method: "POST", path, needs }, serve)
}

fn route<F>(line: RouteLine, serve: impl Fn(Call) -> F + Send + Sync + 'static) -> Route
where
    F: Future<Output = Reply> + Send + 'static,
{
    Route { line, serve: Arc::new(move |call| Box::pin(serve(call))) }
}

/// Answers one request, counts it and puts on the headers.
async fn answer(
    app: App,
    (line, serve): (RouteLine, Serve),
    path: RawPathParams,
    request: Request,
) -> Response {
    let began = std::time::Instant::now();
    let secure = app.laboratory().secure;
    let path = path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let response = match Box::pin(read(&app, line, (Pairs(path), request))).await {
        Ok(call) => allowed(call, line, serve).await,
        Err(response) => response,
    };
    app.meter().request(line.path, response.status().as_u16(), began.elapsed());
    guard(response, secure)
}

/// Reads a request, and who sent it.
async fn read(
    app: &App,
    line: RouteLine,
    (path, request): (Pairs, Request),
) -> Result<Call, Response> {
    if session::foreign(request.method(), request.headers()) {
        return Err(text(StatusCode::FORBIDDEN, "Sent from a page of another site: not done."));
    }
    let (here, headers) = (here(request.uri()), request.headers().clone());
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let query = Query::<Vec<(String, String)>>::try_from_uri(request.uri());
    let form = if *request.method() == Method::POST { form(request).await? } else { Vec::new() };
    let mut call = Call {
        app: app.clone(),
        now: app.now(),
        route: line.path,
        here,
        place: crate::tries::place(peer, forwarded(&headers, app.laboratory().secure)),
        live: headers.get("x-meniscus").is_some_and(|kind| kind == "live"),
        who: None,
        path,
        query: Pairs(query.map(|Query(pairs)| pairs).unwrap_or_default()),
        form: Pairs(form),
    };
    match who(&call, &headers, line).await {
        Ok(who) => call.who = who,
        Err(fault) => return Err(screen::trouble::fault(&call, &fault)),
    }
    Ok(call)
}

/// What a proxy says of where the request came from; there is one before us only with TLS.
fn forwarded(headers: &HeaderMap, behind_proxy: bool) -> Option<&str> {
    headers.get("x-forwarded-for").filter(|_| behind_proxy)?.to_str().ok()
}

fn here(uri: &Uri) -> String {
    uri.path_and_query().map_or("/", |here| here.as_str()).to_owned()
}

async fn form(request: Request) -> Result<Vec<(String, String)>, Response> {
    if request.headers().get("content-type").is_none() {
        return Ok(Vec::new());
    }
    let (parts, body) = request.into_parts();
    let long = |_| text(StatusCode::PAYLOAD_TOO_LARGE, "The form is longer than 2 MiB: not done.");
    let bytes = axum::body::to_bytes(body, FORM_BYTES_MAX).await.map_err(long)?;
    let request = Request::from_parts(parts, bytes.into());
    let read = Form::<Vec<(String, String)>>::from_request(request, &()).await;
    read.map(|Form(pairs)| pairs).map_err(IntoResponse::into_response)
}

async fn who(
    call: &Call,
    headers: &HeaderMap,
    line: RouteLine,
) -> Result<Option<session::Who>, Fault> {
    let Some(sent) = session::sent(headers, call.app.laboratory().secure) else {
        return Ok(None);
    };
    let (store, sealed) = (Arc::clone(call.app.store()), sent.session.clone());
    let found = act::waiting(move || store.read(|sql| session::of(sql, sealed))).await?;
    let Some((who, seen)) = found else { return Ok(None) };
    if session::over(&sent, (seen, call.now)) {
        session::end(&call.app, &who);
        return Ok(None);
    }
    if !call.live && line.path != "/live" {
        session::seen(&call.app, &who, (seen, call.now));
    }
    Ok(Some(who))
}

/// Serves a request that is allowed; says no to one that is not.
async fn allowed(call: Call, line: RouteLine, serve: Serve) -> Response {
    let role = call.who.as_ref().map(|who| Actor::Person(who.person.id, who.person.role));
    let fits = match (line.needs, role) {
        (Needs::Anyone, _) | (Needs::SignedIn, Some(_)) => true,
        (Needs::May(ask), Some(actor)) => may(actor, ask),
        (_, None) => return screen::sign_in::first(&call, line.method == "GET"),
    };
    let again = call.clone();
    if must_choose_first(&call, line) {
        return crate::answer::see("/password");
    }
    let reply = if fits {
        let work = AssertUnwindSafe(serve(call)).catch_unwind().await;
        work.unwrap_or_else(|_| Err(Fault::new("an assertion of Meniscus failed").into()))
    } else {
        let Needs::May(ask) = line.needs else { return nowhere().await };
        Err(Refusal::NotPermitted { ask: ask.words().to_owned() }.into())
    };
    match reply {
        Ok(response) => response,
        Err(Trouble::Refused(refusal)) => screen::trouble::refused(&again, &refusal).await,
        Err(Trouble::Failed(fault)) => screen::trouble::fault(&again, &fault),
    }
}

/// True while whoever asks has a password that somebody else knows: then one is chosen first.
fn must_choose_first(call: &Call, line: RouteLine) -> bool {
    let must = call.who.as_ref().is_some_and(|who| who.person.must_choose);
    must && line.needs != Needs::Anyone && !matches!(line.path, "/password" | "/live" | "/stay")
}

async fn nowhere() -> Response {
    guard(screen::trouble::nowhere(), false)
}
