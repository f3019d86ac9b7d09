//! What the laboratory keeps, what can happen, what may be asked, what is refused.
