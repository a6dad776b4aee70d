//! Settings of methods by the paths that patches name them by.

use std::fmt;
use std::str::FromStr;

use tollgate_model::{HttpMethod, LoggingLevel, MethodSetting, Stage, UnauthorizedCacheControl};

use crate::DeployError;
use crate::text::{beginning, check_count, check_length};

/// Methods that can have settings of their own on a stage.
pub const MAX_METHOD_SETTINGS: usize = 10_000;

/// Bytes that the key of a method's settings may have.
pub const MAX_METHOD_KEY_BYTES: usize = 8_192;

/// The key of the settings that new ones begin with.
const ANY: &str = "*/*";

/// The paths that a stage can be patched at, as the service tells them (recorded; commas are missing).
pub(crate) const PATHS_OF_STAGES: &str = "[/deploymentId, /description, /cacheClusterEnabled, \
    /cacheClusterSize, /clientCertificateId, /accessLogSettings, \
    /accessLogSettings/destinationArn, /accessLogSettings/format, \
    /{resourcePath}/{httpMethod}/metrics/enabled, \
    /{resourcePath}/{httpMethod}/logging/dataTrace, \
    /{resourcePath}/{httpMethod}/logging/loglevel, \
    /{resourcePath}/{httpMethod}/throttling/burstLimit\
    /{resourcePath}/{httpMethod}/throttling/rateLimit\
    /{resourcePath}/{httpMethod}/caching/ttlInSeconds, \
    /{resourcePath}/{httpMethod}/caching/enabled, \
    /{resourcePath}/{httpMethod}/caching/dataEncrypted, \
    /{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, \
    /{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, \
    /*/*/metrics/enabled, /*/*/logging/dataTrace, /*/*/logging/loglevel, \
    /*/*/throttling/burstLimit /*/*/throttling/rateLimit /*/*/caching/ttlInSeconds, \
    /*/*/caching/enabled, /*/*/caching/dataEncrypted, \
    /*/*/caching/requireAuthorizationForCacheControl, \
    /*/*/caching/unauthorizedCacheControlHeaderStrategy, /variables/{variable_name}, \
    /tracingEnabled]";

/// One setting of a method, by its name in the paths of patches.
///
/// ```
/// use tollgate_deploy::MethodSettingName;
///
/// let name: MethodSettingName = "throttling/rateLimit".parse()?;
/// assert_eq!(name.member(), "throttlingRateLimit");
/// # Ok::<(), tollgate_deploy::DeployError>(())
/// ```
#[derive(Clone, Copy)]
pub struct MethodSettingName(&'static Row);

struct Row {
    path: &'static str,
    member: &'static str,
    expected: &'static str,
    /// Sets it; `None`: it cannot have this value.
    set: fn(&mut MethodSetting, &str) -> Option<()>,
}

/// The settings, by path and by member of [`MethodSetting`].
const ROWS: &[Row] = &[
    Row {
        path: "metrics/enabled",
        member: "metricsEnabled",
        expected: "true or false",
        set: |setting, value| flag(&mut setting.metrics_enabled, value),
    },
    Row {
        path: "logging/loglevel",
        member: "loggingLevel",
        expected: "OFF, ERROR or INFO",
        set: |setting, value| {
            let level = |level: &LoggingLevel| level.as_str() == value;
            setting.logging_level = Some(LoggingLevel::ALL.iter().copied().find(level)?);
            Some(())
        },
    },
    Row {
        path: "logging/dataTrace",
        member: "dataTraceEnabled",
        expected: "true or false",
        set: |setting, value| flag(&mut setting.data_trace_enabled, value),
    },
    Row {
        path: "throttling/burstLimit",
        member: "throttlingBurstLimit",
        expected: "a whole number from 0 to 2147483647, or -1 for none",
        set: |setting, value| {
            let burst: i32 = value.parse().ok().filter(|burst| *burst >= -1)?;
            setting.throttling_burst_limit = u32::try_from(burst).ok();
            Some(())
        },
    },
    Row {
        path: "throttling/rateLimit",
        member: "throttlingRateLimit",
        expected: "a number from 0, or -1 for none",
        set: |setting, value| {
            let rate: f64 = value.parse().ok()?;
            setting.throttling_rate_limit = match rate {
                -1.0 => None,
                _ if rate.is_finite() && rate >= 0.0 => Some(rate),
                _ => return None,
            };
            Some(())
        },
    },
    Row {
        path: "caching/enabled",
        member: "cachingEnabled",
        expected: "true or false",
        set: |setting, value| flag(&mut setting.caching_enabled, value),
    },
    Row {
        path: "caching/ttlInSeconds",
        member: "cacheTtlInSeconds",
        expected: "a whole number from 0 to 3600",
        set: |setting, value| {
            let seconds = value.parse().ok().filter(|seconds| *seconds <= 3600)?;
            setting.cache_ttl_in_seconds = Some(seconds);
            Some(())
        },
    },
    Row {
        path: "caching/dataEncrypted",
        member: "cacheDataEncrypted",
        expected: "true or false",
        set: |setting, value| flag(&mut setting.cache_data_encrypted, value),
    },
    Row {
        path: "caching/requireAuthorizationForCacheControl",
        member: "requireAuthorizationForCacheControl",
        expected: "true or false",
        set: |setting, value| flag(&mut setting.require_authorization_for_cache_control, value),
    },
    Row {
        path: "caching/unauthorizedCacheControlHeaderStrategy",
        member: "unauthorizedCacheControlHeaderStrategy",
        expected: "FAIL_WITH_403, SUCCEED_WITH_RESPONSE_HEADER or SUCCEED_WITHOUT_RESPONSE_HEADER",
        set: |setting, value| {
            let strategy = |strategy: &UnauthorizedCacheControl| strategy.as_str() == value;
            let found = UnauthorizedCacheControl::ALL.iter().copied().find(strategy);
            setting.unauthorized_cache_control_header_strategy = Some(found?);
            Some(())
        },
    },
];

/// Whatever is not `true` is false (recorded).
fn flag(member: &mut Option<bool>, value: &str) -> Option<()> {
    *member = Some(value == "true");
    Some(())
}

impl MethodSettingName {
    /// All settings.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(Self)
    }

    /// The name in paths, such as `throttling/rateLimit`.
    #[must_use]
    pub const fn path(self) -> &'static str {
        self.0.path
    }

    /// The member of a method's settings on the wire, such as `throttlingRateLimit`.
    #[must_use]
    pub const fn member(self) -> &'static str {
        self.0.member
    }

    /// Gives the setting a value, spelled as patches spell it.
    ///
    /// A throttle of -1 is none: the member is absent then.
    ///
    /// # Errors
    ///
    /// [`DeployError::InvalidSettingValue`]; the settings are then unchanged.
    pub fn set(self, settings: &mut MethodSetting, value: &str) -> Result<(), DeployError> {
        (self.0.set)(settings, value).ok_or_else(|| DeployError::InvalidSettingValue {
            name: self.0.path,
            value: beginning(value),
            expected: self.0.expected,
        })
    }
}

impl FromStr for MethodSettingName {
    type Err = DeployError;

    fn from_str(path: &str) -> Result<Self, DeployError> {
        Self::all()
            .find(|name| name.path() == path)
            .ok_or_else(|| invalid_path(path))
    }
}

impl fmt::Debug for MethodSettingName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MethodSettingName({:?})", self.path())
    }
}

impl PartialEq for MethodSettingName {
    fn eq(&self, other: &Self) -> bool {
        self.path() == other.path()
    }
}

impl Eq for MethodSettingName {}

/// Whose settings they are: a method by its resource's path and verb, or `*/*`.
///
/// A path may be spelled with its slashes or with `~1` in their place, and with its first slash or
/// without: all are one key. A stage keeps the spelling that came first, which is what clients look it
/// up by.
///
/// ```
/// use tollgate_deploy::MethodKey;
///
/// let key: MethodKey = "~1pets~1{id}/GET".parse()?;
/// assert_eq!(key, "pets/{id}/GET".parse()?);
/// assert_eq!(key.as_str(), "~1pets~1{id}/GET");
/// assert_eq!(key.plain(), "pets/{id}/GET");
/// # Ok::<(), tollgate_deploy::DeployError>(())
/// ```
#[derive(Clone, Debug)]
pub struct MethodKey {
    spelled: String,
    plain: String,
}

impl MethodKey {
    /// The key of the settings that those of a method begin with.
    #[must_use]
    pub fn any() -> Self {
        Self {
            spelled: ANY.to_owned(),
            plain: ANY.to_owned(),
        }
    }

    /// Splits a path of patches, such as `/pets/GET/throttling/rateLimit`, into whose setting it names
    /// and which.
    ///
    /// # Errors
    ///
    /// [`DeployError::InvalidSettingPath`] where it names none, and [`DeployError::TooLong`].
    pub fn split(path: &str) -> Result<(Self, MethodSettingName), DeployError> {
        let parts = || {
            let (rest, last) = path.strip_prefix('/')?.rsplit_once('/')?;
            let (key, group) = rest.rsplit_once('/')?;
            let name = &path[path.len() - group.len() - last.len() - 1..];
            Some((Self::read(key)?, name.parse().ok()?))
        };
        check_length("the path of a setting", path, MAX_METHOD_KEY_BYTES)?;
        parts().ok_or_else(|| invalid_path(path))
    }

    fn read(spelled: &str) -> Option<Self> {
        let (resource, verb) = spelled.rsplit_once('/')?;
        let plain = if spelled == ANY {
            ANY.to_owned()
        } else {
            let is_verb = |method: &HttpMethod| method.as_str() == verb;
            HttpMethod::ALL.iter().find(|method| is_verb(method))?;
            let resource = resource.replace("~1", "/").replace("~0", "~");
            let resource = resource.strip_prefix('/').unwrap_or(&resource);
            format!("{resource}/{verb}")
        };
        Some(Self {
            spelled: spelled.to_owned(),
            plain,
        })
    }

    /// The key as it was spelled.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.spelled
    }

    /// The key with the resource's path as it is, without its first slash.
    #[must_use]
    pub fn plain(&self) -> &str {
        &self.plain
    }

    /// The key under which a stage has these settings, in its own spelling.
    #[must_use]
    pub fn find<'s>(&self, stage: &'s Stage) -> Option<&'s str> {
        let settings = &stage.method_settings;
        // The same spelling is the common case, and a look-up.
        let same = settings.get_key_value(&self.spelled);
        let same = same.or_else(|| settings.get_key_value(&self.plain));
        let same = same.map(|(key, _)| key);
        let other = || {
            let is_escaped = |key: &&String| key.contains('~') || key.starts_with('/');
            let is_same = |key: &&String| Self::read(key).is_some_and(|key| key == *self);
            settings.keys().filter(is_escaped).find(is_same)
        };
        same.or_else(other).map(String::as_str)
    }
}

/// Reads a key such as `pets/GET`.
impl FromStr for MethodKey {
    type Err = DeployError;

    fn from_str(spelled: &str) -> Result<Self, DeployError> {
        check_length("the key of a method", spelled, MAX_METHOD_KEY_BYTES)?;
        Self::read(spelled).ok_or_else(|| invalid_path(spelled))
    }
}

impl fmt::Display for MethodKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.spelled)
    }
}

impl PartialEq for MethodKey {
    fn eq(&self, other: &Self) -> bool {
        self.plain == other.plain
    }
}

impl Eq for MethodKey {}

/// Sets one setting. Where the method has none yet, it gets all: as `*/*` has them now, or else what
/// the service begins with (recorded). Later changes of `*/*` are not its own.
pub(crate) fn set(
    stage: &mut Stage,
    key: &MethodKey,
    name: MethodSettingName,
    value: &str,
) -> Result<(), DeployError> {
    let found = key.find(stage).map(str::to_owned);
    let is_new = found.is_none();
    let settings = &mut stage.method_settings;
    if is_new {
        check_count(
            "methods with settings",
            settings.len() + 1,
            MAX_METHOD_SETTINGS,
        )?;
    }
    let spelled = found.unwrap_or_else(|| key.as_str().to_owned());
    let before = settings.get(&spelled).or_else(|| settings.get(ANY));
    let mut setting = before.cloned().unwrap_or_else(first_setting);
    name.set(&mut setting, value)?;
    settings.insert(spelled, setting);
    Ok(())
}

/// Removes the settings of a method, or of `*/*`.
pub(crate) fn remove(stage: &mut Stage, key: &MethodKey) -> Result<(), DeployError> {
    let Some(spelled) = key.find(stage).map(str::to_owned) else {
        return Err(DeployError::NothingToRemove {
            path: beginning(key.as_str()),
        });
    };
    stage.method_settings.shift_remove(&spelled);
    Ok(())
}

/// What the settings of a method are before any is set (recorded).
fn first_setting() -> MethodSetting {
    let mut setting = MethodSetting::default();
    setting.metrics_enabled = Some(false);
    setting.data_trace_enabled = Some(false);
    setting.throttling_burst_limit = Some(5_000);
    setting.throttling_rate_limit = Some(10_000.0);
    setting.caching_enabled = Some(false);
    setting.cache_ttl_in_seconds = Some(300);
    setting.cache_data_encrypted = Some(false);
    setting.require_authorization_for_cache_control = Some(true);
    setting.unauthorized_cache_control_header_strategy =
        Some(UnauthorizedCacheControl::SucceedWithResponseHeader);
    setting
}

fn invalid_path(path: &str) -> DeployError {
    DeployError::InvalidSettingPath {
        path: beginning(path),
    }
}
