//! What every store must do: each vector runs on all of them.

use std::time::Duration;

use tollgate_core::QuotaPeriod;

/// A limit of a vector.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Limit {
    /// A rate and burst by itself.
    Rate(f64, u32),
    /// The rate and burst of the key in the plan.
    PlanRate(f64, u32),
    /// A quota of the same key and plan.
    Quota(u64, QuotaPeriod),
}

/// What happens.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// So many requests take of these limits. So many are admitted, and then this one refuses.
    Take(&'static [usize], u32, u32, Option<usize>),
    /// Time passes.
    Pass(Duration),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Vector {
    pub(crate) name: &'static str,
    pub(crate) limits: &'static [Limit],
    pub(crate) steps: &'static [Step],
}

use Limit::{PlanRate, Quota, Rate};
use QuotaPeriod::{Day, Month, Week};
use Step::{Pass, Take};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);

/// They begin on Wednesday 2024-02-28 at 12:00.
pub(crate) const BEGIN: Duration = Duration::from_secs(1_709_121_600);

pub(crate) const VECTORS: &[Vector] = &[
    Vector {
        name: "a bucket is full at first, and fills at its rate",
        limits: &[Rate(2.0, 5)],
        steps: &[
            Take(&[0], 7, 5, Some(0)),
            Pass(Duration::from_millis(1_100)),
            Take(&[0], 7, 2, Some(0)),
            Pass(Duration::from_millis(1_500)),
            Take(&[0], 7, 3, Some(0)),
            Pass(HOUR),
            Take(&[0], 7, 5, Some(0)),
        ],
    },
    Vector {
        name: "a rate below one a second",
        limits: &[Rate(0.1, 2)],
        steps: &[
            Take(&[0], 3, 2, Some(0)),
            Pass(Duration::from_secs(9)),
            Take(&[0], 1, 0, Some(0)),
            Pass(Duration::from_secs(2)),
            Take(&[0], 2, 1, Some(0)),
        ],
    },
    Vector {
        name: "a rate that is no whole number of microseconds does not drift",
        limits: &[Rate(3.0, 3)],
        steps: &[
            Take(&[0], 4, 3, Some(0)),
            Pass(Duration::from_millis(700)),
            Take(&[0], 4, 2, Some(0)),
            Pass(Duration::from_millis(700)),
            Take(&[0], 4, 2, Some(0)),
            Pass(Duration::from_millis(700)),
            Take(&[0], 4, 2, Some(0)),
        ],
    },
    Vector {
        name: "a rate or burst of zero admits nothing",
        limits: &[Rate(0.0, 5), Rate(5.0, 0)],
        steps: &[
            Take(&[0], 2, 0, Some(0)),
            Take(&[1], 2, 0, Some(0)),
            Pass(HOUR),
            Take(&[0], 1, 0, Some(0)),
            Take(&[1], 1, 0, Some(0)),
        ],
    },
    Vector {
        name: "a large burst",
        limits: &[Rate(0.001, 5_000)],
        steps: &[Take(&[0], 5_002, 5_000, Some(0))],
    },
    Vector {
        name: "a limit that refuses costs the others nothing",
        limits: &[Rate(0.001, 10), Rate(0.001, 2), Rate(0.001, 10)],
        steps: &[
            Take(&[0, 1, 2], 5, 2, Some(1)),
            Take(&[2, 1, 0], 5, 0, Some(1)),
            Take(&[0], 10, 8, Some(0)),
            Take(&[2], 10, 8, Some(0)),
        ],
    },
    Vector {
        name: "limits that lie together are taken together",
        limits: &[PlanRate(0.001, 8), Quota(3, Day), Rate(0.001, 20)],
        steps: &[
            Take(&[0, 1, 2], 5, 3, Some(1)),
            Take(&[0], 9, 5, Some(0)),
            Take(&[2], 20, 17, Some(0)),
        ],
    },
    Vector {
        name: "a request that the rate refuses is not counted",
        limits: &[PlanRate(1.0, 2), Quota(5, Day)],
        steps: &[
            Take(&[0, 1], 9, 2, Some(0)),
            Pass(Duration::from_millis(1_100)),
            Take(&[0, 1], 9, 1, Some(0)),
            Take(&[1], 9, 2, Some(0)),
        ],
    },
    Vector {
        name: "a quota of a day",
        limits: &[Quota(3, Day)],
        steps: &[
            Take(&[0], 5, 3, Some(0)),
            Pass(Duration::from_secs(12 * 3_600 - 1)),
            Take(&[0], 1, 0, Some(0)),
            Pass(SECOND),
            Take(&[0], 5, 3, Some(0)),
        ],
    },
    Vector {
        name: "a quota of a week begins on Monday",
        limits: &[Quota(2, Week)],
        steps: &[
            Take(&[0], 3, 2, Some(0)),
            Pass(Duration::from_secs(4 * 86_400)),
            Take(&[0], 3, 0, Some(0)),
            Pass(Duration::from_secs(86_400)),
            Take(&[0], 3, 2, Some(0)),
        ],
    },
    Vector {
        name: "a quota of a month that has a leap day",
        limits: &[Quota(250, Month)],
        steps: &[
            Take(&[0], 200, 200, None),
            Pass(Duration::from_secs(86_400)),
            Take(&[0], 60, 50, Some(0)),
            Pass(Duration::from_secs(86_400)),
            Take(&[0], 260, 250, Some(0)),
        ],
    },
    Vector {
        name: "a quota of nothing",
        limits: &[Quota(0, Day)],
        steps: &[Take(&[0], 2, 0, Some(0))],
    },
    Vector {
        name: "no limits at all",
        limits: &[],
        steps: &[Take(&[], 3, 3, None)],
    },
    Vector {
        name: "more limits than most decisions have",
        limits: &[Rate(0.001, 3); 10],
        steps: &[
            Take(&[9], 1, 1, None),
            Take(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 3, 2, Some(9)),
            Take(&[0], 2, 1, Some(0)),
        ],
    },
];
