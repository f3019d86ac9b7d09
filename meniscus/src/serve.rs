//! `meniscus serve`: a laboratory at work.
//!
//! What must stay true: the `ready` line is printed once everything listens; SIGTERM finishes
//! what instruments are sending, then stops.

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lab::value::Moment;
use store::Store;
use tokio::sync::watch;
use web::{App, Laboratory, Links};

use crate::Ended;
use crate::config::{At, Config};
use crate::intake::Intake;
use crate::port::{Language, Port, Surroundings, dial, listen};
use crate::setup::{self, open_existing};
use crate::wires::Reader;

/// How often what was kept and not filed is taken up again.
const TAKE_UP_EVERY: Duration = Duration::from_secs(60);

/// How often what others did to the record is noticed.
const NOTICE_EVERY: Duration = Duration::from_secs(2);

/// What `serve` is told.
#[derive(clap::Args)]
pub struct Serve {
    #[command(flatten)]
    at: At,
    /// The configuration file.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Where the web is served; overrules the file.
    #[arg(long)]
    http: Option<SocketAddr>,
    /// Where instruments speak ASTM; overrules the file.
    #[arg(long)]
    astm: Option<SocketAddr>,
    /// Where instruments speak HL7 over MLLP; overrules the file.
    #[arg(long)]
    mllp: Option<SocketAddr>,
}

impl Serve {
    /// Serves until told to stop.
    pub fn run(self) -> Result<(), Ended> {
        let mut config = Config::read(self.config.as_deref())?;
        config.http = self.http.unwrap_or(config.http);
        config.astm = self.astm.or(config.astm);
        config.mllp = self.mllp.or(config.mllp);
        if !config.secure && !config.http.ip().is_loopback() {
            tracing::warn!(
                "the web at {} is open to others without TLS; put a proxy with TLS before it and \
                 set secure = true in the configuration",
                config.http
            );
        }
        let store = Arc::new(open_existing(&self.at.place()?)?);
        run(&config, &store, false, |_| Ok(()))
    }
}

/// Where everything listens.
#[derive(Clone, Copy, Debug)]
pub struct Addresses {
    /// The web.
    pub http: SocketAddr,
    /// ASTM.
    pub astm: Option<SocketAddr>,
    /// HL7 over MLLP.
    pub mllp: Option<SocketAddr>,
}

/// Threads on which pages and messages wait for the record: some more than read at once. Each keeps
/// memory of its own, so that a hundred of them would hold a hundred times what one page takes.
fn waiting_threads() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get) + 4
}

/// Serves a laboratory until SIGTERM or SIGINT; `ready` is called once everything listens.
///
/// # Errors
/// An address is taken, or the record cannot be read.
pub fn run(
    config: &Config,
    store: &Arc<Store>,
    demo: bool,
    ready: impl FnOnce(&Addresses) -> Result<(), Ended>,
) -> Result<(), Ended> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .max_blocking_threads(waiting_threads())
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (stopper, stop) = watch::channel(false);
        let open = Open::all(config, store, (demo, stop)).await?;
        let addresses = open.addresses()?;
        let taken_up = open.intake.take_up(Moment::from_micros(i64::MAX)).await?;
        if taken_up > 0 {
            tracing::warn!("{taken_up} messages kept before the last stop were filed now");
        }
        let stop_asked = stop_asked()?;
        println!("{}", ready_line(&addresses));
        ready(&addresses)?;
        let serving = tokio::spawn(open.serve());
        stop_asked.await;
        let _ = stopper.send(true);
        serving.await.map_err(|error| Ended::Fault(error.to_string()))?
    })?;
    store.close();
    Ok(())
}

/// Says early, before long work is begun, that an address is taken.
///
/// # Errors
/// The address is taken or not ours.
pub fn free(address: SocketAddr) -> Result<(), Ended> {
    std::net::TcpListener::bind(address)
        .map(drop)
        .map_err(|error| crate::port::cannot_listen(address, &error))
}

fn ready_line(addresses: &Addresses) -> String {
    let mut line = format!("ready http=http://{}", addresses.http);
    for (name, address) in [("astm", addresses.astm), ("mllp", addresses.mllp)] {
        if let Some(address) = address {
            line.push_str(&format!(" {name}={address}"));
        }
    }
    line
}

/// Everything that listens.
struct Open {
    http: tokio::net::TcpListener,
    astm: Option<Port>,
    mllp: Option<Port>,
    app: App,
    intake: Intake,
    around: Surroundings,
    stop: watch::Receiver<bool>,
}

impl Open {
    async fn all(
        config: &Config,
        store: &Arc<Store>,
        (demo, stop): (bool, watch::Receiver<bool>),
    ) -> Result<Open, Ended> {
        let links = Links::default();
        let intake = Intake::new(Arc::clone(store));
        let around = Surroundings::new(intake.clone(), links.clone(), stop.clone());
        let port = async |address: Option<SocketAddr>, language| match address {
            None => Ok(None),
            Some(address) => Port::open(address, language, around.clone()).await.map(Some),
        };
        let laboratory = Laboratory {
            letterhead: config.laboratory.letterhead(),
            zone: config.time_zone()?,
            demo,
            secure: config.secure,
        };
        Ok(Open {
            http: listen(config.http).await?,
            astm: port(config.astm, Language::Astm).await?,
            mllp: port(config.mllp, Language::Mllp).await?,
            app: App::new(Arc::clone(store), laboratory, links.clone())
                .with_wires(Arc::new(Reader::new(intake.clone()))),
            intake,
            around,
            stop,
        })
    }

    fn addresses(&self) -> Result<Addresses, Ended> {
        Ok(Addresses {
            http: self.http.local_addr()?,
            astm: self.astm.as_ref().map(Port::address).transpose()?,
            mllp: self.mllp.as_ref().map(Port::address).transpose()?,
        })
    }

    async fn serve(self) -> Result<(), Ended> {
        let again = tokio::spawn(take_up_again(self.intake.clone(), TAKE_UP_EVERY));
        let noticing = tokio::spawn(notice(self.app.clone(), NOTICE_EVERY));
        let mut stop = self.stop.clone();
        let app = self.app.clone();
        let stopped = async move {
            drop(stop.wait_for(|stop| *stop).await);
            app.stop();
        };
        let pages = web::router(self.app).into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(self.http, pages).with_graceful_shutdown(stopped);
        let mut web = tokio::spawn(serving.into_future());
        let astm = tokio::spawn(async {
            if let Some(port) = self.astm {
                port.serve().await
            }
        });
        let mllp = tokio::spawn(async {
            if let Some(port) = self.mllp {
                port.serve().await
            }
        });
        let calls = tokio::spawn(dial::serve(self.around));
        let _ = tokio::join!(astm, mllp, calls);
        again.abort();
        noticing.abort();
        // Whoever is still reading a page has a moment to finish.
        let patience = Duration::from_secs(2);
        match tokio::time::timeout(patience, &mut web).await {
            Ok(ended) => Ok(ended.map_err(|error| Ended::Fault(error.to_string()))??),
            Err(_) => {
                web.abort();
                Ok(())
            }
        }
    }
}

/// Notices, again and again, what a command of the shell did to the laboratory at work: a new
/// catalog, a person, another record in the place of this one. An empty batch looks for it.
async fn notice(app: App, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        let app = app.clone();
        let looked = tokio::task::spawn_blocking(move || app.notice()).await;
        if let Ok(Err(fault)) = looked {
            tracing::warn!(%fault, "what others did to the record could not be looked at");
        }
    }
}

/// Takes up, again and again, what was kept longer than that ago and not filed: the disk was full,
/// or a line broke off.
async fn take_up_again(intake: Intake, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        let micros = i64::try_from(every.as_micros()).unwrap_or(i64::MAX);
        let before = Moment::from_micros(setup::now().micros().saturating_sub(micros));
        match intake.take_up(before).await {
            Ok(0) => {}
            Ok(count) => tracing::warn!("{count} messages that had not been filed were taken up"),
            Err(fault) => tracing::error!(%fault, "what was not filed could not be read"),
        }
    }
}

/// Waits for SIGTERM or SIGINT; both are listened for from the moment this returns.
fn stop_asked() -> Result<impl Future<Output = ()>, Ended> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
