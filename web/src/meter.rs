//! What the web counts: requests, commands and how long answers take, in the text format of
//! Prometheus at `/metrics`.
//!
//! What must stay true: labels are routes and names of commands, never numbers or names of
//! patients or people.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

type Labels = Vec<(&'static str, String)>;

/// The counters.
pub(crate) struct Meter {
    registry: Registry,
    requests: Family<Labels, Counter<u64, AtomicU64>>,
    commands: Family<Labels, Counter<u64, AtomicU64>>,
    seconds: Family<Labels, Histogram, fn() -> Histogram>,
}

/// Upper bounds of the histogram, in seconds: a bench page is to answer within 20 ms.
const BOUNDS: [f64; 9] = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0];

impl Meter {
    pub(crate) fn new() -> Meter {
        let meter = Meter {
            registry: Registry::default(),
            requests: Family::default(),
            commands: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BOUNDS)),
        };
        meter.registered()
    }

    fn registered(mut self) -> Meter {
        let registry = self.registry.sub_registry_with_prefix("meniscus");
        registry.register("web_requests", "Requests by route and status", self.requests.clone());
        registry.register("web_commands", "Commands by name and outcome", self.commands.clone());
        registry.register("web_seconds", "Seconds to an answer by route", self.seconds.clone());
        self
    }

    pub(crate) fn request(&self, route: &'static str, status: u16, took: Duration) {
        let route = ("route", route.to_owned());
        let labels = vec![route.clone(), ("status", status.to_string())];
        self.requests.get_or_create(&labels).inc();
        self.seconds.get_or_create(&vec![route]).observe(took.as_secs_f64());
    }

    pub(crate) fn command(&self, name: String, outcome: &'static str) {
        self.commands.get_or_create(&vec![("command", name), ("outcome", outcome.into())]).inc();
    }

    /// All of it as text.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        if let Err(error) = encode(&mut text, &self.registry) {
            tracing::error!(%error, "the metrics could not be written");
        }
        text
    }
}
