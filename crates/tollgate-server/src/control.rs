//! The control plane of a store: where it listens, and whom it answers.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use thiserror::Error;
use tollgate::control::{ControlOptions, ControlPlane};
use tollgate::model::Home;

use crate::cli::Serve;
use crate::config::{Config, Control, Listener};
use crate::deployments::Deployments;
use crate::plane::Plane;
use crate::report::Report;

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
        with.credentials = Some(Arc::new(keys));
    }
    let (store, node) = (deployments.store().clone(), node.clone());
    Ok(Some(ControlPlane::with_node(store, node, with)))
}
