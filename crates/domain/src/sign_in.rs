//! A person's authenticated presence. (*Session* always means a walk of a workflow.)

use jiff::{SignedDuration, Timestamp};

use crate::{
    error::FieldError,
    id::{CompanyId, SignInId, UserId},
};

/// How long a sign-in lasts without use.
pub const IDLE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How long a sign-in lasts at most.
pub const ABSOLUTE: SignedDuration = SignedDuration::from_hours(90 * 24);
const IDLE_HOURS: u32 = 14 * 24;
const ABSOLUTE_HOURS: u32 = 90 * 24;
/// How long an access token of a program works; a refresh token gets the next one.
pub const ACCESS: SignedDuration = SignedDuration::from_mins(15);
/// How long a sign-in link works.
pub const LINK: SignedDuration = SignedDuration::from_mins(15);

/// How long a Kale admin sees what somebody else sees: then they see their own again.
pub const IMPERSONATION: SignedDuration = SignedDuration::from_mins(30);

/// Whom a Kale admin looks over the shoulder of. They see what that person sees, and change nothing meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Impersonation {
    /// Whom.
    pub user: UserId,
    /// Their version when it began: whatever is changed about them ends it.
    pub version: u64,
    /// Until when.
    pub until: Timestamp,
}

/// A sign-in of one user on one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Its identity; also stands inside the token.
    pub id: SignInId,
    /// Who.
    pub user: UserId,
    /// The company a Kale admin has switched into.
    pub acting_in: Option<CompanyId>,
    /// Whom of that company they impersonate.
    pub impersonating: Option<Impersonation>,
    /// What the browser called itself, shortened.
    pub device: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
}

impl SignIn {
    /// From when on it works no more, within those limits.
    #[must_use]
    pub fn expires_at(&self, limits: SignInLimits) -> Timestamp {
        let after = |at: Timestamp, hours: u32| {
            let hours = SignedDuration::from_hours(i64::from(hours));
            at.saturating_add(hours).unwrap_or(Timestamp::MAX)
        };
        let idle = after(self.last_seen_at, limits.idle_hours);
        idle.min(after(self.created_at, limits.absolute_hours))
    }
}

/// How long the sign-ins of a company's people last, which is never longer than [`IDLE`] and [`ABSOLUTE`]. Sign-ins that
/// have begun are held to them, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInLimits {
    idle_hours: u32,
    absolute_hours: u32,
}

impl SignInLimits {
    /// What holds where nobody asks for less: also for Kale admins, who are bound by no company.
    pub const WIDEST: Self = Self {
        idle_hours: IDLE_HOURS,
        absolute_hours: ABSOLUTE_HOURS,
    };

    /// Without use at most so many hours, 1 to 336, and so many in all, 1 to 2,160. What is wrong is told by the names
    /// `idle_hours` and `absolute_hours`.
    pub fn new(idle_hours: u32, absolute_hours: u32) -> Result<Self, Vec<FieldError>> {
        let wrong = |name: &str, most: u32| {
            let message = format!("a sign-in lasts 1 to {most} hours here");
            FieldError::new(format!("#/{name}"), "range", message)
        };
        let mut all = Vec::new();
        if !(1..=IDLE_HOURS).contains(&idle_hours) {
            all.push(wrong("idle_hours", IDLE_HOURS));
        }
        if !(1..=ABSOLUTE_HOURS).contains(&absolute_hours) {
            all.push(wrong("absolute_hours", ABSOLUTE_HOURS));
        }
        if all.is_empty() && idle_hours > absolute_hours {
            let message = "a sign-in ends without use no later than it ends at all";
            all.push(FieldError::new("#/idle_hours", "range", message));
        }
        if all.is_empty() {
            Ok(Self {
                idle_hours,
                absolute_hours,
            })
        } else {
            Err(all)
        }
    }

    /// How many hours a sign-in lasts without use.
    #[must_use]
    pub const fn idle_hours(self) -> u32 {
        self.idle_hours
    }

    /// How many hours a sign-in lasts at most.
    #[must_use]
    pub const fn absolute_hours(self) -> u32 {
        self.absolute_hours
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(created: i64, seen: i64) -> SignIn {
        let at = |hours: i64| Timestamp::from_second(hours * 3_600).unwrap();
        SignIn {
            id: SignInId::from_uuid(uuid::Uuid::from_u128(1)),
            user: UserId::from_uuid(uuid::Uuid::from_u128(2)),
            acting_in: None,
            impersonating: None,
            device: String::new(),
            created_at: at(created),
            last_seen_at: at(seen),
        }
    }

    #[test]
    fn a_sign_in_ends_by_whichever_limit_comes_first() {
        let hour = |sign_in: SignIn, limits| sign_in.expires_at(limits).as_second() / 3_600;
        let short = SignInLimits::new(8, 24).unwrap();

        assert_eq!(hour(used(0, 10), short), 18);
        assert_eq!(hour(used(0, 20), short), 24);
        assert_eq!(hour(used(0, 20), SignInLimits::WIDEST), 20 + 336);
        assert_eq!(hour(used(0, 2_159), SignInLimits::WIDEST), 2_160);
        let widest = SignInLimits::WIDEST;
        assert_eq!(IDLE.as_hours(), i64::from(widest.idle_hours()));
        assert_eq!(ABSOLUTE.as_hours(), i64::from(widest.absolute_hours()));
    }

    #[test]
    fn limits_only_ever_shorten() {
        assert_eq!(SignInLimits::new(336, 2_160), Ok(SignInLimits::WIDEST));
        let pointers = |idle, absolute| -> Vec<String> {
            let wrong = SignInLimits::new(idle, absolute).unwrap_err();
            wrong.into_iter().map(|error| error.pointer).collect()
        };
        assert_eq!(pointers(337, 2_161), ["#/idle_hours", "#/absolute_hours"]);
        assert_eq!(pointers(0, 0), ["#/idle_hours", "#/absolute_hours"]);
        assert_eq!(pointers(25, 24), ["#/idle_hours"]);
    }
}
