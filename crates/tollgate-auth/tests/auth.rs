//! Who may call, and what everybody else is told.

#![expect(clippy::unwrap_used, reason = "a test fails where its helpers do")]

#[path = "auth/authorizer.rs"]
mod authorizer;
#[path = "auth/cache.rs"]
mod cache;
#[path = "auth/forged.rs"]
mod forged;
#[path = "auth/functions.rs"]
mod functions;
#[path = "auth/iam.rs"]
mod iam;
#[path = "auth/issuers.rs"]
mod issuers;
#[path = "auth/jwt.rs"]
mod jwt;
#[path = "auth/policies.rs"]
mod policies;
#[path = "auth/properties.rs"]
mod properties;
#[path = "auth/requests.rs"]
mod requests;
#[path = "auth/told.rs"]
mod told;
#[path = "auth/trusted.rs"]
mod trusted;
