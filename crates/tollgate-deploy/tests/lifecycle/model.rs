//! Whatever is asked in whatever order, a lifecycle is what a simple model of it is.

use std::collections::BTreeMap;

use crate::api::{Api, name};
use proptest::prelude::*;
use proptest::sample::select;
use tollgate_core::DeploymentId;
use tollgate_deploy::{Change, DeployError, NewCanary, NewDeployment, NewStage, StageEdit};
use tollgate_deploy::{Lifecycle, MethodKey};
use tollgate_model::Timestamp;

const STAGES: [&str; 3] = ["dev", "test", "prod"];

/// What is asked. Deployments are meant by the order in which they were made.
#[derive(Clone, Debug)]
enum Command {
    Deploy(Option<&'static str>, Option<u8>),
    Describe(usize, &'static str),
    DeleteDeployment(usize),
    CreateStage(&'static str, usize, bool),
    DeleteStage(&'static str),
    RollBack(&'static str, u64),
    Promote(&'static str),
    Edit(&'static str, Edit),
}

#[derive(Clone, Debug)]
enum Edit {
    Point(usize),
    Variable(&'static str, &'static str),
    RemoveVariable(&'static str),
    Percent(u8),
    CanaryPoint(usize),
    CanaryVariable(&'static str, &'static str),
    RemoveCanary,
    Burst(&'static str, u32),
    Ttl(&'static str, u32),
    RemoveSettings(&'static str),
}

fn commands() -> impl Strategy<Value = Vec<Command>> {
    let stage = || select(&STAGES[..]);
    let nth = || 0..6_usize;
    let variable = || (select(&["a", "b"][..]), select(&["1", "2"][..]));
    let key = || select(&["*/*", "pets/GET", "a/b/ANY"][..]);
    let edit = prop_oneof![
        2 => nth().prop_map(Edit::Point),
        1 => variable().prop_map(|(name, value)| Edit::Variable(name, value)),
        1 => variable().prop_map(|(name, _)| Edit::RemoveVariable(name)),
        1 => (0..110_u8).prop_map(Edit::Percent),
        2 => nth().prop_map(Edit::CanaryPoint),
        1 => variable().prop_map(|(name, value)| Edit::CanaryVariable(name, value)),
        1 => Just(Edit::RemoveCanary),
        1 => (key(), 0..3_u32).prop_map(|(key, burst)| Edit::Burst(key, burst)),
        1 => (key(), 3599..3602_u32).prop_map(|(key, ttl)| Edit::Ttl(key, ttl)),
        1 => key().prop_map(Edit::RemoveSettings),
    ];
    let command = prop_oneof![
        3 => (prop::option::of(stage()), prop::option::weighted(0.3, 0..110_u8))
            .prop_map(|(stage, canary)| Command::Deploy(stage, canary)),
        1 => (nth(), select(&["", "x"][..])).prop_map(|(nth, text)| Command::Describe(nth, text)),
        2 => nth().prop_map(Command::DeleteDeployment),
        2 => (stage(), nth(), any::<bool>())
            .prop_map(|(stage, nth, canary)| Command::CreateStage(stage, nth, canary)),
        1 => stage().prop_map(Command::DeleteStage),
        1 => (stage(), 0..40_u64).prop_map(|(stage, to)| Command::RollBack(stage, to)),
        1 => stage().prop_map(Command::Promote),
        8 => (stage(), edit).prop_map(|(stage, edit)| Command::Edit(stage, edit)),
    ];
    prop::collection::vec(command, 0..60)
}

/// The same lifecycle in the plainest words. What is refused is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
struct Model {
    /// When it was made, and its description; those that were deleted are gone.
    deployments: BTreeMap<usize, (u64, String)>,
    made: usize,
    stages: BTreeMap<&'static str, ModelStage>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct ModelStage {
    serves: usize,
    variables: BTreeMap<String, String>,
    canary: Option<ModelCanary>,
    /// Burst and time to live by key.
    settings: BTreeMap<String, (u32, u32)>,
    changed: u64,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct ModelCanary {
    percent: u8,
    serves: usize,
    overrides: BTreeMap<String, String>,
}

impl Model {
    fn run(&mut self, command: &Command, now: u64) -> Option<()> {
        match *command {
            Command::Deploy(stage, canary) => self.deploy(stage, canary, now),
            Command::Describe(nth, text) => {
                self.deployments.get_mut(&nth)?.1 = text.to_owned();
                Some(())
            }
            Command::DeleteDeployment(nth) => {
                for stage in self.stages.values() {
                    let of_canary = stage.canary.as_ref().map(|canary| canary.serves);
                    if stage.serves == nth || of_canary == Some(nth) {
                        return None;
                    }
                }
                self.deployments.remove(&nth).map(drop)
            }
            Command::CreateStage(stage, serves, canary) => {
                if self.stages.contains_key(stage) || !self.deployments.contains_key(&serves) {
                    return None;
                }
                let canary = canary.then(|| ModelCanary {
                    serves,
                    ..ModelCanary::default()
                });
                let made = ModelStage {
                    serves,
                    canary,
                    changed: now,
                    ..ModelStage::default()
                };
                self.stages.insert(stage, made);
                Some(())
            }
            Command::DeleteStage(stage) => self.stages.remove(stage).map(drop),
            Command::RollBack(stage, to) => {
                let mut made = self.deployments.iter().filter(|(_, made)| made.0 <= to);
                let (nth, _) = made.next_back()?;
                self.edit(stage, &Edit::Point(*nth), now)
            }
            Command::Promote(stage) => {
                let stage = self.stages.get_mut(stage)?;
                let canary = stage.canary.as_mut()?;
                stage.serves = canary.serves;
                stage.variables.extend(canary.overrides.clone());
                canary.percent = 0;
                stage.changed = now;
                Some(())
            }
            Command::Edit(stage, ref edit) => self.edit(stage, edit, now),
        }
    }

    fn deploy(&mut self, stage: Option<&'static str>, canary: Option<u8>, now: u64) -> Option<()> {
        let nth = self.made;
        match (stage, canary) {
            (None, None) => {}
            (None, Some(_)) => return None,
            (Some(stage), None) => {
                let stage = self.stages.entry(stage).or_default();
                match &mut stage.canary {
                    Some(canary) => canary.serves = nth,
                    None => stage.serves = nth,
                }
                stage.changed = now;
            }
            (Some(stage), Some(percent)) => {
                let stage = self.stages.get_mut(stage)?;
                if percent > 100 {
                    return None;
                }
                stage.canary = Some(ModelCanary {
                    percent,
                    serves: nth,
                    overrides: BTreeMap::new(),
                });
                stage.changed = now;
            }
        }
        self.deployments.insert(nth, (now, String::new()));
        self.made += 1;
        Some(())
    }

    fn edit(&mut self, stage: &'static str, edit: &Edit, now: u64) -> Option<()> {
        let exists = |nth: &usize| self.deployments.contains_key(nth);
        let stage = self.stages.get_mut(stage)?;
        let serves = stage.serves;
        let new = || ModelCanary {
            serves,
            ..ModelCanary::default()
        };
        match edit {
            Edit::Point(nth) | Edit::CanaryPoint(nth) if !exists(nth) => return None,
            Edit::Percent(101..) | Edit::Ttl(_, 3601..) => return None,
            Edit::Point(nth) => stage.serves = *nth,
            Edit::Variable(name, value) => {
                stage.variables.insert((*name).into(), (*value).into());
            }
            Edit::RemoveVariable(name) => drop(stage.variables.remove(*name)?),
            Edit::Percent(percent) => stage.canary.get_or_insert_with(new).percent = *percent,
            Edit::CanaryPoint(nth) => stage.canary.get_or_insert_with(new).serves = *nth,
            Edit::CanaryVariable(name, value) => {
                let overrides = &mut stage.canary.get_or_insert_with(new).overrides;
                overrides.insert((*name).into(), (*value).into());
            }
            Edit::RemoveCanary => drop(stage.canary.take()?),
            Edit::Burst(key, burst) => stage.setting(key).0 = *burst,
            Edit::Ttl(key, ttl) => stage.setting(key).1 = *ttl,
            Edit::RemoveSettings(key) => drop(stage.settings.remove(*key)?),
        }
        stage.changed = now;
        Some(())
    }
}

impl ModelStage {
    fn setting(&mut self, key: &str) -> &mut (u32, u32) {
        let all = self.settings.get("*/*").copied().unwrap_or((5000, 300));
        self.settings.entry(key.to_owned()).or_insert(all)
    }
}

/// The real one, with the ids of all deployments that it ever made.
struct Real {
    api: Api,
    ids: Vec<DeploymentId>,
}

impl Real {
    fn id(&self, nth: usize) -> DeploymentId {
        let id = self.ids.get(nth).cloned();
        id.unwrap_or_else(|| DeploymentId::from("nobody"))
    }

    fn run(&mut self, command: &Command, now: Timestamp) -> Result<(), DeployError> {
        let changes = self.changes(command, now)?;
        self.api.apply(&changes);
        Ok(())
    }

    fn changes(&mut self, command: &Command, now: Timestamp) -> Result<Vec<Change>, DeployError> {
        let lifecycle = &self.api.lifecycle;
        match command {
            Command::Deploy(stage, canary) => {
                let mut new = NewDeployment::default();
                new.stage_name = stage.map(str::to_owned);
                new.canary_settings = canary.map(|percent| {
                    let mut canary = NewCanary::default();
                    canary.percent_traffic = f64::from(percent);
                    canary
                });
                let id = self.api.deploy("A", &new)?;
                self.ids.push(id);
                Ok(Vec::new())
            }
            Command::Describe(nth, text) => {
                lifecycle.describe_deployment(&self.id(*nth), Some(text))
            }
            Command::DeleteDeployment(nth) => lifecycle.delete_deployment(&self.id(*nth)),
            Command::CreateStage(stage, nth, canary) => {
                let mut new = NewStage::new(name(stage), self.id(*nth));
                new.canary_settings = canary.then(Default::default);
                lifecycle.create_stage(new, now)
            }
            Command::DeleteStage(stage) => lifecycle.delete_stage(&name(stage)),
            Command::RollBack(stage, to) => {
                lifecycle.roll_back(&name(stage), Timestamp::from_seconds(*to), now)
            }
            Command::Promote(stage) => lifecycle.promote(&name(stage), now),
            Command::Edit(stage, edit) => {
                lifecycle.update_stage(&name(stage), &[self.edit(edit)], now)
            }
        }
    }

    fn edit(&self, edit: &Edit) -> StageEdit {
        let setting = |key: &str, path: &str, value: u32| StageEdit::MethodSetting {
            key: key.parse().unwrap(),
            name: path.parse().unwrap(),
            value: value.to_string(),
        };
        match *edit {
            Edit::Point(nth) => StageEdit::Deployment(self.id(nth)),
            Edit::Variable(name, value) => StageEdit::Variable {
                name: name.to_owned(),
                value: value.to_owned(),
            },
            Edit::RemoveVariable(name) => StageEdit::RemoveVariable(name.to_owned()),
            Edit::Percent(percent) => StageEdit::CanaryPercent(f64::from(percent)),
            Edit::CanaryPoint(nth) => StageEdit::CanaryDeployment(self.id(nth)),
            Edit::CanaryVariable(name, value) => StageEdit::CanaryVariable {
                name: name.to_owned(),
                value: value.to_owned(),
            },
            Edit::RemoveCanary => StageEdit::RemoveCanary,
            Edit::Burst(key, burst) => setting(key, "throttling/burstLimit", burst),
            Edit::Ttl(key, ttl) => setting(key, "caching/ttlInSeconds", ttl),
            Edit::RemoveSettings(key) => {
                let key: MethodKey = key.parse().unwrap();
                StageEdit::RemoveMethodSettings(key)
            }
        }
    }

    /// What the model would be that is the same.
    fn seen(&self) -> Model {
        let nth = |id: &Option<DeploymentId>| {
            let id = id.as_ref().unwrap();
            self.ids.iter().position(|known| known == id).unwrap()
        };
        let Lifecycle {
            deployments,
            stages,
            ..
        } = &self.api.lifecycle;
        let deployments = deployments.iter().map(|(id, deployment)| {
            assert_eq!(*id, deployment.id);
            let text = deployment.description.clone().unwrap_or_default();
            (
                nth(&Some(id.clone())),
                (deployment.created_date.seconds(), text),
            )
        });
        let stages = stages.iter().map(|(name, stage)| {
            assert_eq!(*name, stage.stage_name);
            let settings = stage.method_settings.iter().map(|(key, setting)| {
                let burst = setting.throttling_burst_limit.unwrap();
                (key.clone(), (burst, setting.cache_ttl_in_seconds.unwrap()))
            });
            let canary = stage.canary_settings.as_ref().map(|canary| ModelCanary {
                percent: canary.percent_traffic as u8,
                serves: nth(&canary.deployment_id),
                overrides: canary
                    .stage_variable_overrides
                    .clone()
                    .into_iter()
                    .collect(),
            });
            let known = STAGES
                .iter()
                .find(|known| **known == name.as_str())
                .unwrap();
            let seen = ModelStage {
                serves: nth(&stage.deployment_id),
                variables: stage.variables.clone().into_iter().collect(),
                canary,
                settings: settings.collect(),
                changed: stage.last_updated_date.unwrap().seconds(),
            };
            (*known, seen)
        });
        Model {
            deployments: deployments.collect(),
            made: self.ids.len(),
            stages: stages.collect(),
        }
    }
}

proptest! {
    #[test]
    fn a_lifecycle_is_what_its_model_is(commands in commands()) {
        let mut model = Model::default();
        let mut real = Real { api: Api::new(), ids: Vec::new() };
        for command in &commands {
            // A deployment is made at the next second, as `Api` counts.
            let now = real.api.seconds + 1;
            let before = real.api.lifecycle.clone();
            let done = real.run(command, Timestamp::from_seconds(now));
            real.api.seconds = now;
            let mut after = model.clone();
            let expected = after.run(command, now);
            prop_assert_eq!(done.is_ok(), expected.is_some(), "{:?}: {:?}", command, done);
            if expected.is_some() {
                model = after;
            } else {
                prop_assert_eq!(&real.api.lifecycle, &before, "{:?}", command);
            }
            prop_assert_eq!(&real.seen(), &model, "{:?}", command);
            for stage in real.api.lifecycle.stages.values() {
                let canary = stage.canary_settings.iter();
                let served = canary.map(|canary| &canary.deployment_id).chain([&stage.deployment_id]);
                for id in served {
                    let id = id.as_ref().unwrap();
                    prop_assert!(real.api.lifecycle.deployments.contains_key(id), "{:?}", command);
                }
            }
        }
    }

    /// What is set in one order of spelling stays one key.
    #[test]
    fn each_path_is_read_or_refused(path in "(/|~0|~1|[a-z*{}+]|GET|ANY|/\\*/\\*|/caching/enabled){0,12}") {
        if let Ok((key, setting)) = MethodKey::split(&path) {
            let whole = format!("/{key}/{}", setting.path());
            prop_assert_eq!(whole, path);
            let again: MethodKey = key.as_str().parse().unwrap();
            prop_assert_eq!(again.plain(), key.plain());
        }
    }
}
