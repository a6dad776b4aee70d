//! Whatever happens, a stage serves its deployment.

use proptest::prelude::*;
use tollgate_deploy::{Lifecycle, NewCanary, NewDeployment, StageEdit};
use tollgate_gateway::StagePlans;

use crate::world::{World, now, saying, stage};

#[derive(Clone, Debug)]
enum Command {
    Deploy { text: u8, stage: usize },
    Canary { text: u8, stage: usize, percent: u8 },
    Promote(usize),
    RemoveCanary(usize),
    Point { stage: usize, deployment: usize },
    Variable { stage: usize, value: u8 },
    DeleteStage(usize),
    DeleteDeployment(usize),
}

const STAGES: [&str; 3] = ["prod", "beta", "dev"];

fn command() -> impl Strategy<Value = Command> {
    use Command::{
        Canary, DeleteDeployment, DeleteStage, Deploy, Point, Promote, RemoveCanary, Variable,
    };
    let stage = 0..STAGES.len();
    prop_oneof![
        4 => (0..5_u8, stage.clone()).prop_map(|(text, stage)| Deploy { text, stage }),
        2 => (0..5_u8, stage.clone(), 0..=100_u8)
            .prop_map(|(text, stage, percent)| Canary { text, stage, percent }),
        1 => stage.clone().prop_map(Promote),
        1 => stage.clone().prop_map(RemoveCanary),
        2 => (stage.clone(), 0..8_usize)
            .prop_map(|(stage, deployment)| Point { stage, deployment }),
        1 => (stage.clone(), any::<u8>()).prop_map(|(stage, value)| Variable { stage, value }),
        1 => stage.prop_map(DeleteStage),
        1 => (0..8_usize).prop_map(DeleteDeployment),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn stages_serve_their_deployments(commands in proptest::collection::vec(command(), 1..25)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.expect("there is a runtime").block_on(run(commands));
    }
}

async fn run(commands: Vec<Command>) {
    let world = World::new().await;
    for command in commands {
        act(&world, &command).await;
        let status = world.node.status();
        let all = world.lifecycle().await;
        assert_eq!(status.stages.len(), all.stages.len());
        assert!(
            status
                .stages
                .iter()
                .all(tollgate_node::StageStatus::is_current)
        );
        let table = world.gateways.table();
        let served: Vec<&StagePlans> = table.plans().collect();
        assert_eq!(served.len(), all.stages.len());
        for plans in served {
            check(plans, &all);
        }
    }
}

/// The plans of a stage are those of its deployment and of its canary's.
fn check(plans: &StagePlans, all: &Lifecycle) {
    let of = plans.production().stage();
    let stage = &all.stages[&of.stage];
    assert_eq!(Some(&of.deployment_id), stage.deployment_id.as_ref());
    let wanted = stage.canary_settings.as_ref();
    let canary = plans.canary();
    assert_eq!(canary.is_some(), wanted.is_some());
    if let (Some((plan, percent)), Some(wanted)) = (canary, wanted) {
        let id = wanted
            .deployment_id
            .as_ref()
            .or(stage.deployment_id.as_ref());
        assert_eq!(Some(&plan.stage().deployment_id), id);
        assert!((percent.get() - wanted.percent_traffic).abs() < f64::EPSILON);
    }
    let variables = stage.variables.iter();
    let variables = variables.map(|(name, value)| (name.as_str(), value.as_str()));
    assert!(variables.eq(of.variables.iter()));
}

async fn act(world: &World, command: &Command) {
    let text = |text: u8| saying(&format!("text {text}"));
    let all = world.lifecycle().await;
    let nth = |nth: usize| all.deployments.keys().nth(nth).cloned();
    let edit =
        |index: usize, edit: StageEdit| all.update_stage(&stage(STAGES[index]), &[edit], now());
    let steps = match command {
        Command::Deploy { text: said, stage } => {
            world
                .deploy(text(*said), &NewDeployment::to_stage(STAGES[*stage]))
                .await;
            return;
        }
        Command::Canary {
            text: said,
            stage: index,
            percent,
        } => {
            if all.stages.contains_key(&stage(STAGES[*index])) {
                let mut new = NewDeployment::to_stage(STAGES[*index]);
                let mut canary = NewCanary::default();
                canary.percent_traffic = f64::from(*percent);
                new.canary_settings = Some(canary);
                world.deploy(text(*said), &new).await;
            }
            return;
        }
        Command::Promote(index) => all.promote(&stage(STAGES[*index]), now()),
        Command::RemoveCanary(index) => edit(*index, StageEdit::RemoveCanary),
        Command::Point {
            stage: index,
            deployment,
        } => {
            let Some(id) = nth(*deployment) else { return };
            edit(*index, StageEdit::Deployment(id))
        }
        Command::Variable {
            stage: index,
            value,
        } => {
            let (name, value) = ("v".to_owned(), value.to_string());
            edit(*index, StageEdit::Variable { name, value })
        }
        Command::DeleteStage(index) => all.delete_stage(&stage(STAGES[*index])),
        Command::DeleteDeployment(index) => {
            let Some(id) = nth(*index) else { return };
            all.delete_deployment(&id)
        }
    };
    // What is refused changes nothing.
    if let Ok(steps) = steps {
        world.step(|_| Ok(steps)).await;
    }
}
