//! What scoring costs, against a floor measured in the same run.
//!
//! An assessment of 20 parsed rows, in four steps: points and grade, with derivation, with findings,
//! and all of it from the texts. The floor is what any exact scorer must do: 20 times one decimal
//! multiplication, one division and one rounding. Rounds are interleaved and the median counts, so
//! that a busy machine moves all figures alike; ratios count, absolute figures do not.

use std::hint::black_box;
use std::time::{Duration, Instant};

use jixiao::findings::check;
use jixiao::scoring::{
    Achievement, Assessment, EvaluationKind, FundLine, Measure, Profile, Row, StatedAmounts, derive, score,
};
use rust_decimal::{Decimal, RoundingStrategy};

const ROUNDS: usize = 31;
const REPEATS: u32 = 2_000;

/// Targets and actuals of the kinds that forms hold; met and missed, numbers, dates and texts.
const WRITTEN: [(&str, &str); 19] = [
    ("≥50个", "50"),
    ("≥5662人", "4044人"),
    ("≥100%", "97.30%"),
    ("≤5300元/户", "5830元/户"),
    ("≤90万元", "899740元"),
    ("5亿元", "6.47亿元"),
    ("343人次", "343人次"),
    ("98%以上", "97.6%"),
    ("10-15天", "17天"),
    ("=12期", "11期"),
    ("2023年12月", "2023年10月"),
    ("≥204平方米", "199.46平方米"),
    ("≥8400元", "8311元"),
    ("≥120米", "121.5米"),
    ("530元/人*月", "512元/人*月"),
    ("≤3起", "无"),
    ("效果明显", "达成预期指标"),
    ("严格执行相关制度规定", "基本执行"),
    ("≥90%", "96.15%"),
];

fn written_rows() -> Vec<Row> {
    let mut rows = vec![Row::new("预算执行率", Measure::BudgetExecution, Decimal::TEN)];
    for (index, (target, actual)) in WRITTEN.iter().enumerate() {
        let weight = if index < 14 { Decimal::from(5) } else { Decimal::from(4) };
        let mut row = Row::from_texts(&format!("指标{index}"), weight, Some(target), Some(actual));
        row.level1 = ["产出指标", "效益指标", "满意度指标"][index / 8].to_owned();
        row.level2 = format!("二级指标{}", index / 4);
        row.achievement = (*actual == "基本执行").then_some(Achievement::Partial);
        row.declared_score = Some(if index == 17 { Decimal::new(31, 1) } else { weight });
        rows.push(row);
    }
    rows
}

fn assessment() -> Assessment {
    let line = |adjusted: i64, executed: i64| FundLine {
        label: "培训费".to_owned(),
        initial: Decimal::new(adjusted, 2),
        adjusted: Decimal::new(adjusted, 2),
        executed: Decimal::new(executed, 2),
    };
    Assessment {
        lines: vec![line(27_000_000, 27_000_000), line(108_000_000, 54_254_300)],
        stated: StatedAmounts::default(),
        rows: written_rows(),
        declared_total: Some(Decimal::from(96)),
        declared_grade_text: Some("优".to_owned()),
        ..Assessment::default()
    }
}

/// The time of one call, over many.
fn time<T>(repeats: u32, mut work: impl FnMut() -> T) -> Duration {
    let start = Instant::now();
    for _ in 0..repeats {
        black_box(work());
    }
    start.elapsed() / repeats
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn main() {
    let assessment = assessment();
    let profile = Profile::default_for(EvaluationKind::UnitSelfAssessment);
    let scored = score(&assessment, profile);
    let figures: Vec<[Decimal; 3]> = (1..=20)
        .map(|row| [Decimal::TEN, Decimal::new(134_534_300 + row, 2), Decimal::new(207_000_001 + row, 2)])
        .collect();
    let floor = || -> Decimal {
        black_box(&figures).iter().fold(Decimal::ZERO, |sum, [weight, part, whole]| {
            let points = weight.checked_mul(*part).and_then(|product| product.checked_div(*whole));
            let rounded = points.unwrap_or_default().round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
            sum.saturating_add(rounded)
        })
    };
    let mut times: [Vec<Duration>; 5] = Default::default();
    for _ in 0..ROUNDS {
        let form = || black_box(&assessment);
        times[0].push(time(REPEATS, floor));
        times[1].push(time(REPEATS, || score(form(), profile)));
        times[2].push(time(REPEATS / 10, || {
            let scored = score(form(), profile);
            derive(form(), profile, &scored)
        }));
        times[3].push(time(REPEATS / 10, || {
            let scored = score(form(), profile);
            (derive(form(), profile, &scored), check(form(), profile, &scored))
        }));
        times[4].push(time(REPEATS / 10, written_rows));
    }
    let names = [
        "floor: 20 × multiply, divide, round",
        "points and grade",
        "… and derivation",
        "… and derivation and findings",
        "reading 19 targets and actuals",
    ];
    let medians = times.map(median);
    println!(
        "an assessment of {} rows, total {}, median of {ROUNDS} interleaved rounds\n",
        assessment.rows.len(),
        scored.computed_total.unwrap_or_default()
    );
    println!("{:<36} {:>12} {:>14} {:>10}", "", "ns", "per second", "× floor");
    for (name, median) in names.iter().zip(medians) {
        let nanoseconds = median.as_nanos().max(1);
        let per_second = 1_000_000_000 / nanoseconds;
        let hundredths = nanoseconds * 100 / medians[0].as_nanos().max(1);
        let ratio = format!("{}.{:02}", hundredths / 100, hundredths % 100);
        println!("{name:<36} {nanoseconds:>12} {per_second:>14} {ratio:>10}");
    }
}
