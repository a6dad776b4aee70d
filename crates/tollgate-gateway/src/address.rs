//! Addresses: which stage of which API a request is for.

mod base_path;
mod builder;
mod domain_name;
mod error;
mod host;
mod mappings;
mod table;

pub use base_path::{BasePath, InvalidBasePath};
pub use builder::{AddressTableBuilder, BasePathMapping};
pub use domain_name::{DomainName, InvalidDomainName};
pub use error::{AddressError, Unaddressed};
pub use table::{Address, AddressTable};
