//! The laboratory's facts on paper, on labels and in print.
