//! Recovery codes: each is good once in place of a one-time code, together with the password.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use basis::{Chance, PersonId, Time};

/// How many codes a person is given at a time.
pub const RECOVERY_CODES: usize = 10;
/// Random bytes in a code: 80 bits, too many to guess and few enough to type. NIST SP 800-63B §3.1.2 asks for 64.
const CODE_BYTES: usize = 10;
/// Signs of a code, without dashes.
const CODE_SIGNS: usize = CODE_BYTES * 8 / 5;
/// Crockford's base 32: no sign that looks like another.
const SIGNS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A code as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryCode {
    /// Its place among those that were made together, from 1.
    pub number: u64,
    /// The hash.
    pub sha256: String,
    /// When it was made.
    pub made_at: Time,
    /// When it was used.
    pub used_at: Option<Time>,
}

/// Makes a code, in groups of four signs.
pub fn new_recovery_code(chance: &dyn Chance) -> String {
    let mut bytes = [0; 16];
    chance.fill(&mut bytes[16 - CODE_BYTES..]);
    let number = u128::from_be_bytes(bytes);
    let sign = |place: usize| {
        let at = (number >> (5 * (CODE_SIGNS - 1 - place))) & 31;
        char::from(SIGNS[at as usize])
    };
    let groups: Vec<String> = (0..CODE_SIGNS / 4)
        .map(|group| (0..4).map(|place| sign(group * 4 + place)).collect())
        .collect();
    groups.join("-")
}

/// The signs of what somebody typed, if it can be a recovery code: without dashes and spaces, in small letters.
fn signs_of(typed: &str) -> Option<String> {
    let mut signs = String::with_capacity(CODE_SIGNS);
    for letter in typed
        .chars()
        .filter(|letter| *letter != '-' && !letter.is_whitespace())
    {
        let sign = match letter.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        };
        let is_sign = u8::try_from(sign).is_ok_and(|sign| SIGNS.contains(&sign));
        if !is_sign || signs.len() == CODE_SIGNS {
            return None;
        }
        signs.push(sign);
    }
    (signs.len() == CODE_SIGNS).then_some(signs)
}

/// The hash under which the code of this person is kept, if what was typed can be a code. The codes are random, so the hash
/// needs no salt and no delay.
pub fn recovery_hash(person: PersonId, typed: &str) -> Option<String> {
    let text = format!("recovery code of {person}: {}", signs_of(typed)?);
    Some(hex::encode(digest(&SHA256, text.as_bytes())))
}

/// The number of the unused code with this hash.
pub fn unused(codes: &[RecoveryCode], sha256: &str) -> Option<u64> {
    let is_it = |code: &&RecoveryCode| {
        verify_slices_are_equal(code.sha256.as_bytes(), sha256.as_bytes()).is_ok() && code.used_at.is_none()
    };
    codes.iter().find(is_it).map(|code| code.number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use basis::{Id, SeededChance};
    use proptest::prelude::*;

    fn person() -> PersonId {
        PersonId::from_number(7)
    }

    #[test]
    fn a_code_is_read_however_it_is_typed_and_belongs_to_its_person() {
        let code = new_recovery_code(&SeededChance::new(5));
        assert_eq!(code.len(), CODE_SIGNS + 3, "{code}");
        let hash = recovery_hash(person(), &code).unwrap();
        for typed in [code.to_uppercase(), code.replace('-', " "), code.replace('-', "")] {
            assert_eq!(recovery_hash(person(), &typed), Some(hash.clone()), "{typed}");
        }
        assert_eq!(
            recovery_hash(person(), &code.replace('0', "O").replace('1', "l")),
            Some(hash.clone())
        );
        assert_ne!(recovery_hash(PersonId::from_number(8), &code), Some(hash));
    }

    #[test]
    fn what_is_shorter_longer_or_of_other_signs_is_no_code() {
        for (typed, is_code) in [
            ("0".repeat(CODE_SIGNS), true),
            ("0".repeat(CODE_SIGNS - 1), false),
            ("0".repeat(CODE_SIGNS + 1), false),
            ("u".repeat(CODE_SIGNS), false),
            ("123456".to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(recovery_hash(person(), &typed).is_some(), is_code, "{typed}");
        }
    }

    #[test]
    fn a_used_code_is_not_found() {
        let at = Time::from_ms(1);
        let code = |number, used_at| RecoveryCode {
            number,
            sha256: format!("{number}"),
            made_at: at,
            used_at,
        };
        let codes = [code(1, None), code(2, Some(at))];
        assert_eq!(unused(&codes, "1"), Some(1));
        assert_eq!(unused(&codes, "2"), None);
        assert_eq!(unused(&codes, "3"), None);
    }

    proptest! {
        #[test]
        fn anything_typed_is_read_without_a_panic(typed in ".{0,60}") {
            let _ = recovery_hash(person(), &typed);
        }
    }
}
