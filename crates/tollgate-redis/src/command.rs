//! One command with its arguments.

/// A command, such as `GET key`.
///
/// ```
/// use tollgate_redis::Command;
///
/// let command = Command::new("SET").arg("greeting").arg("hello").arg("PX").integer(500);
/// ```
#[derive(Clone)]
pub struct Command(pub(crate) redis::Cmd);

impl Command {
    /// A command without arguments.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mut command = redis::Cmd::new();
        command.arg(name);
        Self(command)
    }

    /// With one more argument, of any bytes.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<[u8]>) -> Self {
        self.0.arg(argument.as_ref());
        self
    }

    /// With one more argument, a number.
    #[must_use]
    pub fn integer(mut self, argument: i64) -> Self {
        self.0.arg(argument);
        self
    }
}

/// Without the arguments, which may be secret.
impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = self.0.args_iter().next();
        let name = match name {
            Some(redis::Arg::Simple(name)) => String::from_utf8_lossy(name),
            _ => "".into(),
        };
        f.debug_tuple("Command").field(&name).finish()
    }
}
