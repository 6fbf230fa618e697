//! Ed25519 as the package format accepts it (§2.4): RFC 8032 §5.1.7 without the cofactor, and none of the points
//! with which one signature fits several keys or messages.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};

/// The y-coordinates of the eight points of small order, least significant byte first.
const SMALL_ORDER: [[u8; 32]; 5] = [
    y_of(0),
    y_of(1),
    // p − 1
    {
        let mut y = PRIME;
        y[0] -= 1;
        y
    },
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
        0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a,
        0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
];

/// p = 2^255 − 19, least significant byte first.
const PRIME: [u8; 32] = {
    let mut prime = [0xff; 32];
    prime[0] = 0xed;
    prime[31] = 0x7f;
    prime
};

const fn y_of(small: u8) -> [u8; 32] {
    let mut y = [0; 32];
    y[0] = small;
    y
}

/// Whether a point may be a public key or the R of a signature: written canonically and not of small order.
/// Whether it lies on the curve is seen when a signature is checked.
pub(crate) fn is_fit(point: &[u8; 32]) -> bool {
    let mut y = *point;
    y[31] &= 0x7f;
    let is_below_prime = y.iter().rev().lt(PRIME.iter().rev());
    is_below_prime && !SMALL_ORDER.contains(&y)
}

/// Whether `signature` by `public` over `message` is valid.
pub(crate) fn is_valid(public: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    let has_fit_r = signature.first_chunk::<32>().is_some_and(is_fit);
    is_fit(public)
        && has_fit_r
        && UnparsedPublicKey::new(&ED25519, public)
            .verify(message, signature)
            .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::hex_bytes;

    #[test]
    fn the_third_test_of_rfc_8032_is_valid_and_no_changed_bit_of_it_is() {
        let public = hex_bytes("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025").unwrap();
        let signature: [u8; 64] = hex_bytes(concat!(
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac",
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ))
        .unwrap();
        assert!(is_valid(&public, &[0xaf, 0x82], &signature));
        for bit in 0..512 {
            let mut changed = signature;
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!is_valid(&public, &[0xaf, 0x82], &changed), "bit {bit}");
        }
    }

    #[test]
    fn points_of_small_order_and_coordinates_from_the_prime_on_are_unfit() {
        for y in SMALL_ORDER {
            let mut negative = y;
            negative[31] |= 0x80;
            assert!(!is_fit(&y) && !is_fit(&negative));
        }
        for above in 0..19 {
            let mut y = PRIME;
            y[0] += above;
            assert!(!is_fit(&y));
        }
        // The two last rows are negatives of each other: they add up to p.
        let mut carry = 0;
        for (at, expected) in PRIME.iter().enumerate() {
            let sum = u16::from(SMALL_ORDER[3][at]) + u16::from(SMALL_ORDER[4][at]) + carry;
            assert_eq!(sum & 0xff, u16::from(*expected));
            carry = sum >> 8;
        }
    }

    #[test]
    fn the_identity_as_key_and_r_signs_nothing() {
        // With A and R the identity and S = 0 the equation holds for every message.
        let mut signature = [0; 64];
        signature[0] = 1;
        assert!(!is_valid(&y_of(1), b"any message", &signature));
    }
}
