//! Authorization in front of an HTTP service.

mod authorizer;
mod future;
mod iam;
mod jwt;
mod service;

pub use authorizer::AuthorizerLayer;
pub use future::GatedFuture;
pub use iam::IamLayer;
pub use jwt::JwtLayer;
pub use service::Gated;
