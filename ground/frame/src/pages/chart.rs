//! A picture of a few numbers: bars, drawn by the server, with the same numbers as a table beside them.

use std::fmt::Display;

use askama::Template;
use askama::filters::HtmlSafe;

use super::Tone;

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// What it stands for.
    pub label: String,
    /// How much.
    pub value: u64,
    /// How it is to be taken; the label says it in words.
    pub tone: Tone,
}

/// Bars below each other.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "chart.html")]
pub struct Chart {
    id: &'static str,
    title: String,
    unit: &'static str,
    bars: Vec<Bar>,
}

impl HtmlSafe for Chart {}

/// The height of one bar with its label, in pixels.
const BAR_HEIGHT: usize = 28;
/// Where bars begin and end, in pixels.
const BAR_START: u64 = 170;
const BAR_END: u64 = 560;

impl Chart {
    /// A chart with an id of its own on the page, a title that says what is seen, and the unit of its values.
    pub fn new(id: &'static str, title: impl Display, unit: &'static str, bars: Vec<Bar>) -> Self {
        Self {
            id,
            title: title.to_string(),
            unit,
            bars,
        }
    }

    fn height(&self) -> usize {
        self.bars.len() * BAR_HEIGHT
    }

    fn top(&self, index: &usize) -> usize {
        index * BAR_HEIGHT
    }

    fn width(&self, bar: &Bar) -> u64 {
        let most = self.bars.iter().map(|bar| bar.value).max().unwrap_or(0).max(1);
        let room = u128::from(BAR_END - BAR_START);
        u64::try_from(u128::from(bar.value) * room / u128::from(most)).unwrap_or(0)
    }

    fn end(&self, bar: &Bar) -> u64 {
        BAR_START + self.width(bar) + 6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_bar_fills_the_room_and_nothing_overflows() {
        let bar = |value| Bar {
            label: "late".to_owned(),
            value,
            tone: Tone::Bad,
        };
        let chart = Chart::new("c", "Findings", "findings", vec![bar(0), bar(1), bar(u64::MAX)]);
        assert_eq!(chart.width(&chart.bars[0]), 0);
        assert_eq!(chart.width(&chart.bars[2]), BAR_END - BAR_START);
        let drawn = chart.render().unwrap();
        assert!(drawn.contains("<svg") && drawn.contains("<table"), "{drawn}");
        assert!(Chart::new("c", "None", "findings", Vec::new()).render().is_ok());
    }
}
