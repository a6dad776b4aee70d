//! From an origin to a connection with it.

use std::io;
use std::net::SocketAddr;

use hyper_util::rt::TokioIo;
use tokio::net::{TcpStream, lookup_host};

use super::connection::{Connection, Socket};
use super::failure::Failure;
use super::origin::{Origin, Trust};

/// Opens a connection to an origin.
///
/// The address that is judged is the address that is called: a name is not looked up twice.
pub(super) async fn connect(origin: &Origin) -> Result<Connection, Failure> {
    let stream = open(origin).await?;
    // Requests are small and must not wait for the acknowledgement of the ones before; a socket
    // that cannot be told so still works.
    drop(stream.set_nodelay(true));
    let socket = match &origin.server_name {
        None => Socket::Plain(stream),
        Some(name) => {
            let connector = origin.network.tls(&origin.tls).map_err(Failure::NoTls)?;
            let stream = connector.connect(name.clone(), stream).await;
            Socket::Encrypted(Box::new(stream.map_err(Failure::Connect)?))
        }
    };
    Connection::handshake(TokioIo::new(socket)).await
}

async fn open(origin: &Origin) -> Result<TcpStream, Failure> {
    let addresses = lookup_host((&*origin.host, origin.port))
        .await
        .map_err(Failure::Unresolvable)?;
    let mut last = None;
    let mut refused = None;
    for address in addresses {
        if !is_permitted(origin, address) {
            refused = Some(address.ip());
            continue;
        }
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = Some(error),
        }
    }
    Err(match (last, refused) {
        (Some(error), _) => Failure::Connect(error),
        (None, Some(address)) => Failure::Forbidden(address),
        (None, None) => Failure::Unresolvable(io::ErrorKind::NotFound.into()),
    })
}

fn is_permitted(origin: &Origin, address: SocketAddr) -> bool {
    match origin.trust {
        Trust::Document => true,
        Trust::Request => origin.network.addresses.permits(address.ip()),
    }
}
