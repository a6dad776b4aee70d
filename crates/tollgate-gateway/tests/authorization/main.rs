//! Who may call, through a gateway that is served over sockets. Sections are those of the reference on
//! security and of the one on the data plane; rows are theirs unless they say otherwise.

mod api;
mod api_keys;
mod cached;
mod conformance;
mod jwt;
mod lambda;
mod pass_on;
mod policies;
mod pools;
mod recorded;
mod shown;
mod signatures;
mod tokens;
mod trial;
