//! Server time of the bench pages over real HTTP, beside reading as many rows by key from the
//! bare database, with records of several sizes.
//!
//! What must stay true: the time must not grow with the record; the sizes show it.

use std::future::IntoFuture;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use lab::people::Actor;
use store::session::Note;

use super::yard::Yard;
use super::{Figure, Ground, millis, percentile};
use crate::Ended;
use crate::config::Config;
use crate::setup;

/// CBCs that wait for a person while pages are measured: a busy bench.
const WAITING: u32 = 20;

/// Results of one CBC.
const RESULTS: u32 = 10;

/// Requests measured for each page, after as many again to warm up.
const TIMES: usize = 60;

/// Rows the floor reads.
const FLOOR_ROWS: u32 = 200;

/// Measures every bench page with `results` results in the record.
pub fn measure(ground: &Ground, results: u32, print: &mut impl FnMut(Figure)) -> Result<(), Ended> {
    let yard = Yard::make(ground.scratch("pages")?)?;
    let tubes = yard.receive(results.div_ceil(RESULTS).max(WAITING + 1))?;
    yard.file(&tubes, tubes.len() - usize::try_from(WAITING).unwrap_or(0))?;
    let cookie = sign_in(&yard)?;
    let floor =
        yard.store.read(|sql| store::engine::floor::read(sql, ("result", FLOOR_ROWS), 60))?;
    let first = tubes.first().map(|tube| tube.label.to_string()).unwrap_or_default();
    let accession = format!("/accession/{first}");
    let pages =
        ["/", "/order", "/collect", "/receive", "/review", accession.as_str(), "/instruments"];
    with_server(&yard, |address| {
        for page in pages {
            let times = times(address, page, &cookie)?;
            let name = page.split('/').take(2).collect::<Vec<_>>().join("/");
            print(Figure {
                name: format!("page {name} with {results} results, median"),
                value: millis(percentile(&times, 0.5)),
                unit: "ms",
                floor: millis(floor),
                floor_is: "200 rows read bare",
            });
        }
        Ok(())
    })
}

fn sign_in(yard: &Yard) -> Result<String, Ended> {
    let Actor::Person(person, _) = yard.cy else {
        return Err(Ended::Fault("only people sign in".into()));
    };
    // A session's token begins with the moment it began, as the web reads it.
    let noise = setup::request("")?.replace(':', "");
    let secret = format!("{:016x}{noise}", setup::now().micros());
    let token = store::seal_of(&secret);
    yard.store.note_and_wait(Note::Begin { token, person, at: setup::now() })?;
    Ok(format!("meniscus_session={secret}"))
}

fn with_server(
    yard: &Yard,
    work: impl FnOnce(SocketAddr) -> Result<(), Ended>,
) -> Result<(), Ended> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let laboratory = web::Laboratory {
        letterhead: Config::default().laboratory.letterhead(),
        zone: Config::default().time_zone()?,
        demo: false,
        secure: false,
    };
    let app = web::App::new(Arc::clone(&yard.store), laboratory, web::Links::default());
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    let pages = web::router(app).into_make_service();
    runtime.spawn(axum::serve(listener, pages).into_future());
    let worked = work(address);
    runtime.shutdown_background();
    worked
}

/// The sorted times of one page.
fn times(address: SocketAddr, page: &str, cookie: &str) -> Result<Vec<Duration>, Ended> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut times = Vec::with_capacity(TIMES);
    for round in 0..TIMES * 2 {
        let began = Instant::now();
        let status = get(&mut stream, page, cookie)?;
        if status != 200 {
            return Err(Ended::Fault(format!("{page} answered {status}")));
        }
        if round >= TIMES {
            times.push(began.elapsed());
        }
    }
    times.sort_unstable();
    Ok(times)
}

/// One request on a connection that stays open; the status of the answer, its body read whole.
fn get(stream: &mut TcpStream, page: &str, cookie: &str) -> Result<u16, Ended> {
    let request = format!("GET {page} HTTP/1.1\r\nHost: bench\r\nCookie: {cookie}\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    let mut buffer = [0; 16_384];
    loop {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Err(Ended::Fault("the server hung up".into()));
        }
        answer.extend(buffer.iter().take(count));
        if let Some((status, wanted)) = expected(&answer)
            && answer.len() >= wanted
        {
            return Ok(status);
        }
    }
}

/// The status and the whole length of an answer, once its head is there.
fn expected(answer: &[u8]) -> Option<(u16, usize)> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(answer.get(..end)?).to_lowercase();
    let status = head.split_whitespace().nth(1)?.parse().ok()?;
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(Some(0), |length| length.trim().parse().ok())?;
    Some((status, end + 4 + length))
}
