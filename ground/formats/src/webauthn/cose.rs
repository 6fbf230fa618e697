//! The public key of a credential (RFC 9052, RFC 9053; CTAP 2.1 section 6.1): ES256 on P-256 and nothing else.

use super::WebAuthnError;
use super::cbor::Cbor;

const KEY_TYPE: i64 = 1;
const ALGORITHM: i64 = 3;
const CURVE: i64 = -1;
const X: i64 = -2;
const Y: i64 = -3;

const EC2: i64 = 2;
const ES256: i64 = -7;
const P256: i64 = 1;

const COORDINATE_BYTES: usize = 32;

/// Reads the key and gives its point, uncompressed (65 bytes). Whether it is on the curve is checked by who makes a key
/// of it.
pub fn read_point(cbor: &mut Cbor<'_>) -> Result<Vec<u8>, WebAuthnError> {
    let (mut numbers, mut coordinates) = ([None; 3], [None; 2]);
    for _ in 0..cbor.map()? {
        let offset = cbor.offset();
        let is_new = match cbor.integer()? {
            KEY_TYPE => numbers[0].replace(cbor.integer()?).is_none(),
            ALGORITHM => numbers[1].replace(cbor.integer()?).is_none(),
            // Keys of other kinds have other members: their type has been read by now or says so below.
            CURVE if numbers[0] == Some(EC2) => numbers[2].replace(cbor.integer()?).is_none(),
            X if numbers[0] == Some(EC2) => coordinates[0].replace(cbor.bytes()?).is_none(),
            Y if numbers[0] == Some(EC2) => coordinates[1].replace(cbor.bytes()?).is_none(),
            _ => return Err(WebAuthnError::Key),
        };
        if !is_new {
            return Err(cbor.refusal(offset, "a member of the key stands twice"));
        }
    }
    let ([Some(EC2), Some(ES256), Some(P256)], [Some(x), Some(y)]) = (numbers, coordinates) else {
        return Err(WebAuthnError::Key);
    };
    if x.len() != COORDINATE_BYTES || y.len() != COORDINATE_BYTES {
        return Err(WebAuthnError::Key);
    }
    Ok([&[0x04], x, y].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Label and value of each member, as CBOR.
    fn read(members: &[(u8, &[u8])]) -> Result<Vec<u8>, WebAuthnError> {
        let mut bytes = vec![0xa0 + members.len() as u8];
        for (label, value) in members {
            bytes.push(*label);
            bytes.extend_from_slice(value);
        }
        let mut cbor = Cbor::new("key", &bytes, 0);
        let point = read_point(&mut cbor)?;
        cbor.end()?;
        Ok(point)
    }

    #[test]
    fn only_keys_for_es256_on_p256_are_taken() {
        let coordinate = [vec![0x58, 0x20], vec![7; 32]].concat();
        let short = [vec![0x58, 0x1f], vec![7; 31]].concat();
        let good: [(u8, &[u8]); 5] = [
            (0x01, &[0x02]),
            (0x03, &[0x26]),
            (0x20, &[0x01]),
            (0x21, &coordinate),
            (0x22, &coordinate),
        ];
        assert_eq!(read(&good).unwrap(), [vec![4], vec![7; 64]].concat());
        let bent: [(usize, (u8, &[u8])); 8] = [
            (0, (0x01, &[0x01])),
            (0, (0x01, &[0x03])),
            (1, (0x03, &[0x27])),
            (1, (0x03, &[0x38, 0x22])),
            (2, (0x20, &[0x02])),
            (3, (0x21, &short)),
            (4, (0x22, &[0xf5])),
            (4, (0x21, &coordinate)),
        ];
        for (place, member) in bent {
            let mut members = good;
            members[place] = member;
            assert!(read(&members).is_err(), "{member:x?}");
        }
        for missing in 0..good.len() {
            let members = [&good[..missing], &good[missing + 1..]].concat();
            assert!(read(&members).is_err(), "without member {missing}");
        }
        assert_eq!(
            read(&[&good[..], &[(0x02, &[0x41, 0x00])]].concat()),
            Err(WebAuthnError::Key)
        );
    }
}
