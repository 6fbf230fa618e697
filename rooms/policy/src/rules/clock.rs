//! A clock that was set back opens windows that are over, so nothing begins by it.

use basis::{Class, Refusal, Span};

/// How far the clock may stand before the latest entry of the ledger. Clocks that are kept right by the network step back by
/// less; whoever sets one back to open a window again steps further.
pub const CLOCK_BEHIND_MAX: Span = Span::seconds(5);

/// What is missing and what to do about it, where the clock stands too far before the latest entry.
pub(super) fn clock_gap(behind: Option<Span>) -> Option<(String, &'static str)> {
    let behind = behind.filter(|behind| *behind > CLOCK_BEHIND_MAX)?;
    Some((
        format!("a clock that is right: this one stands {behind} before the latest entry of the ledger"),
        "set the clock of the server, then look with `tagout doctor`; if it ran ahead before and is right now, two people accept that: `tagout recover`",
    ))
}

/// Refuses whatever goes by the clock while that stands `behind` the latest entry of the ledger.
pub fn check_clock(behind: Option<Span>) -> Result<(), Refusal> {
    match clock_gap(behind) {
        None => Ok(()),
        Some((missing, way_out)) => {
            let what = "the clock of the server was set back, so nobody can tell which window is open";
            Err(Refusal::new(Class::Conflict, "clock", what)
                .missing(missing)
                .way_out(way_out))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_may_stand_back_to_the_limit_and_no_further() {
        let beyond = Span::milliseconds(CLOCK_BEHIND_MAX.as_ms() + 1);
        for (behind, is_right) in [
            (None, true),
            (Some(CLOCK_BEHIND_MAX), true),
            (Some(beyond), false),
        ] {
            assert_eq!(check_clock(behind).is_ok(), is_right, "{behind:?}");
        }
        let refusal = check_clock(Some(Span::hours(2))).unwrap_err();
        assert!(refusal.missing[0].contains("stands 2 h before"), "{refusal}");
        assert!(refusal.way_out[0].contains("`tagout doctor`"), "{refusal}");
    }
}
