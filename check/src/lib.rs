//! Tests of what no room can test alone.
//!
//! Everything here lives beside this file: `tests/house_law` reads the sources of the whole
//! workspace and holds them to the laws of `ARCHITECTURE.md`; `browser/` drives the screens by
//! keyboard in a real browser. The library itself stays empty, so that nothing can depend on it.
