//! What an API's draft has besides resources, and versions of its documentation.

use tollgate_core::{ApiId, GatewayResponseType};
use tollgate_model::{
    Authorizer, DocumentationPart, DocumentationVersion, GatewayResponse, Model, RequestValidator,
};

use super::State;
use crate::key::Kind;
use crate::{Entity, EntityKey};

impl State {
    /// The models of an API's draft, by name.
    pub fn models(&self, api: &ApiId) -> impl Iterator<Item = &Model> {
        each!(self.below(Kind::Model, api.as_str()), Model(_, one) => one)
    }

    /// A model of an API's draft.
    #[must_use]
    pub fn model(&self, api: &ApiId, name: &str) -> Option<&Model> {
        one!(self, EntityKey::Model(api.clone(), name.into()), Model(_, one) => one)
    }

    /// The validators of an API's draft, by id.
    pub fn request_validators(&self, api: &ApiId) -> impl Iterator<Item = &RequestValidator> {
        let records = self.below(Kind::RequestValidator, api.as_str());
        each!(records, RequestValidator(_, one) => one)
    }

    /// A validator of an API's draft.
    #[must_use]
    pub fn request_validator(&self, api: &ApiId, id: &str) -> Option<&RequestValidator> {
        let key = EntityKey::RequestValidator(api.clone(), id.into());
        one!(self, key, RequestValidator(_, one) => one)
    }

    /// The authorizers of an API's draft, by id.
    pub fn authorizers(&self, api: &ApiId) -> impl Iterator<Item = &Authorizer> {
        each!(self.below(Kind::Authorizer, api.as_str()), Authorizer(_, one) => one)
    }

    /// An authorizer of an API's draft.
    #[must_use]
    pub fn authorizer(&self, api: &ApiId, id: &str) -> Option<&Authorizer> {
        one!(self, EntityKey::Authorizer(api.clone(), id.into()), Authorizer(_, one) => one)
    }

    /// The gateway responses that an API's draft has ideas of its own about, by the names of their
    /// types.
    pub fn gateway_responses(&self, api: &ApiId) -> impl Iterator<Item = &GatewayResponse> {
        let records = self.below(Kind::GatewayResponse, api.as_str());
        each!(records, GatewayResponse(_, one) => one)
    }

    /// A gateway response of an API's draft.
    #[must_use]
    pub fn gateway_response(
        &self,
        api: &ApiId,
        response_type: GatewayResponseType,
    ) -> Option<&GatewayResponse> {
        let key = EntityKey::GatewayResponse(api.clone(), response_type);
        one!(self, key, GatewayResponse(_, one) => one)
    }

    /// The documentation parts of an API's draft, by id.
    pub fn documentation_parts(&self, api: &ApiId) -> impl Iterator<Item = &DocumentationPart> {
        let records = self.below(Kind::DocumentationPart, api.as_str());
        each!(records, DocumentationPart(_, one) => one)
    }

    /// A documentation part of an API's draft.
    #[must_use]
    pub fn documentation_part(&self, api: &ApiId, id: &str) -> Option<&DocumentationPart> {
        let key = EntityKey::DocumentationPart(api.clone(), id.into());
        one!(self, key, DocumentationPart(_, one) => one)
    }

    /// The versions of an API's documentation, by name.
    pub fn documentation_versions(
        &self,
        api: &ApiId,
    ) -> impl Iterator<Item = &DocumentationVersion> {
        let records = self.below(Kind::DocumentationVersion, api.as_str());
        each!(records, DocumentationVersion(_, one) => one)
    }

    /// A version of an API's documentation.
    #[must_use]
    pub fn documentation_version(
        &self,
        api: &ApiId,
        version: &str,
    ) -> Option<&DocumentationVersion> {
        let key = EntityKey::DocumentationVersion(api.clone(), version.into());
        one!(self, key, DocumentationVersion(_, one) => one)
    }
}
