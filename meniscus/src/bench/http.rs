//! Asking for pages over a plain connection, as a browser that keeps it open does.
//!
//! What must stay true: an answer is read whole before it counts.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::Ended;

/// Requests measured for each page, after as many again to warm up.
const TIMES: usize = 60;

/// The sorted times of one page.
pub fn times(address: SocketAddr, page: &str, cookie: &str) -> Result<Vec<Duration>, Ended> {
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
pub fn get(stream: &mut TcpStream, page: &str, cookie: &str) -> Result<u16, Ended> {
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
