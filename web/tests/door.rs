//! Getting in and staying in: sign-in, lock-out, sessions, foreign pages, headers.
//!
//! What must stay true: deny by default; a name that does not exist is answered as a wrong
//! password and a locked name are; a session ends when it is idle or left.

mod lab;

use ::lab::value::Priority;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use lab::Lab;

async fn attempt(lab: &Lab, name: &str, password: &str) -> lab::Page {
    lab.send_form("/sign-in", "", &[("name", name), ("password", password)]).await
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_are_answered_alike() {
    let lab = Lab::open("wrong");
    let wrong = attempt(&lab, "ben", "nonsense").await;
    let unknown = attempt(&lab, "nobody", "nonsense").await;
    assert_eq!(
        (wrong.status, unknown.status),
        (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED)
    );
    let same =
        |page: &lab::Page| page.text.replace("value=\"ben\"", "").replace("value=\"nobody\"", "");
    assert_eq!(same(&wrong), same(&unknown));
    wrong.says(&["WrongSignIn", "value=\"ben\""]);
    assert!(wrong.cookie.is_none() && !wrong.text.contains("nonsense"));
}

#[tokio::test]
async fn a_flood_of_passwords_is_turned_away_and_nothing_is_tried() {
    let lab = Lab::open("flood");
    let room = web::limit::PASSWORDS_AT_ONCE + web::limit::PASSWORDS_WAITING_MAX;
    let tries: Vec<String> = (0..room + 5).map(|number| format!("nobody{number}")).collect();
    let answers = futures_util::future::join_all(tries.iter().map(|name| attempt(&lab, name, "x")));
    let (mut tried, mut away) = (0, 0);
    for answer in answers.await {
        match answer.status {
            StatusCode::UNAUTHORIZED => tried += 1,
            StatusCode::SERVICE_UNAVAILABLE => {
                away += 1;
                answer.says(&["too many sign-ins at this moment", "Try again in a few seconds."]);
                assert_eq!(answer.headers["retry-after"], "5");
            }
            other => panic!("{other}"),
        }
    }
    assert_eq!((tried, away), (room, 5));
    lab.sign_in("ben").await;
}

#[tokio::test]
async fn five_wrong_passwords_make_that_place_wait_and_no_other() {
    let lab = Lab::open("locked");
    for name in ["ben", "nob"] {
        for _ in 0..5 {
            attempt(&lab, name, "nonsense").await.says(&["WrongSignIn"]);
        }
    }
    let waits = attempt(&lab, "ben", "demo").await;
    assert!(waits.cookie.is_none());
    waits.says(&["WaitToSignIn", "from this place", "Try again in 1 min."]);
    let unknown = attempt(&lab, "nob", "demo").await;
    assert_eq!((waits.status, unknown.status), (StatusCode::TOO_MANY_REQUESTS, waits.status));
    assert_eq!(waits.text.replace("\"ben\"", "\"nob\""), unknown.text);
    let elsewhere = from("192.0.2.7", "ben", "demo");
    let elsewhere = lab.ask(elsewhere).await;
    assert!(elsewhere.cookie.is_some(), "ben himself, at his own bench: {}", elsewhere.text);
    attempt(&lab, "cy", "demo").await.cookie.expect("somebody else, here");
    lab.wait_minutes(1);
    lab.sign_in("ben").await;
}

/// A sign-in from an address.
fn from(address: &str, name: &str, password: &str) -> Request<Body> {
    let peer = std::net::SocketAddr::new(address.parse().expect("an address"), 4711);
    let form = format!("name={name}&password={password}");
    Request::post("/sign-in")
        .header("host", "lab")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .extension(axum::extract::ConnectInfo(peer))
        .body(Body::from(form))
        .expect("a request")
}

#[tokio::test]
async fn fifty_wrong_passwords_from_everywhere_lock_the_name_as_if_it_were_wrong() {
    let lab = Lab::open("everywhere");
    for place in 0..50 {
        let wrong = lab.ask(from(&format!("192.0.2.{place}"), "ben", "nonsense")).await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    }
    let locked = attempt(&lab, "ben", "demo").await;
    locked.says(&["WrongSignIn", "or the name is locked"]);
    let unknown = attempt(&lab, "nob", "demo").await;
    assert_eq!(locked.text.replace("\"ben\"", "\"nob\""), unknown.text);
    lab.wait_minutes(16);
    lab.sign_in("ben").await;
}

#[tokio::test]
async fn who_no_longer_works_here_is_out_at_once() {
    use ::lab::journey::person::SetStanding;
    use ::lab::people::{Actor, Standing};
    let lab = Lab::open("left");
    let cookie = lab.sign_in("ben").await;
    let ben = lab.store.read(|sql| {
        use ::lab::command::Look;
        store::DatabaseLook(sql).person_signing_in("ben")
    });
    let person = ben.expect("read").expect("ben").id;
    let standing = |standing| SetStanding { person, standing, reason: "moved".into() };
    lab.done(Actor::System, standing(Standing::Left));
    assert_eq!(lab.get("/", &cookie).await.status, StatusCode::SEE_OTHER);
    let out = attempt(&lab, "ben", "demo").await;
    assert_eq!((out.status, out.cookie.is_none()), (StatusCode::UNAUTHORIZED, true));
    out.says(&["WrongSignIn"]);
    lab.done(Actor::System, standing(Standing::Works));
    lab.sign_in("ben").await;
}

#[tokio::test]
async fn a_session_ends_when_idle_and_when_left() {
    let lab = Lab::open("session");
    let cookie = lab.sign_in("ben").await;
    lab.wait_minutes(14);
    assert_eq!(lab.get("/", &cookie).await.status, StatusCode::OK);
    lab.settle();
    lab.wait_minutes(14);
    assert_eq!(lab.get("/", &cookie).await.status, StatusCode::OK);
    lab.settle();
    lab.wait_minutes(15);
    let out = lab.get("/review?bench=chemistry", &cookie).await;
    assert_eq!(out.to.as_deref(), Some("/sign-in?next=/review%3Fbench%3Dchemistry"));
    let form = lab.get(&out.to.expect("the form"), "").await;
    form.says(&["value=\"/review?bench=chemistry\""]);
    let posted = lab.send_form("/review/verify", &cookie, &[]).await;
    assert_eq!(posted.status, StatusCode::UNAUTHORIZED);

    let cookie = lab.sign_in("ben").await;
    lab.send_form("/sign-out", &cookie, &[]).await;
    assert_eq!(lab.get("/", &cookie).await.status, StatusCode::SEE_OTHER);
}

fn sessions(lab: &Lab) -> i64 {
    lab.settle();
    let count = |sql: &dyn store::engine::Sql| {
        let line = sql.row("SELECT count(*) FROM session", &[])?;
        line.map_or(Ok(0), |line| line.int(0))
    };
    lab.store.read(count).expect("counted")
}

#[tokio::test]
async fn a_session_has_a_longest_life_and_leaves_the_record_when_it_is_over() {
    let lab = Lab::open("life");
    let cookie = lab.sign_in("ben").await;
    for _ in 0..12 * 6 - 1 {
        lab.wait_minutes(10);
        assert_eq!(lab.get("/", &cookie).await.status, StatusCode::OK);
        lab.settle();
    }
    assert_eq!(sessions(&lab), 1);
    lab.wait_minutes(10);
    let out = lab.get("/", &cookie).await;
    assert_eq!(out.to.as_deref(), Some("/sign-in"));
    assert_eq!(sessions(&lab), 0);

    let cookie = lab.sign_in("ben").await;
    let (name, token) = cookie.split_once('=').expect("a pair");
    let younger = format!("{name}=7{}", &token[1..]);
    assert_eq!(lab.get("/", &younger).await.status, StatusCode::SEE_OTHER, "made younger");
    assert_eq!(lab.get("/", &cookie).await.status, StatusCode::OK);
    lab.wait_minutes(15);
    assert_eq!(lab.get("/", &cookie).await.status, StatusCode::SEE_OTHER);
    assert_eq!(sessions(&lab), 0);
}

#[tokio::test]
async fn a_cookie_is_of_no_use_to_scripts_and_other_sites() {
    let lab = Lab::open("cookie");
    let answer = attempt(&lab, "ben", "demo").await;
    let line = answer.headers["set-cookie"].to_str().expect("text");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/", "meniscus_session="] {
        assert!(line.contains(part), "{part} in {line}");
    }
    let token = line.split(['=', ';']).nth(1).expect("a token");
    assert_eq!(token.len(), 64);
    // A copy of the record holds everything that is kept, whatever engine keeps it.
    let copy = std::env::temp_dir().join(format!("meniscus-token-{}.db", std::process::id()));
    lab.store.copy_to(&copy).expect("copied");
    let kept = std::fs::read(&copy).expect("the copy");
    std::fs::remove_file(&copy).expect("removed");
    assert!(!kept.windows(64).any(|part| part == token.as_bytes()), "a token is kept");
    let sealed = store::seal_of(token);
    assert!(kept.windows(64).any(|part| part == sealed.as_bytes()), "its seal is");
}

#[tokio::test]
async fn a_form_from_another_site_changes_nothing() {
    let lab = Lab::open("foreign");
    let ordered = lab.order("1", &["CBC"], Priority::Routine);
    lab.collect(&ordered);
    let cookie = lab.sign_in("ben").await;
    let (_, label) = &ordered.specimens[0];
    let request = Request::post("/receive")
        .header("cookie", &cookie)
        .header("sec-fetch-site", "cross-site")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(format!("scan={label}")))
        .expect("a request");
    assert_eq!(lab.ask(request).await.status, StatusCode::FORBIDDEN);
    lab.get("/receive", &cookie).await.says(&["No specimen has been received yet."]);
}

#[tokio::test]
async fn every_answer_is_guarded() {
    let lab = Lab::open("headers");
    let cookie = lab.sign_in("dora").await;
    let ordered = lab.order("1", &["CBC"], Priority::Routine);
    let number = ordered.accession;
    for path in ["/", "/sign-in", "/health", "/nowhere", "/assets/app.css"]
        .map(String::from)
        .into_iter()
        .chain([
            format!("/accession/{number}"),
            format!("/report/{number}"),
            format!("/label/{number}?sheet=1"),
        ])
    {
        let page = lab.get(&path, &cookie).await;
        let policy = page.headers["content-security-policy"].to_str().expect("text");
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"));
        assert!(!policy.contains("unsafe-inline"), "{path}");
        assert_eq!(page.headers["x-content-type-options"], "nosniff", "{path}");
        let keep = page.headers["cache-control"].to_str().expect("text");
        assert_eq!(keep == "no-store", !path.starts_with("/assets"), "{path}: {keep}");
        assert!(!page.text.contains(" style=\"") && !page.text.contains("<script>"), "{path}");
    }
}

#[tokio::test]
async fn the_files_of_a_page_are_kept_for_ever_under_their_digest() {
    let lab = Lab::open("assets");
    let page = lab.get("/sign-in", "").await;
    let at = page.text.find("/assets/app.css").expect("a style sheet");
    let address = page.text[at..].split('"').next().expect("an address");
    let file = lab.get(address, "").await;
    assert_eq!(file.headers["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(lab.get("/assets/none.css", "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_outside_can_see_that_it_lives() {
    let lab = Lab::open("outside");
    assert_eq!(lab.get("/health", "").await.status, StatusCode::OK);
    assert_eq!(lab.get("/ready", "").await.status, StatusCode::OK);
    let cookie = lab.sign_in("ben").await;
    lab.send_form("/receive", &cookie, &[("scan", "123")]).await;
    lab.get("/metrics", "").await.says(&[
        "meniscus_web_requests_total{route=\"/receive\",status=\"422\"} 1",
        "meniscus_web_commands_total{command=\"SignIn\",outcome=\"done\"} 1",
        "meniscus_web_seconds_bucket",
    ]);
}
