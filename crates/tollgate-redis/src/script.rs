//! Scripts that run inside Redis.

/// A script in Lua, which Redis knows by its hash once it has seen it.
///
/// ```
/// let script = tollgate_redis::Script::new("return {1, tonumber(ARGV[1])}");
/// ```
#[derive(Debug)]
pub struct Script {
    code: Box<str>,
    hash: Box<str>,
}

impl Script {
    /// A script of this code.
    #[must_use]
    pub fn new(code: &str) -> Self {
        Self {
            code: code.into(),
            hash: redis::Script::new(code).get_hash().into(),
        }
    }

    /// The command that runs it by its hash.
    pub(crate) fn by_hash(&self, keys: &[impl AsRef<[u8]>], arguments: &[i64]) -> redis::Cmd {
        command("EVALSHA", &self.hash, keys, arguments)
    }

    /// The command that runs it where it is not known yet.
    pub(crate) fn by_code(&self, keys: &[impl AsRef<[u8]>], arguments: &[i64]) -> redis::Cmd {
        command("EVAL", &self.code, keys, arguments)
    }
}

fn command(name: &str, script: &str, keys: &[impl AsRef<[u8]>], arguments: &[i64]) -> redis::Cmd {
    let mut command = redis::cmd(name);
    command.arg(script).arg(keys.len());
    for key in keys {
        command.arg(key.as_ref());
    }
    for argument in arguments {
        command.arg(*argument);
    }
    command
}
