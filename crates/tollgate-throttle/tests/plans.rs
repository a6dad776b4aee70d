//! Usage plans and keys.

use std::time::Duration;

use tollgate_core::{Clock, ManualClock, Quota, QuotaPeriod, RateLimit, SeededRandom};
use tollgate_throttle::{
    Admission, ApiKey, Day, InvalidPlan, NoPlan, NoUsage, PlanStage, Refused, UsagePlan,
    UsagePlans, take_all,
};

fn rate(rate: f64, burst: u32) -> RateLimit {
    RateLimit::new(rate, burst).expect("it is a rate")
}

fn key(id: &str) -> ApiKey {
    ApiKey::new(id, value(id)).expect("it is a value")
}

fn value(id: &str) -> String {
    format!("{id}-0123456789abcdefghij")
}

fn plan(id: &str, stages: &[&str], keys: &[&str]) -> UsagePlan {
    let mut plan = UsagePlan::new(id);
    plan.stages = stages
        .iter()
        .map(|stage| PlanStage::new("api", *stage))
        .collect();
    plan.keys = keys.iter().map(|id| (*id).into()).collect();
    plan
}

fn clock() -> ManualClock {
    let day: Day = "2024-02-28".parse().expect("it is a day");
    ManualClock::at_unix(Duration::from_secs(u64::from(day.number()) * 86_400))
}

fn table(plans: &[UsagePlan], keys: &[ApiKey]) -> UsagePlans {
    UsagePlans::new(&SeededRandom::new(1))
        .updated(plans, keys, clock().now())
        .expect("the plans are right")
}

fn admit<'t>(table: &'t UsagePlans, stage: &str, id: &str) -> Result<Admission<'t>, NoPlan> {
    let stage = table.stage("api", stage).expect("it has plans");
    stage.admit(Some(&value(id)))
}

fn call(
    table: &UsagePlans,
    (stage, id, method): (&str, &str, &str),
    clock: &ManualClock,
) -> Result<(), Refused> {
    let admission = admit(table, stage, id).expect("it has a plan");
    take_all(admission.limits(method), clock.now(), clock)
}

#[test]
fn who_has_no_plan_gets_nowhere() {
    let keys = [key("one"), key("two"), key("three").with_enabled(false)];
    let plans = [
        plan("gold", &["prod", "test"], &["one", "three"]),
        plan("empty", &["closed"], &[]),
    ];
    let table = table(&plans, &keys);
    assert!(table.stage("api", "none").is_none());
    assert!(table.stage("other", "prod").is_none());
    let prod = table.stage("api", "prod").expect("it has plans");
    for (value, expected) in [
        (None, NoPlan::NoKey),
        (Some(String::new()), NoPlan::NoKey),
        (Some("short".to_owned()), NoPlan::UnknownKey),
        (Some("x".repeat(1_000_000)), NoPlan::UnknownKey),
        (Some(value("two")), NoPlan::UnknownKey),
        (Some(value("ONE")), NoPlan::UnknownKey),
        (Some(value("three")), NoPlan::Disabled),
    ] {
        let refused = prod.admit(value.as_deref()).expect_err("it has no plan");
        assert_eq!(refused, expected);
    }
    let admission = admit(&table, "test", "one").expect("it has a plan");
    assert_eq!((admission.key().id(), admission.plan_id()), ("one", "gold"));
    assert!(admit(&table, "closed", "one").is_err());
}

#[test]
fn each_key_has_limits_of_its_own_over_all_stages() {
    let clock = clock();
    let mut gold = plan("gold", &["prod", "test"], &["one", "two"]);
    gold.throttle = Some(rate(1.0, 3));
    gold.stages[0]
        .methods
        .push(("/pets/GET".into(), rate(1.0, 1)));
    gold.quota = Some(Quota::new(4, QuotaPeriod::Day, 0).expect("it has no offset"));
    let table = table(&[gold], &[key("one"), key("two")]);
    let call = |stage, id, method| {
        call(&table, (stage, id, method), &clock).map_err(|refused| refused.index)
    };
    assert_eq!(call("prod", "one", "/pets/GET"), Ok(()));
    // The method is asked first, and what it refuses costs the plan nothing.
    assert_eq!(call("prod", "one", "/pets/GET"), Err(0));
    assert_eq!(call("test", "one", "/pets/GET"), Ok(()));
    assert_eq!(call("prod", "one", "/pets/POST"), Ok(()));
    assert_eq!(call("prod", "one", "/pets/POST"), Err(1));
    assert_eq!(call("prod", "two", "/pets/GET"), Ok(()));
    clock.advance(Duration::from_secs(60));
    assert_eq!(call("prod", "one", "/pets/POST"), Ok(()));
    assert_eq!(call("prod", "one", "/pets/POST"), Err(2));
    assert_eq!(call("prod", "two", "/pets/POST"), Ok(()));
    clock.advance(Duration::from_secs(86_400));
    assert_eq!(call("prod", "one", "/pets/POST"), Ok(()));
}

#[test]
fn a_new_table_goes_on_where_the_old_one_was() {
    let clock = clock();
    let mut gold = plan("gold", &["prod"], &["one"]);
    gold.throttle = Some(rate(0.001, 5));
    gold.quota = Some(Quota::new(10, QuotaPeriod::Day, 0).expect("it has no offset"));
    let keys = [key("one"), key("two")];
    let first = table(&[gold.clone()], &keys);
    for _ in 0..4 {
        call(&first, ("prod", "one", "/GET"), &clock).expect("there are five");
    }
    let remaining = |table: &UsagePlans| {
        let today = Day::of(clock.now());
        let usage = table.usage("gold", Some("one"), (today, today));
        usage.expect("it is known")[0].days[0]
    };
    gold.keys.push("two".into());
    let same = first
        .updated(&[gold.clone()], &keys, clock.now())
        .expect("it is right");
    assert_eq!(remaining(&same), [4, 6]);
    assert!(call(&same, ("prod", "one", "/GET"), &clock).is_ok());
    assert!(call(&same, ("prod", "one", "/GET"), &clock).is_err());
    assert!(call(&same, ("prod", "two", "/GET"), &clock).is_ok());
    // What goes on on the old table is counted on the new one.
    assert_eq!(remaining(&first), [5, 5]);

    gold.throttle = None;
    gold.quota = Some(Quota::new(6, QuotaPeriod::Day, 0).expect("it has no offset"));
    let less = same
        .updated(&[gold.clone()], &keys, clock.now())
        .expect("it is right");
    assert_eq!(remaining(&less), [5, 1]);
    assert!(call(&less, ("prod", "one", "/GET"), &clock).is_ok());
    assert!(call(&less, ("prod", "one", "/GET"), &clock).is_err());

    gold.quota = Some(Quota::new(6, QuotaPeriod::Week, 0).expect("it has no offset"));
    let week = less
        .updated(&[gold], &keys, clock.now())
        .expect("it is right");
    assert_eq!(remaining(&week), [0, 6]);
    let none = week.updated(&[], &[], clock.now()).expect("it is right");
    assert!(none.stage("api", "prod").is_none());
}

#[test]
fn what_is_wrong_is_told_all_at_once() {
    let mut crowded = plan("crowded", &["dev"], &[]);
    crowded.stages[0].methods = (0..21)
        .map(|n| (format!("/{n}/GET").into(), rate(1.0, 1)))
        .collect();
    let plans = [
        plan("gold", &["prod"], &["one", "nobody"]),
        plan("silver", &["prod", "test"], &["one"]),
        plan("gold", &[], &[]),
        crowded,
    ];
    let keys = [key("one"), key("one")];
    let table = UsagePlans::new(&SeededRandom::new(1));
    let errors = table
        .updated(&plans, &keys, clock().now())
        .expect_err("it is wrong");
    let told: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "there are two API keys \"one\", or two with its value",
            "usage plan \"gold\" has the key \"nobody\", which is not known",
            "key \"one\" is in the usage plans \"gold\" and \"silver\", which both open api:prod",
            "there are two usage plans \"gold\"",
            "usage plan \"crowded\" limits more than 20 methods of a stage",
        ]
    );
    assert!(matches!(errors[4], InvalidPlan::TooManyMethods(_)));
}

#[test]
fn reports_have_a_pair_for_each_day() {
    let clock = clock();
    let mut gold = plan("gold", &["prod"], &["one", "two"]);
    gold.quota = Some(Quota::new(10, QuotaPeriod::Month, 0).expect("it has no offset"));
    let table = table(&[gold.clone()], &[key("one"), key("two")]);
    for requests in [2, 0, 3] {
        for _ in 0..requests {
            call(&table, ("prod", "one", "/GET"), &clock).expect("it is admitted");
        }
        clock.advance(Duration::from_secs(86_400));
    }
    let day = |text: &str| text.parse::<Day>().expect("it is a day");
    let range = (day("2024-02-27"), day("2024-03-02"));
    let usage = table.usage("gold", None, range).expect("it is known");
    assert_eq!(&*usage[0].key_id, "one");
    assert_eq!(usage[0].days, [[0, 10], [2, 8], [0, 8], [3, 7], [0, 7]]);
    assert_eq!(usage[1].days, [[0, 10]; 5]);
    assert_eq!(table.usage("none", None, range), Ok(Vec::new()));
    assert_eq!(
        table.usage("gold", Some("x"), range),
        Err(NoUsage::UnknownKey)
    );
    let turned = (range.1, range.0);
    assert_eq!(table.usage("gold", None, turned), Err(NoUsage::Range));
    let long = (day("2024-01-01"), day("2024-03-31"));
    assert_eq!(table.usage("gold", None, long), Err(NoUsage::Range));

    let next = table
        .updated(&[gold], &[key("one"), key("two")], clock.now())
        .expect("it is right");
    let empty = UsagePlans::new(&SeededRandom::new(2));
    let again = empty
        .updated(
            &[{
                let mut gold = plan("gold", &["prod"], &["one", "two"]);
                gold.quota = Some(Quota::new(10, QuotaPeriod::Month, 0).expect("it has no offset"));
                gold
            }],
            &[key("one"), key("two")],
            clock.now(),
        )
        .expect("it is right");
    again.restore(&next.records());
    assert_eq!(
        again.usage("gold", None, range),
        next.usage("gold", None, range)
    );
    assert_eq!(again.set_remaining(("gold", "one"), 1, clock.now()), Ok(()));
    assert!(call(&again, ("prod", "one", "/GET"), &clock).is_ok());
    assert!(call(&again, ("prod", "one", "/GET"), &clock).is_err());
}

#[test]
fn what_is_granted_survives_before_anything_is_counted() {
    let clock = clock();
    let mut gold = plan("gold", &["prod"], &["one"]);
    let keys = [key("one")];
    let before = table(std::slice::from_ref(&gold), &keys);
    let granted = before.set_remaining(("gold", "one"), 2, clock.now());
    assert_eq!(granted, Err(NoUsage::NoQuota));
    gold.quota = Some(Quota::new(1, QuotaPeriod::Month, 0).expect("it has no offset"));
    let before = table(std::slice::from_ref(&gold), &keys);
    for (plan, expected) in [("gold", Ok(())), ("silver", Err(NoUsage::UnknownKey))] {
        let granted = before.set_remaining((plan, "one"), 3, clock.now());
        assert_eq!(granted, expected);
    }
    let after = table(&[gold], &keys);
    after.restore(&before.records());
    for expected in [true, true, true, false] {
        let outcome = call(&after, ("prod", "one", "/GET"), &clock);
        assert_eq!(outcome.is_ok(), expected);
    }
}

#[test]
fn secrets_do_not_show() {
    let table = table(&[plan("gold", &["prod"], &["one"])], &[key("one")]);
    let shown = format!(
        "{table:?} {:?} {:?}",
        key("one"),
        admit(&table, "prod", "one")
    );
    assert!(!shown.contains("0123456789"), "{shown}");
    for value in [
        "",
        "short",
        "with a space in between it",
        "ünicode-ünicode-ünicode",
        &"x".repeat(129),
    ] {
        assert!(ApiKey::new("id", value).is_err(), "{value}");
    }
}
