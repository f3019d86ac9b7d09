//! Tests of what no room can test alone.
