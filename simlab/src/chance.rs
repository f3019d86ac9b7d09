//! Chance that repeats: the same seed gives the same draws on every machine.
//!
//! The generator is xoshiro256** (Blackman and Vigna 2018), seeded through splitmix64 (Steele,
//! Lea and Flood 2014); both are in the public domain and written here anew, so that no release
//! of a library can change a recorded day. Not for secrets.
//!
//! What must stay true: a stream depends on its seed and purpose alone; drawing more from one
//! stream changes no other.

/// One stream of draws.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chance {
    state: [u64; 4],
}

/// One step of splitmix64: moves the state on and returns a well-mixed number.
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl Chance {
    /// The stream of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Chance {
        let mut state = seed;
        Chance { state: std::array::from_fn(|_| splitmix(&mut state)) }
    }

    /// The stream of a seed for one purpose (`"patient"`) and number, independent of all others.
    #[must_use]
    pub fn of(seed: u64, purpose: &str, number: u64) -> Chance {
        let mut mixed = seed;
        for byte in purpose.bytes() {
            mixed = splitmix(&mut mixed) ^ u64::from(byte);
        }
        mixed = splitmix(&mut mixed) ^ number;
        Chance::new(splitmix(&mut mixed))
    }

    /// Sixty-four random bits.
    pub fn bits(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.state;
        let drawn = b.wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        drawn
    }

    /// A number from 0 up to, not including, 1.
    pub fn uniform(&mut self) -> f64 {
        // The 53 bits that a binary64 fraction holds.
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number from `low` up to, not including, `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// A whole number from 0 up to, not including, `end`; 0 when `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        // Multiply and take the high half; the bias is below 2^-40 for any `end` used here.
        ((u128::from(self.bits()) * u128::from(end)) >> 64) as u64
    }

    /// True with this probability.
    pub fn yes(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// A draw from the standard normal distribution (Box and Muller 1958).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// A draw from a lognormal distribution with median 1 and this coefficient of variation.
    pub fn factor(&mut self, cv: f64) -> f64 {
        (log_sd(cv) * self.normal()).exp()
    }

    /// How many of something happen when `mean` are expected (Poisson; for means up to some
    /// hundreds).
    pub fn poisson(&mut self, mean: f64) -> u32 {
        let mut waited = 0.0;
        for count in 0..100_000 {
            waited -= (1.0 - self.uniform()).ln();
            if waited > mean {
                return count;
            }
        }
        100_000
    }

    /// One of several, each as likely.
    ///
    /// # Panics
    /// When there is nothing to choose from.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }

    /// One of several, each as likely as its weight says.
    ///
    /// # Panics
    /// When there is nothing to choose from.
    pub fn weighted<'a, T>(&mut self, from: &'a [(T, f64)]) -> &'a T {
        let total: f64 = from.iter().map(|(_, weight)| weight).sum();
        let mut left = self.uniform() * total;
        for (thing, weight) in from {
            left -= weight;
            if left < 0.0 {
                return thing;
            }
        }
        &from.last().expect("something to choose from").0
    }
}

/// The standard deviation of the logarithm that belongs to a coefficient of variation.
#[must_use]
pub fn log_sd(cv: f64) -> f64 {
    (1.0 + cv * cv).ln().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generators_are_the_published_ones() {
        // First outputs of splitmix64 from state 1234567, as its reference implementation prints.
        let mut state = 1_234_567;
        assert_eq!(splitmix(&mut state), 6_457_827_717_110_365_317);
        assert_eq!(splitmix(&mut state), 3_203_168_211_198_807_973);
        // xoshiro256** from state 1, 2, 3, 4.
        let mut chance = Chance { state: [1, 2, 3, 4] };
        assert_eq!([chance.bits(), chance.bits(), chance.bits()], [11520, 0, 1_509_978_240]);
    }

    #[test]
    fn streams_repeat_and_differ() {
        let first: Vec<u64> = std::iter::repeat_with(|| 0).take(3).collect();
        let draw = |seed, purpose, number| {
            let mut chance = Chance::of(seed, purpose, number);
            first.iter().map(|_| chance.bits()).collect::<Vec<_>>()
        };
        assert_eq!(draw(7, "patient", 1), draw(7, "patient", 1));
        for other in [draw(8, "patient", 1), draw(7, "patients", 1), draw(7, "patient", 2)] {
            assert_ne!(draw(7, "patient", 1), other);
        }
    }

    #[test]
    fn draws_have_the_moments_they_claim() {
        let mut chance = Chance::new(1);
        let mean = |draws: &[f64]| draws.iter().sum::<f64>() / draws.len() as f64;
        let normal: Vec<f64> = (0..40_000).map(|_| chance.normal()).collect();
        assert!(mean(&normal).abs() < 0.02);
        let square: Vec<f64> = normal.iter().map(|x| x * x).collect();
        assert!((mean(&square) - 1.0).abs() < 0.03);
        let uniform: Vec<f64> = (0..40_000).map(|_| chance.between(2.0, 4.0)).collect();
        assert!((mean(&uniform) - 3.0).abs() < 0.02);
        let counts: Vec<f64> = (0..40_000).map(|_| f64::from(chance.poisson(3.5))).collect();
        assert!((mean(&counts) - 3.5).abs() < 0.05);
        let logs: Vec<f64> = (0..40_000).map(|_| chance.factor(0.3).ln()).collect();
        let spread = (mean(&logs.iter().map(|x| x * x).collect::<Vec<_>>())).sqrt();
        assert!((spread - log_sd(0.3)).abs() < 0.01);
    }

    #[test]
    fn choices_follow_their_weights() {
        let mut chance = Chance::new(2);
        let mut counts = [0; 3];
        for _ in 0..30_000 {
            counts[*chance.weighted(&[(0, 1.0), (1, 3.0), (2, 0.0)])] += 1;
        }
        assert!((7_000..8_000).contains(&counts[0]) && counts[2] == 0, "{counts:?}");
        assert!((0..1000).all(|_| chance.below(7) < 7));
        assert_eq!(chance.below(0), 0);
    }
}
