//! What a server says of the store that it follows.

use std::sync::Arc;

use tokio::sync::watch;
use tollgate::core::Severity;
use tollgate::node::{StageStatus, Status};

use crate::console::Console;
use crate::printable::printable;

/// Something to say.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) text: String,
    /// Whether something is not as it should be.
    pub(crate) is_problem: bool,
}

/// Says what becomes of the stages, for as long as they are followed.
pub(crate) async fn tell(mut status: watch::Receiver<Arc<Status>>, console: Console) {
    let mut before = status.borrow_and_update().clone();
    while status.changed().await.is_ok() {
        let now = status.borrow_and_update().clone();
        for line in lines(&before, &now) {
            console.say(line.text);
        }
        before = now;
    }
}

/// What is to be said after a change.
pub(crate) fn lines(before: &Status, now: &Status) -> Vec<Line> {
    let mut lines = Vec::new();
    for stage in &now.stages {
        let was = known(before, stage);
        if was != Some(stage) {
            lines.extend(of_stage(stage, was));
        }
    }
    for gone in &before.stages {
        if known(now, gone).is_none() {
            lines.push(Line {
                text: format!("{}, stage {}: is no more", gone.api_id, gone.stage),
                is_problem: false,
            });
        }
    }
    let told = |status: &Status| -> Vec<String> {
        let mut told = status.problems.clone();
        let away = status.unavailable.iter();
        told.extend(away.map(|error| format!("{error}; what was served before stays")));
        told
    };
    let before = told(before);
    for problem in told(now).into_iter().filter(|one| !before.contains(one)) {
        lines.push(Line {
            text: format!("error: {}", printable(&problem)),
            is_problem: true,
        });
    }
    lines
}

/// The same stage in a status, which has them by API and name.
fn known<'s>(status: &'s Status, one: &StageStatus) -> Option<&'s StageStatus> {
    let stages = &status.stages;
    let found = stages
        .binary_search_by(|known| (&known.api_id, &known.stage).cmp(&(&one.api_id, &one.stage)));
    stages.get(found.ok()?)
}

fn of_stage(stage: &StageStatus, was: Option<&StageStatus>) -> Option<Line> {
    let place = format!("{}, stage {}", stage.api_id, stage.stage);
    if let Some(reason) = &stage.reason {
        let errors = reason.iter().filter(|one| one.severity == Severity::Error);
        let errors: Vec<_> = errors.map(ToString::to_string).collect();
        let serves = match &stage.running {
            Some(version) => format!("deployment {} stays", version.deployment_id),
            None => "nothing is served".to_owned(),
        };
        let wanted = &stage.wanted.deployment_id;
        let said = format!(
            "{place}: deployment {wanted} cannot be served, {serves}: {}",
            errors.join("; ")
        );
        return Some(Line {
            text: format!("error: {}", printable(&said)),
            is_problem: true,
        });
    }
    let running = stage.running.as_ref()?;
    let was = was.and_then(|was| was.running.as_ref());
    let is_same = was.is_some_and(|was| {
        was.deployment_id == running.deployment_id && was.canary == running.canary
    });
    let mut text = format!("{place}: ");
    if is_same {
        text.push_str("has other settings");
    } else {
        text.push_str(&format!("serves deployment {}", running.deployment_id));
        if let Some(canary) = &running.canary {
            text.push_str(&format!(", and {canary} as its canary"));
        }
    }
    text.push_str(&format!(" (revision {})", running.revision));
    Some(Line {
        text: printable(&text).into_owned(),
        is_problem: false,
    })
}
