//! The control plane of a store: where it listens, and whom it answers.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use thiserror::Error;
use tollgate::control::{Access, ControlOptions, ControlPlane, KeepUsage};
use tollgate::model::Home;

use crate::cli::Serve;
use crate::config::{Config, Control, Listener};
use crate::deployments::Deployments;
use crate::plane::Plane;
use crate::report::Report;
use crate::usage::Usage;

/// Where the control plane listens where nobody says where anything listens.
const DEFAULT_ADDRESS: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8081);

/// Why there can be no control plane as it is asked for.
#[derive(Debug, Error)]
pub(crate) enum ControlError {
    #[error("[control]: there is a control plane only with --data or --database")]
    NoStore,
    #[error(
        "the control plane at {0}: without [control.keys] it listens on loopback addresses only, \
         because it answers whoever reaches it"
    )]
    Open(SocketAddr),
    #[error(
        "the control plane at {0}: it shares a port with APIs on loopback addresses only, expected an \
         address of its own"
    )]
    Shared(SocketAddr),
    #[error("--dev: expected a control plane on a loopback address, not at {0}")]
    Dev(SocketAddr),
}

/// All listeners: those of APIs, and that of the control plane.
///
/// # Errors
///
/// Where strangers could reach the control plane.
pub(crate) fn listeners(
    options: &Serve,
    config: &Config,
    mut listeners: Vec<Listener>,
) -> Result<Vec<Listener>, ControlError> {
    let settings = config.control.as_ref();
    if !options.has_store() {
        let is_asked = settings.is_some() || options.control.is_some();
        return if is_asked {
            Err(ControlError::NoStore)
        } else {
            Ok(listeners)
        };
    }
    let is_default = options.listen.is_empty() && config.listeners.is_empty();
    let address = options.control.or(settings.and_then(|one| one.address));
    let is_asked = settings.is_some() || options.dev || is_default;
    let Some(address) = address.or_else(|| is_asked.then_some(DEFAULT_ADDRESS)) else {
        return Ok(listeners);
    };
    let is_loopback = address.ip().is_loopback();
    if !is_loopback && settings.is_none_or(|one| one.keys.is_empty()) {
        return Err(ControlError::Open(address));
    }
    if !is_loopback && options.dev {
        return Err(ControlError::Dev(address));
    }
    // Port 0 is another one each time.
    let same = |one: &&mut Listener| one.address == address && address.port() != 0;
    match listeners.iter_mut().find(same) {
        Some(_) if !is_loopback => return Err(ControlError::Shared(address)),
        Some(shared) => shared.plane = Plane::Both,
        None => listeners.push(Listener {
            address,
            tls: settings.and_then(|one| one.tls.clone()),
            plane: Plane::Control,
        }),
    }
    Ok(listeners)
}

/// The control plane over what is served; `None` before that.
///
/// # Errors
///
/// Where its keys cannot be read.
pub(crate) fn plane(
    options: &Serve,
    config: &Config,
    deployments: &Deployments,
    usage: Option<Usage>,
) -> Result<Option<ControlPlane>, Report> {
    let Some(node) = deployments.node() else {
        return Ok(None);
    };
    let mut with = ControlOptions::default();
    with.home = Home::new(config.account_id.0.0.clone(), config.region.0.0.clone());
    with.can_reset = options.dev;
    let none = Control::default();
    let control = config.control.as_ref().unwrap_or(&none);
    if let Some(keys) = control.credentials(config)? {
        with.access = Access::Signed(Arc::new(keys));
    }
    with.keep_usage = usage.map(|usage| -> KeepUsage {
        Arc::new(move || {
            let usage = usage.clone();
            Box::pin(async move { usage.record().await })
        })
    });
    let (store, node) = (deployments.store().clone(), node.clone());
    Ok(Some(ControlPlane::with_node(store, node, with)))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Cli, Command};

    /// Where APIs and the control plane listen, by a command line and a configuration.
    fn planes(arguments: &[&str], config: &str) -> Result<Vec<(String, Plane)>, String> {
        let arguments = ["tollgate", "serve"].iter().chain(arguments);
        let cli = Cli::try_parse_from(arguments).expect("it is a command line");
        let Command::Serve(options) = cli.command else {
            panic!("another command");
        };
        let config: Config = toml::from_str(config).expect("it is a configuration");
        let of_data = options.listen.iter().copied().map(Listener::data).collect();
        let all = listeners(&options, &config, of_data).map_err(|error| error.to_string())?;
        let all = all
            .into_iter()
            .map(|one| (one.address.to_string(), one.plane));
        Ok(all.collect())
    }

    #[test]
    fn the_control_plane_listens_where_it_is_asked_to() {
        let data = ("127.0.0.1:1".to_owned(), Plane::Data);
        let control = |address: &str| (address.to_owned(), Plane::Control);
        let listen = &["--data", "d", "--listen", "127.0.0.1:1"];
        let with = |more: &[&'static str]| [listen, more].concat();
        for (arguments, config, expected) in [
            (vec!["--data", "d"], "", vec![control("127.0.0.1:8081")]),
            (with(&[]), "", vec![data.clone()]),
            (
                with(&["--dev"]),
                "",
                vec![data.clone(), control("127.0.0.1:8081")],
            ),
            (
                with(&[]),
                "[control]",
                vec![data.clone(), control("127.0.0.1:8081")],
            ),
            (
                with(&["--control", "127.0.0.1:2"]),
                "[control]\naddress = '127.0.0.1:3'",
                vec![data.clone(), control("127.0.0.1:2")],
            ),
            (
                with(&["--control", "127.0.0.1:1"]),
                "",
                vec![("127.0.0.1:1".to_owned(), Plane::Both)],
            ),
            (
                with(&["--control", "0.0.0.0:2"]),
                "[control.keys.AKID]\nsecret = 'a'",
                vec![data, control("0.0.0.0:2")],
            ),
            (vec!["a.yaml"], "", vec![]),
        ] {
            assert_eq!(
                planes(&arguments, config),
                Ok(expected),
                "{arguments:?} {config}"
            );
        }
    }

    #[test]
    fn strangers_do_not_reach_it() {
        let keys = "[control.keys.AKID]\nsecret = 'a'";
        for (arguments, config, expected) in [
            (
                &["--data", "d", "--control", "0.0.0.0:2"][..],
                "",
                "without [control.keys]",
            ),
            (
                &["--data", "d"],
                "[control]\naddress = '[::]:2'",
                "without [control.keys]",
            ),
            (
                &["--data", "d", "--control", "0.0.0.0:2", "--dev"],
                keys,
                "--dev",
            ),
            (
                &[
                    "--data",
                    "d",
                    "--control",
                    "0.0.0.0:2",
                    "--listen",
                    "0.0.0.0:2",
                ],
                keys,
                "expected an address of its own",
            ),
            (&["a.yaml"], "[control]", "only with --data or --database"),
        ] {
            let refused = planes(arguments, config).expect_err(expected);
            assert!(refused.contains(expected), "{refused}");
        }
    }
}
