//! Screens, forms, sessions, live updates: what people see of the laboratory in a browser.
//!
//! Reading order: [`routes`] (the one table of addresses and what each needs), `call` (what one
//! request is), `act` (the step to the door and back), then the screens in `screen/`, one file
//! each. What must stay true: deny by default, since a route exists only with what it needs;
//! every change goes through the store's door; each look at a patient is noted; no page needs a
//! script or a pointer.

mod act;
mod answer;
mod app;
mod call;
pub mod limit;
mod links;
mod live;
mod meter;
pub mod page;
pub mod password;
mod route;
mod screen;
mod session;
mod sheet;
mod shift;
mod tries;
mod wires;
mod words;

pub use app::{App, Clock, Laboratory};
pub use links::{Link, Links};
pub use route::{Needs, RouteLine, router, routes};
pub use wires::{Again, Picture, Said, Tube, Wires};
