//! The table of figures.

use std::fmt::Write as _;

/// A line: a measured thing beside its baseline and its bar.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    /// What was measured.
    pub(crate) what: String,
    /// The product's figure.
    pub(crate) ours: String,
    /// The baseline's figure.
    pub(crate) raw: String,
    /// One over the other.
    pub(crate) ratio: String,
    /// What is asked for.
    pub(crate) bar: String,
    /// Whether it is reached; `None` where nothing is asked for.
    pub(crate) holds: Option<bool>,
}

/// Processor time of one kind of request.
#[derive(Clone, Debug)]
pub(crate) struct Cost {
    /// The request.
    pub(crate) what: String,
    /// Milliseconds of processor time a request, server and database.
    pub(crate) ms: f64,
    /// The best of EspoCRM, Odoo, Twenty and BottleCRM with 20,000 contacts on such a machine.
    pub(crate) others_ms: f64,
}

/// All figures of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report {
    /// Lines above the table.
    pub(crate) head: Vec<String>,
    /// The table.
    pub(crate) lines: Vec<Line>,
    /// Processor time.
    pub(crate) costs: Vec<Cost>,
}

impl Report {
    /// Adds a line and prints it, so that one sees how far the run is.
    pub(crate) fn add(&mut self, line: Line) {
        println!("{}: {} | raw {} | {} | {}", line.what, line.ours, line.raw, line.ratio, verdict(line.holds));
        self.lines.push(line);
    }

    /// The report in Markdown.
    pub(crate) fn markdown(&self) -> String {
        let mut out = String::from(
            "# Benchmark\n\nMade by `make bench` (`guanxi bench --help` for the options); figures are medians of interleaved rounds.\n\n",
        );
        for line in &self.head {
            let _ = writeln!(out, "- {line}");
        }
        out.push_str("\n| what | Guanxi | raw baseline | ratio | bar | holds |\n| --- | --- | --- | --- | --- | --- |\n");
        for line in &self.lines {
            let _ =
                writeln!(out, "| {} | {} | {} | {} | {} | {} |", line.what, line.ours, line.raw, line.ratio, line.bar, verdict(line.holds));
        }
        if !self.costs.is_empty() {
            out.push_str("\nProcessor time of a request in ms, server and database; beside it the best of EspoCRM, Odoo, Twenty and BottleCRM, measured with\n");
            out.push_str("20,000 contacts on such a machine. The aim is a hundredth.\n\n| request | Guanxi | best of the four | one in | holds |\n| --- | --- | --- | --- | --- |\n");
            for cost in &self.costs {
                let times = cost.others_ms / cost.ms;
                let holds = verdict(Some(times >= 100.0));
                let _ = writeln!(out, "| {} | {:.3} | {:.0} | {times:.0} | {holds} |", cost.what, cost.ms, cost.others_ms);
            }
        }
        out
    }
}

fn verdict(holds: Option<bool>) -> &'static str {
    match holds {
        Some(true) => "yes",
        Some(false) => "NO",
        None => "–",
    }
}

/// A rate with thousands separated.
pub(crate) fn rate(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    format!("{out}/s")
}

#[cfg(test)]
mod tests {
    #[test]
    fn rates_are_readable() {
        assert_eq!(super::rate(1_234_567.4), "1,234,567/s");
        assert_eq!(super::rate(12.0), "12/s");
    }
}
