//! One connection to the server: questions asked and waited for, statements sent and not waited
//! for, each text prepared once.
//!
//! What must stay true: what was sent is carried out in the order in which it was sent; nobody
//! waits inside somebody else's `async`, so a question may be asked from anywhere; no failure that
//! leaves here carries what stands in a row.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::{Future, poll_fn, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use futures_util::Stream;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, Row, Statement};

use super::address::Address;
use super::cell::kind;
use crate::cell::{Cell, Line};
use crate::engine::Take;
use crate::fault::Fault;

/// Texts kept prepared on one connection; with more than these all are forgotten.
const PREPARED: usize = 1_000;

/// A failure in words, without the values that the server repeats.
pub(super) fn failed(error: &Error) -> Fault {
    use std::error::Error as _;
    if let Some(told) = error.as_db_error() {
        let constraint = told.constraint().map(|name| format!(" ({name})")).unwrap_or_default();
        return Fault::new(format!("{}: {}{constraint}", told.code().code(), told.message()));
    }
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    Fault::new(format!("{error}{cause}"))
}

/// What was sent and not yet heard of.
type Later = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// A prepared statement for each list of kinds it was asked with.
type Prepared = HashMap<String, Vec<(Vec<Type>, Statement)>>;

/// One connection.
pub(super) struct Wire {
    client: Arc<Client>,
    driver: Driver,
    prepared: RefCell<Prepared>,
    sent: RefCell<Vec<Later>>,
}

/// Who carries the bytes of a connection.
pub(super) enum Driver {
    /// Whoever waits: quickest, but only for a thread of our own.
    Own(Runtime),
    /// A thread beside all that wait.
    Beside(Handle),
}

impl Driver {
    /// A driver for a thread that never asks from inside `async`.
    ///
    /// # Errors
    /// The machine gives no more files.
    pub fn own() -> Result<Driver, Fault> {
        let runtime = Builder::new_current_thread().enable_all().build();
        runtime.map(Driver::Own).map_err(|error| Fault::new(error).during("reaching the database"))
    }

    fn wait<F: Future>(&self, until: F) -> F::Output {
        match self {
            Driver::Own(runtime) => runtime.block_on(until),
            Driver::Beside(_) => wait(until),
        }
    }

    fn connect(&self, address: &Address) -> Result<Client, Fault> {
        let (config, encrypts) = (address.config().clone(), address.encrypts().clone());
        let connecting = async move {
            let (client, connection) = config.connect(encrypts).await?;
            tokio::spawn(connection);
            Ok(client)
        };
        let connected: Result<Client, Error> = match self {
            Driver::Own(runtime) => runtime.block_on(connecting),
            Driver::Beside(handle) => wait(handle.spawn(connecting)).map_err(Fault::new)?,
        };
        connected
            .map_err(|error| failed(&error).during(&format!("reaching the database {address}")))
    }
}

impl Wire {
    /// Connects.
    ///
    /// # Errors
    /// The server cannot be reached, or lets us not in.
    pub fn to(address: &Address, driver: Driver) -> Result<Wire, Fault> {
        let client = Arc::new(driver.connect(address)?);
        Ok(Wire { client, driver, prepared: RefCell::default(), sent: RefCell::default() })
    }

    /// Whether the connection is lost.
    pub fn is_lost(&self) -> bool {
        self.client.is_closed()
    }

    /// How much was sent and not heard of yet.
    #[cfg(test)]
    pub fn unheard(&self) -> usize {
        self.sent.borrow().len()
    }

    /// Gives the driver back, for the next connection.
    pub fn into_driver(self) -> Driver {
        self.driver
    }

    /// Sends statements and waits until all are done.
    ///
    /// # Errors
    /// The server says no; so for all that is waited for here.
    pub fn script(&self, sql: &str) -> Result<(), Fault> {
        self.settle()?;
        self.driver.wait(self.client.batch_execute(sql)).map_err(|error| failed(&error))
    }

    /// Sends statements and waits for nothing.
    pub fn send(&self, sql: &'static str) {
        let client = Arc::clone(&self.client);
        self.send_later(async move { client.batch_execute(sql).await });
    }

    /// Sends one statement and waits for nothing but, the first time, for its being prepared.
    pub fn write<T>(&self, sql: &str, kinds: &[Type], given: Vec<T>) -> Result<(), Fault>
    where
        T: ToSql + Sync + Send + 'static,
    {
        let statement = self.prepare(sql, kinds).map_err(|error| failed(&error))?;
        let client = Arc::clone(&self.client);
        self.send_later(async move { client.execute_raw(&statement, given).await.map(drop) });
        Ok(())
    }

    /// Waits for everything sent; the first failure among it.
    pub fn settle(&self) -> Result<(), Fault> {
        self.settled().map_err(|error| failed(&error))
    }

    /// Asks a question that has one row for an answer, behind everything sent.
    pub fn row(&self, sql: &str) -> Result<Option<Line>, Fault> {
        Ok(self.rows(sql, &[])?.into_iter().next())
    }

    /// Asks a question, behind everything sent.
    pub fn rows(&self, sql: &str, given: &[Cell]) -> Result<Vec<Line>, Fault> {
        self.rows_then(sql, given, None)
    }

    /// Asks a question, and sends statements behind it in the same way there.
    pub fn rows_then(
        &self,
        sql: &str,
        given: &[Cell],
        then: Option<&'static str>,
    ) -> Result<Vec<Line>, Fault> {
        let kinds: Vec<Type> = given.iter().map(kind).collect();
        let statement = self.prepare(sql, &kinds).map_err(|error| failed(&error))?;
        let given: Vec<&(dyn ToSql + Sync)> =
            given.iter().map(|cell| -> &(dyn ToSql + Sync) { cell }).collect();
        let mut asking = std::pin::pin!(self.client.query(&statement, &given));
        let before = std::mem::take(&mut *self.sent.borrow_mut());
        // Sent now, so that one waiting hears both what was sent before and the answer. They are
        // heard in the order in which they were sent: the server's answers come in that order.
        let at_once = poll(asking.as_mut());
        then.into_iter().for_each(|then| self.send(then));
        self.hear(before).map_err(|error| failed(&error))?;
        let answer = at_once.unwrap_or_else(|| self.driver.wait(asking));
        let rows = answer.map_err(|error| failed(&error))?;
        rows.iter().map(line).collect()
    }

    /// Asks a question, behind everything sent, and takes one row of the answer after the other:
    /// the server sends on as they are taken.
    pub fn each(&self, sql: &str, given: &[Cell], take: &mut Take<'_>) -> Result<(), Fault> {
        let kinds: Vec<Type> = given.iter().map(kind).collect();
        let statement = self.prepare(sql, &kinds).map_err(|error| failed(&error))?;
        self.settle()?;
        let asked = self.driver.wait(self.client.query_raw(&statement, given.to_vec()));
        let mut rows = std::pin::pin!(asked.map_err(|error| failed(&error))?);
        while let Some(row) = self.driver.wait(poll_fn(|context| rows.as_mut().poll_next(context)))
        {
            take(line(&row.map_err(|error| failed(&error))?)?)?;
        }
        Ok(())
    }

    fn send_later(&self, work: impl Future<Output = Result<(), Error>> + Send + 'static) {
        let mut work: Later = Box::pin(work);
        let at_once = poll(work.as_mut());
        self.sent.borrow_mut().push(at_once.map_or(work, |done| Box::pin(ready(done))));
    }

    fn settled(&self) -> Result<(), Error> {
        self.hear(std::mem::take(&mut *self.sent.borrow_mut()))
    }

    /// Waits for all of these, which were sent in this order; the first failure among them.
    fn hear(&self, sent: Vec<Later>) -> Result<(), Error> {
        if sent.is_empty() {
            return Ok(());
        }
        self.driver.wait(async {
            let mut all = Ok(());
            for each in sent {
                let done = each.await;
                all = all.and(done);
            }
            all
        })
    }

    fn prepare(&self, sql: &str, kinds: &[Type]) -> Result<Statement, Error> {
        let known = self.prepared.borrow().get(sql).and_then(|forms| {
            forms.iter().find(|(known, _)| known == kinds).map(|(_, form)| form.clone())
        });
        if let Some(statement) = known {
            return Ok(statement);
        }
        self.settled()?;
        let text = numbered(sql);
        let statement = self.driver.wait(self.client.prepare_typed(&text, kinds))?;
        let mut prepared = self.prepared.borrow_mut();
        if prepared.len() >= PREPARED {
            prepared.clear();
        }
        prepared.entry(sql.to_owned()).or_default().push((kinds.to_vec(), statement.clone()));
        Ok(statement)
    }
}

fn line(row: &Row) -> Result<Line, Fault> {
    let cells: Result<Vec<Cell>, Error> = (0..row.len()).map(|at| row.try_get(at)).collect();
    cells.map(Line).map_err(|error| failed(&error))
}

/// A text with its places written as this server writes them: `$1` for `?1`, but not in quotes.
fn numbered(sql: &str) -> String {
    let (mut text, mut quoted) = (String::with_capacity(sql.len()), false);
    let mut rest = sql.chars().peekable();
    while let Some(each) = rest.next() {
        quoted ^= each == '\'';
        let place = each == '?' && !quoted && rest.peek().is_some_and(char::is_ascii_digit);
        text.push(if place { '$' } else { each });
    }
    text
}

/// Takes one step; what it was waiting for is asked again when somebody waits.
fn poll<F: Future + ?Sized>(work: Pin<&mut F>) -> Option<F::Output> {
    match work.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => Some(done),
        Poll::Pending => None,
    }
}

struct Sleeper(Thread);

impl Wake for Sleeper {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for work that another thread carries on.
fn wait<F: Future>(work: F) -> F::Output {
    let mut work = std::pin::pin!(work);
    let waker = Waker::from(Arc::new(Sleeper(std::thread::current())));
    loop {
        match work.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(done) => return done,
            Poll::Pending => std::thread::park(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_numbered_and_quotes_are_left_alone() {
        for (sql, expected) in [
            ("SELECT 1", "SELECT 1"),
            ("a=?1 AND (?2='' OR b=?12)", "a=$1 AND ($2='' OR b=$12)"),
            ("a='?1' AND b=?1", "a='?1' AND b=$1"),
            ("a='it''s ?1' AND b=?1", "a='it''s ?1' AND b=$1"),
            ("a='why?' AND b=?", "a='why?' AND b=?"),
        ] {
            assert_eq!(numbered(sql), expected);
        }
    }
}
