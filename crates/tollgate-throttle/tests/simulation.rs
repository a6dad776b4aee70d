//! Recorded requests under proposed plans.

use std::time::Duration;

use proptest::prelude::*;
use tollgate_core::{Clock, ManualClock, Moment, Quota, QuotaPeriod, RateLimit, SeededRandom};
use tollgate_throttle::{
    ApiKey, LimitScope, MOST_LISTED_CALLERS, NoPlan, PlanStage, SimulatedCaller, SimulatedRefusal,
    SimulatedRequest, Simulation, UsagePlan, UsagePlans, take_all,
};

const KEY: SimulatedCaller<'_> = SimulatedCaller::Key("one");
const BEGIN: Duration = Duration::from_secs(1_709_164_800);

fn rate(rate: f64, burst: u32) -> RateLimit {
    RateLimit::new(rate, burst).expect("it is a rate")
}

fn plan() -> UsagePlan {
    let mut plan = UsagePlan::new("gold");
    plan.throttle = Some(rate(1.0, 2));
    plan.quota = Some(Quota::new(5, QuotaPeriod::Day, 0).expect("it has no offset"));
    let mut stage = PlanStage::new("api", "prod");
    stage.methods.push(("/pets/GET".into(), rate(0.1, 1)));
    plan.stages.push(stage);
    plan.keys.push("one".into());
    plan
}

fn at(millis: u64, method: &str) -> SimulatedRequest<'_> {
    SimulatedRequest::new(
        BEGIN + Duration::from_millis(millis),
        KEY,
        ("api", "prod"),
        method,
    )
}

#[test]
fn it_says_who_is_refused_when_and_by_which_limit() {
    let mut simulation = Simulation::new(&[plan()]).expect("the plan is right");
    let day = Duration::from_secs(86_400);
    for (millis, method, expected) in [
        (0, "/pets/GET", None),
        (500, "/pets/GET", Some((LimitScope::PlanMethod, 9_500))),
        (500, "/cats/GET", None),
        (600, "/cats/GET", Some((LimitScope::Plan, 400))),
        // Earlier than what came before: it is made at the same time.
        (0, "/cats/GET", Some((LimitScope::Plan, 400))),
        (10_001, "/pets/GET", None),
        (10_001, "/cats/GET", None),
        (20_000, "/cats/GET", None),
        (
            30_000,
            "/cats/GET",
            Some((LimitScope::PlanQuota, 86_370_000)),
        ),
        (86_400_000, "/cats/GET", None),
    ] {
        let refused = simulation.run(&at(millis, method)).err();
        let refused = refused.map(|refused| match refused {
            SimulatedRefusal::Limit { scope, retry_after } => {
                let after = retry_after.expect("it comes some day");
                (scope, after.as_millis())
            }
            other => panic!("{other:?}"),
        });
        assert_eq!(refused, expected, "{millis} {method}");
    }
    let report = simulation.report();
    assert_eq!(report.total.admitted, 6);
    assert_eq!(report.total.refused(), 4);
    let counts: Vec<_> = report.total.limited.iter().collect();
    let expected = [
        (&LimitScope::PlanMethod, &1),
        (&LimitScope::Plan, &2),
        (&LimitScope::PlanQuota, &1),
    ];
    assert_eq!(counts, expected);
    let millis = Duration::from_millis;
    let between = (BEGIN + millis(500), BEGIN + millis(30_000));
    assert_eq!(report.total.refused_between, Some(between));
    assert!(between.1 < BEGIN + day);
    let callers: Vec<_> = report.callers.keys().map(ToString::to_string).collect();
    assert_eq!(callers, ["key one"]);
}

#[test]
fn callers_without_a_plan_or_a_key() {
    let mut simulation = Simulation::new(&[plan()]).expect("the plan is right");
    let mut run = |caller, stage| {
        simulation.run(&SimulatedRequest::new(
            BEGIN,
            caller,
            ("api", stage),
            "/GET",
        ))
    };
    let unknown = Err(SimulatedRefusal::NoPlan(NoPlan::UnknownKey));
    assert_eq!(run(SimulatedCaller::Key("two"), "prod"), unknown);
    assert_eq!(run(KEY, "test"), unknown);
    assert_eq!(run(SimulatedCaller::Client("192.0.2.1"), "test"), Ok(()));
    let mut limited = Simulation::new(&[])
        .expect("there is no plan")
        .with_client_limit(rate(0.5, 1));
    let mut run = |client| {
        let caller = SimulatedCaller::Client(client);
        limited.run(&SimulatedRequest::new(BEGIN, caller, ("", ""), ""))
    };
    assert_eq!(run("192.0.2.1"), Ok(()));
    assert_eq!(run("192.0.2.2"), Ok(()));
    let refused = run("192.0.2.1").expect_err("its bucket is empty");
    assert_eq!(refused.scope(), Some(LimitScope::Rate));
    let names: Vec<_> = limited
        .report()
        .callers
        .keys()
        .map(ToString::to_string)
        .collect();
    assert_eq!(names, ["client 192.0.2.1", "client 192.0.2.2"]);
}

#[test]
fn plans_that_are_wrong_are_refused() {
    let errors = Simulation::new(&[plan(), plan()]).expect_err("there are two");
    assert_eq!(errors.len(), 1);
}

#[test]
fn a_list_of_callers_has_an_end() {
    let mut simulation = Simulation::new(&[]).expect("there is no plan");
    for client in 0..MOST_LISTED_CALLERS + 5 {
        let client = client.to_string();
        let caller = SimulatedCaller::Client(&client);
        let request = SimulatedRequest::new(BEGIN, caller, ("", ""), "");
        assert_eq!(simulation.run(&request), Ok(()));
    }
    let report = simulation.report();
    assert_eq!(report.callers.len(), MOST_LISTED_CALLERS);
    assert_eq!(report.others.admitted, 5);
}

proptest! {
    /// A gateway would decide the same at the same times. They are in nanoseconds: at the very moment
    /// at which there is a token again, it depends on the clock's beginning.
    #[test]
    fn it_decides_as_a_gateway(
        pauses in proptest::collection::vec((0_u64..3_000_000_000, any::<bool>()), 1..60),
    ) {
        let value = "0123456789abcdefghij";
        let key = ApiKey::new("one", value).expect("it is a key");
        let empty = UsagePlans::new(&SeededRandom::new(1));
        let table = empty.updated(&[plan()], &[key], Moment::default());
        let table = table.expect("the plan is right");
        let stage = table.stage("api", "prod").expect("it is open");
        let clock = ManualClock::at_unix(BEGIN);
        let mut simulation = Simulation::new(&[plan()]).expect("the plan is right");
        let mut passed = BEGIN;
        for (pause, is_pets) in pauses {
            let pause = Duration::from_nanos(pause);
            passed += pause;
            clock.advance(pause);
            let method = if is_pets { "/pets/GET" } else { "/cats/GET" };
            let admission = stage.admit(Some(value)).expect("it has a plan");
            let decided = take_all(admission.limits(method), clock.now(), &clock);
            let decided = decided.err().map(|refused| LimitScope::OF_PLAN[refused.index]);
            let caller = SimulatedCaller::Key("one");
            let request = SimulatedRequest::new(passed, caller, ("api", "prod"), method);
            let simulated = simulation.run(&request).err();
            prop_assert_eq!(simulated.and_then(|refused| refused.scope()), decided);
        }
    }
}
