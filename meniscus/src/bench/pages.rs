//! Server time of the bench pages over real HTTP, beside reading as many rows by key from the
//! bare database, with records of several sizes.
//!
//! What must stay true: every page that somebody works with is among them; the time must not grow
//! with the record; the sizes show it.

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::sync::Arc;

use super::http::times;
use super::record::Record;
use super::yard::Yard;
use super::{Figure, millis, percentile};
use crate::Ended;
use crate::config::Config;

/// Rows the floor reads.
const FLOOR_ROWS: u32 = 200;

/// Measures every bench page of a record.
pub fn measure(record: &Record, print: &mut impl FnMut(Figure)) -> Result<(), Ended> {
    let (yard, results) = (&record.yard, record.results);
    let floor =
        yard.store.read(|sql| store::engine::floor::read(sql, ("result", FLOOR_ROWS), 60))?;
    with_server(yard, |address| {
        for page in record.pages() {
            let times = times(address, &page, &record.cookie)?;
            let name = name_of(&page);
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

/// The page without the numbers in its address.
fn name_of(page: &str) -> String {
    let (path, words) = page.split_once('?').map_or((page, ""), |(path, words)| (path, words));
    let plain = |part: &&str| !part.chars().all(|c| c.is_ascii_digit());
    let path: Vec<&str> = path.split('/').skip(1).filter(plain).collect();
    let of_one = if words.starts_with("number=") { " of one" } else { "" };
    format!("/{}{of_one}", path.join("/"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_named_without_numbers() {
        for (page, expected) in [
            ("/", "/"),
            ("/find?q=bench", "/find"),
            ("/journal", "/journal"),
            ("/journal?number=2611240000100", "/journal of one"),
            ("/patient/91/chart/HGB", "/patient/chart/HGB"),
            ("/accession/2611240000100", "/accession"),
        ] {
            assert_eq!(name_of(page), expected);
        }
    }
}
