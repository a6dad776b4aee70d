//! Documents, configuration and certificates that are read again when they change.

use std::path::PathBuf;
use std::sync::Arc;

use crate::cli::Serve;
use crate::config::{Config, IamKey, Listener};
use crate::connection::Serving;
use crate::data::DataError;
use crate::deployments::Deployments;
use crate::guard::Guard;
use crate::printable::printable;
use crate::report::{Look, Report};
use crate::serve::{config_file, config_place};
use crate::tls::Certificates;
use crate::watch::Watch;

/// Everything that is served, and how it came about.
pub(crate) struct Reloader {
    pub(crate) options: Serve,
    pub(crate) config: Config,
    pub(crate) listeners: Vec<Listener>,
    pub(crate) deployments: Deployments,
    pub(crate) guard: Arc<Guard>,
    pub(crate) serving: Arc<Serving>,
    /// The documents, as far as they are known.
    pub(crate) documents: Vec<PathBuf>,
}

impl Reloader {
    /// Reads files again whenever one of them changes.
    pub(crate) async fn run(mut self, mut watch: Watch) {
        let (serving, guard) = (self.serving.clone(), self.guard.clone());
        let mut watched = Vec::new();
        loop {
            let files = self.files();
            if let Err(error) = watch.set(&files) {
                serving
                    .console
                    .say(format!("cannot watch all files for changes: {error}"));
            }
            let read: fn(&mut Self) = if files == watched {
                tokio::select! {
                    () = watch.touched() => watch.quiet().await,
                    () = guard.asks_anew() => continue,
                }
                Self::reload
            } else {
                watched = files;
                // Of what came before it was watched nobody has told.
                |one| one.guard.read_again()
            };
            let reload = move || {
                read(&mut self);
                self
            };
            // Compiling takes its time, in which requests go on.
            match tokio::task::spawn_blocking(reload).await {
                Ok(reloader) => self = reloader,
                Err(error) => {
                    let message =
                        format!("reloading failed, which is a bug: {error}; restart to reload");
                    return serving.console.say(message);
                }
            }
        }
    }

    /// The files that are read.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut files = self.documents.clone();
        // One that is not there may come.
        files.extend(config_place(&self.options));
        files.extend(Certificates::files(&self.listeners, &self.config));
        files.extend(self.guard.files());
        let pairs = self.config.client_certificates.values();
        files.extend(pairs.flat_map(|one| [one.certificate.clone(), one.private_key.clone()]));
        let keys = self.config.api_keys.values();
        files.extend(keys.filter_map(|key| Some(key.value().file()?.to_owned())));
        let keys = self.config.iam_keys.values();
        files.extend(keys.flat_map(IamKey::files).cloned());
        files
    }

    fn reload(&mut self) {
        self.reload_config();
        if let Err(error) = self.guard.configure(&self.config) {
            self.say(format!("{error}\nthe certificates before stay in use"));
        }
        let site = match self.options.site(&self.config) {
            Ok(site) => site,
            Err(report) => return self.tell(&report, "what was served before stays"),
        };
        self.documents = site.apis.iter().map(|api| api.file.clone()).collect();
        let outcome = match self.deployments.deploy(&site, &self.config) {
            Ok(outcome) => outcome,
            Err(error) => {
                let error = DataError::from(error);
                return self.say(format!("{error}\nwhat was served before stays"));
            }
        };
        // Addresses that could not be put up are among the problems.
        if outcome.status.problems.is_empty() {
            self.guard.adopted();
        }
        for report in outcome.reports.iter().filter(|one| one.is_remarkable()) {
            self.say(Look::of_server().whole(report));
        }
        for refused in outcome.refused {
            let file = refused.file.as_deref();
            let has_deployment = file.is_some_and(|file| self.deployments.has(file));
            let what = if has_deployment {
                "its last deployment stays"
            } else {
                "it is not served"
            };
            self.tell(&refused, what);
        }
        // Of a store, its own log tells them.
        let problems = outcome.status.problems.iter();
        for problem in problems.filter(|_| !self.options.has_store()) {
            self.say(format!("error: {}", printable(problem)));
        }
        if outcome.limits_changed {
            self.say("API keys, usage plans and throttles changed".to_owned());
        }
        if outcome.callers_changed {
            self.say("keys of callers and issuers of tokens changed".to_owned());
        }
        for file in outcome.deployed {
            self.say(format!("deployed {}", file.display()));
        }
    }

    /// Reads the configuration again; one that is wrong changes nothing.
    fn reload_config(&mut self) {
        let config = match Config::of(config_file(&self.options).as_deref()) {
            Ok(config) => config,
            Err(report) => return self.tell(&report, "the configuration before stays"),
        };
        if config.is_same_as(&self.config) {
            return;
        }
        for (changed, what) in [
            (config.listeners != self.config.listeners, "listeners"),
            (
                config.trusted_proxies != self.config.trusted_proxies,
                "trusted_proxies",
            ),
            (config.limits != self.config.limits, "limits"),
            (config.timeouts != self.config.timeouts, "timeouts"),
            (config.redis != self.config.redis, "redis"),
            (config.control != self.config.control, "control"),
        ] {
            if changed {
                self.say(format!(
                    "{what}: they change when the server is started again"
                ));
            }
        }
        self.config = config;
    }

    /// Says what is wrong with a file, and what comes of it.
    fn tell(&self, report: &Report, what: &str) {
        self.say(format!("{}\n{what}", Look::of_server().whole(report)));
    }

    fn say(&self, text: String) {
        self.serving.console.say(text);
    }
}
