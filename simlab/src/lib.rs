//! Believable patients and instruments for the demo, benchmarks and training.
