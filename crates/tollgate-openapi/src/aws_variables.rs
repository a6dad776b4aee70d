//! `${AWS::Region}` and its like.

use serde_json::Value;
use tollgate_core::{Diagnostic, Severity};

use crate::AwsVariables;
use crate::node::escape;
use crate::remarks::Remarks;

const OPENING: &str = "${AWS::";

/// Replaces the variables in every text of a document, and tells of those without a value.
pub(crate) fn replace(document: &mut Value, variables: &AwsVariables) -> Remarks {
    let values = [
        (
            "${AWS::AccountId}",
            variables.account_id.as_ref().map(AsRef::as_ref),
        ),
        ("${AWS::Partition}", variables.partition.as_deref()),
        ("${AWS::Region}", variables.region.as_deref()),
    ];
    let mut replacement = Replacement {
        values,
        pointer: String::new(),
        left: Remarks::default(),
    };
    replacement.visit(document);
    replacement.left
}

struct Replacement<'v> {
    values: [(&'static str, Option<&'v str>); 3],
    pointer: String,
    left: Remarks,
}

impl Replacement<'_> {
    fn visit(&mut self, value: &mut Value) {
        match value {
            Value::String(text) if text.contains(OPENING) => self.replace(text),
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.visit_part(&index.to_string(), item);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    self.visit_part(name, member);
                }
            }
            _ => {}
        }
    }

    fn visit_part(&mut self, token: &str, value: &mut Value) {
        let length = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(&escape(token));
        self.visit(value);
        self.pointer.truncate(length);
    }

    fn replace(&mut self, text: &mut String) {
        for (variable, value) in self.values {
            if let Some(value) = value
                && text.contains(variable)
            {
                *text = text.replace(variable, value);
            }
        }
        if let Some(start) = text.find(OPENING)
            && !self.left.is_full(Severity::Warning)
        {
            let end = text[start..]
                .find('}')
                .map_or(text.len(), |end| start + end + 1);
            let message = format!("`{}` has no value here and stays", &text[start..end]);
            self.left
                .say(Diagnostic::warning(self.pointer.as_str(), message));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::source::Source;

    #[test]
    fn variables_with_a_value_are_replaced_and_others_told() {
        let mut document = json!({"a/b": [
            "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:f",
            "${AWS::StackName}-${AWS::Region}",
            "${stageVariables.region}",
        ]});
        let variables = AwsVariables {
            account_id: Some("123456789012".into()),
            partition: Some("aws".to_owned()),
            region: Some("eu-west-1".to_owned()),
        };
        let left = replace(&mut document, &variables);
        assert_eq!(
            document,
            json!({"a/b": [
                "arn:aws:lambda:eu-west-1:123456789012:function:f",
                "${AWS::StackName}-eu-west-1",
                "${stageVariables.region}",
            ]})
        );
        let text = r#"{"a/b": ["", "${AWS::StackName}-eu-west-1", ""]}"#;
        let (_, place) = Source::new(text).read().unwrap();
        assert_eq!(
            left.into_findings(&place).diagnostics.to_string(),
            "warning: `${AWS::StackName}` has no value here and stays (at 1:14, /a~1b/1)"
        );
    }
}
