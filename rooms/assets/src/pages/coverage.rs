//! How much of the inventory was collected when.

use askama::Template;
use basis::Refusal;
use frame::Call;
use frame::pages::{Bar, Chart, Page, Tone};

use crate::acts;
use crate::store::Coverage;

/// The page.
#[derive(Template)]
#[template(path = "coverage.html")]
pub(crate) struct CoveragePage {
    chart: Chart,
    in_use: u64,
}

impl Page for CoveragePage {
    fn title(&self) -> String {
        "Coverage of the inventory".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let usual = Coverage {
            day: 812,
            week: 40,
            month: 7,
            older: 3,
            never: 11,
        };
        vec![
            ("empty", Self::from(Coverage::default())),
            ("usual", Self::from(usual)),
        ]
    }
}

impl From<Coverage> for CoveragePage {
    fn from(coverage: Coverage) -> Self {
        let bar = |label: &str, value, tone| Bar {
            label: label.to_owned(),
            value,
            tone,
        };
        let bars = vec![
            bar("within 1 day", coverage.day, Tone::Good),
            bar("within 7 days", coverage.week, Tone::Good),
            bar("within 30 days", coverage.month, Tone::Warning),
            bar("longer ago", coverage.older, Tone::Bad),
            bar("never", coverage.never, Tone::Bad),
        ];
        Self {
            in_use: bars.iter().map(|bar| bar.value).sum(),
            chart: Chart::new(
                "coverage",
                "Assets in use by their last collection",
                "assets",
                bars,
            ),
        }
    }
}

pub(crate) fn show_coverage(call: &Call<'_>) -> Result<CoveragePage, Refusal> {
    acts::coverage(call.organisation(), call.actor).map(CoveragePage::from)
}
