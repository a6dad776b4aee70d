//! Mapping templates that methods have in common.

use std::cell::RefCell;
use std::collections::HashMap;

use tollgate_mapping::{MappingTemplate, TemplateFailure};

/// The templates of a document by their text: what many methods say alike is parsed once, and kept
/// once.
#[derive(Debug, Default)]
pub(super) struct Templates(RefCell<HashMap<Box<str>, Result<MappingTemplate, TemplateFailure>>>);

impl Templates {
    /// Compiles a template, or gives the one that there is.
    pub(super) fn parse(&self, source: &str) -> Result<MappingTemplate, TemplateFailure> {
        let mut known = self.0.borrow_mut();
        if let Some(template) = known.get(source) {
            return template.clone();
        }
        let template = MappingTemplate::parse(source);
        known.insert(source.into(), template.clone());
        template
    }
}
