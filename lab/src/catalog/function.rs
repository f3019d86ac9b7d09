//! What an expression cannot say: check characters over texts, and a product over any number of
//! antigens.

use rust_decimal::Decimal;

/// The 37 characters of ISO/IEC 7064 MOD 37-2, in order of their value.
const CHARACTERS_37: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*";

/// Check character of an ISBT 128 donation identification number (ICCBBA ST-001, ISO 7064
/// MOD 37-2). An `=` before and two flag characters after the 13 are not part of it.
pub(super) fn iso7064_mod_37_2(din: &str) -> Result<String, String> {
    let plain = din.trim().trim_start_matches('=');
    let length = plain.chars().count();
    // ICCBBA ST-001: 13 characters, then two flag characters
    if length != 13 && length != 15 {
        return Err(format!("{din} has {length} characters where a DIN has 13"));
    }
    let mut sum: u32 = 0;
    for character in plain.chars().take(13) {
        let value = character_value(character)
            .ok_or_else(|| format!("{character:?} is neither a digit nor a capital letter"))?;
        sum = (sum + value) * 2 % 37;
    }
    let check = (38 - sum) % 37;
    let found = CHARACTERS_37.chars().zip(0_u32..).find(|(_, value)| *value == check);
    found.map(|(character, _)| character.to_string()).ok_or_else(|| "no character".to_string())
}

fn character_value(character: char) -> Option<u32> {
    let found = CHARACTERS_37.chars().zip(0_u32..36).find(|(known, _)| *known == character);
    found.map(|(_, value)| value)
}

/// Check digit of a LOINC code from the digits before its dash (modulus 10 after Luhn, LOINC
/// Users' Guide).
pub(super) fn loinc_check_digit(number: &str) -> Result<String, String> {
    let number = number.trim();
    let digits: Option<Vec<u32>> = number.chars().rev().map(|c| c.to_digit(10)).collect();
    let digits = digits.filter(|digits| !digits.is_empty() && digits.len() <= 10);
    let digits = digits.ok_or_else(|| format!("{number:?} is not the number of a LOINC code"))?;
    let doubled = |(at, digit): (usize, u32)| match at % 2 {
        0 => digit * 2 / 10 + digit * 2 % 10,
        _ => digit,
    };
    let sum: u32 = digits.into_iter().enumerate().map(doubled).sum();
    Ok(((10 - sum % 10) % 10).to_string())
}

/// Whether a whole LOINC code (`718-7`) carries its own check digit.
pub(super) fn is_loinc(code: &str) -> bool {
    code.split_once('-')
        .is_some_and(|(number, digit)| loinc_check_digit(number).is_ok_and(|own| own == digit))
}

/// How many units to screen to find `needed` ones negative for independent antigens of the given
/// frequencies (AABB Technical Manual).
pub(super) fn units_to_screen(needed: Decimal, frequencies: &[Decimal]) -> Result<Decimal, String> {
    let mut share = Decimal::ONE;
    for frequency in frequencies {
        if *frequency < Decimal::ZERO || *frequency >= Decimal::ONE {
            return Err(format!("{frequency} is not a frequency from 0 to below 1"));
        }
        share *= Decimal::ONE - frequency;
    }
    let units = needed.checked_div(share).ok_or("no unit is negative for all antigens")?;
    Ok(units.ceil())
}
