//! The arithmetic of a differential count: how many cells are counted, percentages that sum to 100.
//!
//! What must stay true: nucleated red cells stand beside the count, never in it; the percentages
//! of a count sum to exactly 100; a count that is short of its target is not filed.

/// How many cells are counted for a WBC in 10*3/uL; for the usual number where it is not known.
// differential_rules D01 to D03 of the bench reference: 100 as a rule; 200 above 50; 50 below 1.0,
// with the number counted on the report.
#[must_use]
pub(super) fn target(wbc: Option<f64>) -> u32 {
    match wbc {
        Some(wbc) if wbc > 50.0 => 200,
        Some(wbc) if wbc < 1.0 => 50,
        _ => 100,
    }
}

/// Whole percentages of a count that sum to 100: each is rounded down, and what is left over goes
/// to the largest remainders, of equal ones to the first. All zero where nothing was counted.
// differential_rules D04 of the bench reference: the largest-remainder method.
#[must_use]
pub(super) fn percentages(counts: &[u32]) -> Vec<u32> {
    let sum: u32 = counts.iter().sum();
    if sum == 0 {
        return vec![0; counts.len()];
    }
    let mut whole: Vec<u32> = counts.iter().map(|count| count * 100 / sum).collect();
    let mut order: Vec<usize> = (0..counts.len()).collect();
    let rest = |at: &usize| counts.get(*at).map_or(0, |count| count * 100 % sum);
    order.sort_by_key(|at| std::cmp::Reverse(rest(at)));
    let left = 100 - whole.iter().sum::<u32>();
    for at in order.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        if let Some(one) = whole.get_mut(at) {
            *one += 1;
        }
    }
    whole
}

/// Nucleated red cells for 100 leukocytes, with one digit where it is not whole.
// differential_rules D01 of the bench reference: 12 beside 100 leukocytes are 12/100 WBC.
#[must_use]
pub(super) fn for_a_hundred(count: u32, leukocytes: u32) -> String {
    let tenths = (u64::from(count) * 1_000).checked_div(u64::from(leukocytes)).unwrap_or(0);
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        digit => format!("{}.{digit}", tenths / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_cells_are_counted_in_a_high_count_and_fewer_in_a_low_one() {
        for (wbc, cells) in [
            (None, 100),
            (Some(6.8), 100),
            (Some(50.0), 100),
            (Some(60.0), 200),
            (Some(1.0), 100),
            (Some(0.8), 50),
        ] {
            assert_eq!(target(wbc), cells, "{wbc:?}");
        }
    }

    #[test]
    fn percentages_always_sum_to_a_hundred() {
        assert_eq!(percentages(&[33, 67, 100]), [17, 33, 50], "D04: 33 and 67 of 200");
        assert_eq!(percentages(&[1, 1, 1]), [34, 33, 33]);
        assert_eq!(percentages(&[100]), [100]);
        assert_eq!(percentages(&[0, 0]), [0, 0]);
        for seed in 1..200_u32 {
            let counts: Vec<u32> = (1..9).map(|n| (seed * n * 7_919) % 31).collect();
            if counts.iter().sum::<u32>() > 0 {
                assert_eq!(percentages(&counts).iter().sum::<u32>(), 100, "{counts:?}");
            }
        }
    }

    #[test]
    fn nucleated_red_cells_are_told_for_a_hundred_leukocytes() {
        assert_eq!(for_a_hundred(12, 100), "12");
        assert_eq!(for_a_hundred(25, 200), "12.5");
        assert_eq!(for_a_hundred(3, 0), "0");
    }
}
