//! How much of a stranger's document is read before it is refused.

/// Bytes that a document may have, as on AWS.
pub const MAX_DOCUMENT_BYTES: usize = 6 * 1024 * 1024;

/// Objects and lists that may stand in one another.
pub const MAX_NESTING: usize = 127;

/// Resources that a document may make, the ones between its paths included.
pub const MAX_RESOURCES: usize = 10_000;

/// Bytes that a resource's path may have, a prepended base path included.
pub const MAX_PATH_BYTES: usize = 2 * 1024;

/// References that may lead from one to the next before they count as a circle.
pub const MAX_REFERENCE_HOPS: usize = 32;

/// Bytes of the document that may be read again because a reference or a root default says so.
///
/// Small documents can name a large part thousands of times; this bounds what comes of it. So many
/// bytes of names and documentation are written again by an export, too.
pub const MAX_SHARED_BYTES: usize = 64 * 1024 * 1024;

/// Bytes that the name of a schema may have.
pub const MAX_SCHEMA_NAME_BYTES: usize = 1024;

/// Bytes up to which the text of a model is indented for its readers.
pub const MAX_INDENTED_BYTES: usize = 64 * 1024;

/// Bytes of a model with all models that it refers to, as far as [`flatten_model`](crate::flatten_model)
/// writes them: names and texts, and 32 for each of them and for each value.
pub const MAX_FLATTENED_BYTES: usize = 6 * 1024 * 1024;

/// Bytes of a template that [`sample_template`](crate::sample_template) makes of a model, as mapping
/// templates may have; it ends with the property that reaches them.
pub const MAX_SAMPLE_BYTES: usize = 300 * 1024;

/// Schemas that are looked at for one sample.
pub const MAX_SAMPLE_STEPS: usize = 100_000;

/// Bytes of messages and pointers that are kept; what there is to say beyond is left out.
pub const MAX_REMARK_BYTES: usize = 8 * 1024 * 1024;

/// Diagnostics that are kept, of which an eighth may be notes; the rest is left out.
pub const MAX_REMARKS: usize = 10_000;

/// Diagnostics of a document that name what its author may have meant.
pub const MAX_SUGGESTIONS: usize = 100;

/// Names among which each of these is looked for.
pub const MAX_SUGGESTED_NAMES: usize = 1000;

/// Bytes that the names on the way to a part may have, for the part to have a place of its own in
/// [`Places`](crate::Places).
pub const MAX_WAY_BYTES: usize = 8 * 1024;

/// How many times as much as was sent a YAML document may be once its aliases are replaced: one node
/// and one byte of text for each byte.
pub const MAX_YAML_GROWTH: usize = 10;

/// Nodes that any YAML document may have beyond that: documents with anchors for what all their
/// methods have are small, and grow more than others.
pub const FREE_YAML_NODES: usize = 10_000;

/// Bytes of text that any YAML document may have beyond that: mapping templates behind anchors.
pub const FREE_YAML_SCALAR_BYTES: usize = 256 * 1024;

/// Scalars, lists and objects that a YAML document may have once its aliases are replaced.
pub const MAX_YAML_NODES: usize = 1_000_000;

/// Bytes of text that a YAML document may have once its aliases are replaced.
pub const MAX_YAML_SCALAR_BYTES: usize = 2 * MAX_DOCUMENT_BYTES;
