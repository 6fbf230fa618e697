//! The secret for one-time codes as a picture that authenticator programs read.

use qrcode::{Color, EcLevel, QrCode};

/// What authenticator programs take (the `otpauth` form that they share).
pub(super) fn otpauth(handle: &str, secret: &str) -> String {
    format!("otpauth://totp/tagout:{handle}?secret={secret}&issuer=tagout")
}

/// A square of dark and light places, for one path of an SVG picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Qr {
    /// Places along one side, with the quiet edge of four on each side (ISO/IEC 18004 §6.3.8).
    pub(super) side: usize,
    /// The dark places, as SVG path data.
    pub(super) path: String,
}

const EDGE: usize = 4;

impl Qr {
    /// The picture of this text; nothing where it is too long for one.
    pub(super) fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = code.width();
        let dark = code.to_colors().into_iter().enumerate();
        let path = dark
            .filter(|(_, color)| *color == Color::Dark)
            .map(|(at, _)| format!("M{} {}h1v1h-1z", at % width + EDGE, at / width + EDGE))
            .collect();
        Some(Self {
            side: width + 2 * EDGE,
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_its_three_corners_and_a_quiet_edge() {
        let qr = Qr::of(&otpauth("anna", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")).unwrap();
        let is_dark = |x: usize, y: usize| qr.path.contains(&format!("M{x} {y}h1"));
        let last = qr.side - EDGE - 1;
        assert!(is_dark(EDGE, EDGE) && is_dark(last, EDGE) && is_dark(EDGE, last));
        assert!(!is_dark(EDGE - 1, EDGE) && !is_dark(last + 1, EDGE) && !is_dark(EDGE + 1, EDGE + 1));
        assert!(Qr::of(&"x".repeat(5_000)).is_none());
    }
}
