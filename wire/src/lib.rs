//! What instruments and hospitals say; knows no laboratory.
