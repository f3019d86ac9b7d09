//! Screens, forms, sessions, live updates.
