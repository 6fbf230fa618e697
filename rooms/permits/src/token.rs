//! Permit tokens: JSON Web Tokens (RFC 7519) signed with ES256, and the public key set (RFC 7517) that verifies them.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use basis::{Class, Refusal, Time};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use storage::Organisation;

/// Who the token is for.
pub const AUDIENCE: &str = "tagout-gate";
/// The longest token that is looked at, in bytes.
pub const TOKEN_BYTES_MAX: usize = 8_192;
/// The most keys of a key set that are looked at.
const KEYS_MAX: usize = 64;

/// What a token says. Times are whole seconds since 1970, as RFC 7519 wants them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Claims {
    /// The ledger's origin.
    pub iss: String,
    /// The person who may work.
    pub sub: String,
    /// [`AUDIENCE`].
    pub aud: String,
    /// The change.
    pub change: String,
    /// The permit.
    pub permit: String,
    /// The asset.
    pub asset: String,
    /// What may be done to it.
    pub action: String,
    /// When it was made.
    pub iat: u64,
    /// From when it is good.
    pub nbf: u64,
    /// Until when it is good.
    pub exp: u64,
    /// Its own id.
    pub jti: String,
}

/// One public key (RFC 7517, RFC 7518 section 6.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PublicKey {
    /// `EC`.
    pub kty: String,
    /// `P-256`.
    pub crv: String,
    /// The point's first coordinate, 32 bytes in base64url.
    pub x: String,
    /// The point's second coordinate, 32 bytes in base64url.
    pub y: String,
    /// `sig`.
    #[serde(rename = "use")]
    pub key_use: String,
    /// `ES256`.
    pub alg: String,
    /// The key's thumbprint (RFC 7638).
    pub kid: String,
}

/// The public keys with which tokens are verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeySet {
    /// The keys.
    pub keys: Vec<PublicKey>,
}

fn fault(what: String) -> Refusal {
    Refusal::new(Class::Fault, "permit token", what)
        .way_out("run `tagout doctor` on the machine that holds the data directory")
}

/// The set of the organisation's one key.
pub(crate) fn key_set(organisation: &Organisation) -> Result<KeySet, Refusal> {
    let point = organisation.keys().permit_public();
    let (Some(x), Some(y)) = (point.get(1..33), point.get(33..65)) else {
        return Err(fault("the organisation's permit key is not on P-256".to_owned()));
    };
    let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
    let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    let kid = URL_SAFE_NO_PAD.encode(digest(&SHA256, canonical.as_bytes()).as_ref());
    let key = PublicKey {
        kty: "EC".to_owned(),
        crv: "P-256".to_owned(),
        x,
        y,
        key_use: "sig".to_owned(),
        alg: "ES256".to_owned(),
        kid,
    };
    Ok(KeySet { keys: vec![key] })
}

/// Signs the claims with the organisation's permit key.
pub(crate) fn sign(organisation: &Organisation, claims: &Claims) -> Result<String, Refusal> {
    // The same for every token, so it is not made anew for each.
    let (header, _) = organisation.remember("header of permit tokens", |_| header(organisation))?;
    let (Header(header), claims) = (&*header, part(serde_json::to_vec(claims))?);
    // The compact serialization of RFC 7515 section 3.1.
    let signed = format!("{header}.{claims}");
    let signature = organisation.keys().sign_permit(signed.as_bytes())?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// The first part of a token, in base64url.
struct Header(String);

fn header(organisation: &Organisation) -> Result<Header, Refusal> {
    let kid = key_set(organisation)?.keys.into_iter().next().map(|key| key.kid);
    let header = jsonwebtoken::Header {
        kid,
        ..jsonwebtoken::Header::new(Algorithm::ES256)
    };
    part(serde_json::to_vec(&header)).map(Header)
}

fn part(json: serde_json::Result<Vec<u8>>) -> Result<String, Refusal> {
    match json {
        Ok(json) => Ok(URL_SAFE_NO_PAD.encode(json)),
        Err(error) => Err(fault(format!("no token could be written: {error}"))),
    }
}

/// Verifies a token offline: signature by a key of the set, audience, and that `now` lies in its time.
///
/// # Errors
/// A refusal of class `Invalid` that says what is wrong.
pub fn verify(token: &str, keys: &KeySet, now: Time) -> Result<Claims, Refusal> {
    let wrong = |what: String| {
        Refusal::new(
            Class::Invalid,
            "permit token",
            format!("the token is not good: {what}"),
        )
        .way_out("ask the gate again: `tagout gate CHANGE --asset ASSET --action ACTION`")
    };
    if token.len() > TOKEN_BYTES_MAX {
        return Err(wrong(format!("it has more than {TOKEN_BYTES_MAX} bytes")));
    }
    let header = decode_header(token).map_err(|error| wrong(in_words(&error)))?;
    let kid = header.kid.ok_or_else(|| wrong("it names no key".to_owned()))?;
    let named = keys
        .keys
        .iter()
        .take(KEYS_MAX)
        .find(|key| key.kid == kid && key.crv == "P-256");
    let key = named.ok_or_else(|| wrong(format!("the key set has no P-256 key `{kid}`")))?;
    let key = DecodingKey::from_ec_components(&key.x, &key.y).map_err(|error| wrong(error.to_string()))?;
    let mut rules = Validation::new(Algorithm::ES256);
    rules.set_audience(&[AUDIENCE]);
    rules.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
    // The time is told by the caller's clock, to the second and without leeway.
    rules.validate_exp = false;
    rules.validate_nbf = false;
    let claims = decode::<Claims>(token, &key, &rules)
        .map_err(|error| wrong(in_words(&error)))?
        .claims;
    let seconds = seconds(now);
    if seconds < claims.nbf || claims.exp <= seconds {
        return Err(wrong(format!(
            "it is good from {} to {}, and now is {now}",
            moment(claims.nbf),
            moment(claims.exp)
        )));
    }
    Ok(claims)
}

/// What is wrong with a token, in words for the person who holds it.
fn in_words(error: &jsonwebtoken::errors::Error) -> String {
    use jsonwebtoken::errors::ErrorKind;
    match error.kind() {
        ErrorKind::InvalidSignature => "its signature is not by the key it names".to_owned(),
        ErrorKind::InvalidAudience => format!("it is not for {AUDIENCE}"),
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName => {
            "it is not signed with ES256".to_owned()
        }
        ErrorKind::MissingRequiredClaim(claim) => format!("it has no `{claim}`"),
        _ => "it is cut off or damaged".to_owned(),
    }
}

/// Whole seconds since 1970, cut.
pub(crate) fn seconds(time: Time) -> u64 {
    (time.as_ms() / 1_000).unsigned_abs()
}

fn moment(seconds: u64) -> Time {
    Time::from_ms(
        i64::try_from(seconds)
            .unwrap_or(i64::MAX / 1_000)
            .saturating_mul(1_000),
    )
}
