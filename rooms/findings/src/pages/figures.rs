//! The figures of findings: how many are due when, and how long corrections took.

use askama::Template;
use basis::{Refusal, Time};
use frame::Call;
use frame::pages::{Bar, Chart, Moment, Page, Tone};

use crate::acts::{self, Figures};
use crate::store::{DueCounts, FixCounts};

/// The page.
#[derive(Template)]
#[template(path = "figures.html")]
pub(crate) struct FiguresPage {
    due: Chart,
    fixed: Chart,
    at: Moment,
}

impl Page for FiguresPage {
    fn title(&self) -> String {
        "Figures of findings".to_owned()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let at = Time::from_ms(1_763_800_000_000);
        let (due, fixed) = (DueCounts::default(), FixCounts::default());
        let usual = Figures {
            due: DueCounts {
                late: 12,
                week: 30,
                month: 140,
                later: 2_017,
                unlimited: 9,
            },
            fixed: FixCounts {
                day: 4,
                week: 88,
                month: 301,
                quarter: 17,
                longer: 2,
            },
            at,
        };
        vec![
            ("empty", Self::from(Figures { due, fixed, at })),
            ("usual", Self::from(usual)),
        ]
    }
}

fn bars<const N: usize>(bars: [(&str, u64, Tone); N]) -> Vec<Bar> {
    let bar = |(label, value, tone): (&str, u64, Tone)| Bar {
        label: label.to_owned(),
        value,
        tone,
    };
    bars.into_iter().map(bar).collect()
}

impl From<Figures> for FiguresPage {
    fn from(figures: Figures) -> Self {
        let (due, fixed) = (figures.due, figures.fixed);
        Self {
            due: Chart::new(
                "due",
                "Open findings by due date",
                "findings",
                bars([
                    ("late", due.late, Tone::Bad),
                    ("within 7 days", due.week, Tone::Warning),
                    ("within 30 days", due.month, Tone::Active),
                    ("later", due.later, Tone::Plain),
                    ("without a due date", due.unlimited, Tone::Plain),
                ]),
            ),
            fixed: Chart::new(
                "fixed",
                "Time from finding to fix, findings corrected in the last 365 days",
                "findings",
                bars([
                    ("at most 1 day", fixed.day, Tone::Active),
                    ("at most 7 days", fixed.week, Tone::Active),
                    ("at most 30 days", fixed.month, Tone::Active),
                    ("at most 90 days", fixed.quarter, Tone::Active),
                    ("longer", fixed.longer, Tone::Active),
                ]),
            ),
            at: Moment(figures.at),
        }
    }
}

pub(crate) fn show_figures(call: &Call<'_>) -> Result<FiguresPage, Refusal> {
    acts::figures(call.organisation(), call.actor).map(FiguresPage::from)
}
