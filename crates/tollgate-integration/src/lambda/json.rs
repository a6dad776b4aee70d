//! JSON written by hand into a buffer: events are made for every request.

use tollgate_core::push_json_string;

/// An object that grows, or one that is `null` where nothing is pushed.
pub(super) struct Members<'o> {
    out: &'o mut String,
    is_open: bool,
}

impl<'o> Members<'o> {
    pub(super) const fn of(out: &'o mut String) -> Self {
        Self {
            out,
            is_open: false,
        }
    }

    /// Begins a member whose name has nothing to escape; its value is for the caller to push.
    pub(super) fn name(&mut self, name: &'static str) -> &mut String {
        self.separate();
        self.out.push('"');
        self.out.push_str(name);
        self.out.push_str("\":");
        self.out
    }

    /// The same for a name of any kind.
    fn any_name(&mut self, name: &str) -> &mut String {
        self.separate();
        push_json_string(self.out, name);
        self.out.push(':');
        self.out
    }

    fn separate(&mut self) {
        self.out.push(if self.is_open { ',' } else { '{' });
        self.is_open = true;
    }

    pub(super) fn text(&mut self, name: &str, text: &str) {
        push_json_string(self.any_name(name), text);
    }

    pub(super) fn optional(&mut self, name: &'static str, text: Option<&str>) {
        match text {
            Some(text) => push_json_string(self.name(name), text),
            None => self.name(name).push_str("null"),
        }
    }

    /// A list of texts.
    pub(super) fn texts<'t>(&mut self, name: &str, texts: impl Iterator<Item = &'t str>) {
        let out = self.any_name(name);
        out.push('[');
        for (index, text) in texts.enumerate() {
            if index > 0 {
                out.push(',');
            }
            push_json_string(out, text);
        }
        out.push(']');
    }

    /// Ends the object; one without members is `null`, as the service has it in events.
    pub(super) fn end(self) {
        self.out.push_str(if self.is_open { "}" } else { "null" });
    }
}
