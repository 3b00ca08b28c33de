//! How many requests each caller may send: a bucket that a request takes a drop out of and time fills again.
//!
//! Each process counts by itself, so an installation of two servers lets through twice as much at most. Who sends what
//! opens nothing is counted by address, and a company as a whole beside each of its callers. Who wants to sign in is counted
//! by address, and who asks for a mail by the account, too.

mod address;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use actix_web::{
    HttpMessage as _, HttpRequest,
    http::header::{HeaderName, HeaderValue},
};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DashMapStateStore,
};
use ipnet::IpNet;
use kale_application::{
    access::{Caller, Who},
    viewer::Ticket,
};
use kale_domain::{
    email::Email,
    fold::fold,
    id::{ApiKeyId, CompanyId, UserId},
};

use crate::Problem;

/// A bucket of a caller holds what flows into it in that many seconds.
const WINDOW: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);
/// The same of an address from where people sign in.
const DOOR_WINDOW: NonZeroU32 = NonZeroU32::MIN.saturating_add(59);
/// What share of a caller's requests in a second an account may ask for mails in [`ACCOUNT_WINDOW`]. A stranger who asks in
/// somebody's name makes them wait, and gets few codes to guess.
const ACCOUNT_SHARE: u32 = 20;
const ACCOUNT_WINDOW: NonZeroU32 = NonZeroU32::MIN.saturating_add(50 * 60 - 1);
/// How many times as much a company may send as one of its callers.
const COMPANY: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);
/// What share a subscriber or a stranger may send of what a caller may.
const SHARE: u32 = 5;
/// After how many requests full buckets are thrown away.
const SWEEP: u32 = 10_000;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The buckets of a process. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Limits(Arc<All>);

#[derive(Debug)]
struct All {
    callers: Buckets<Spender>,
    subscribers: Buckets<(CompanyId, String)>,
    companies: Buckets<CompanyId>,
    strangers: Buckets<IpAddr>,
    doors: Buckets<IpAddr>,
    accounts: Buckets<String>,
    proxies: Vec<IpNet>,
}

/// Whose bucket it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Spender {
    Person(UserId),
    Program(ApiKeyId),
}

/// How full a bucket is after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Left {
    name: &'static str,
    pace: Pace,
    remaining: u32,
}

/// How much flows into a bucket, and so how much it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pace {
    whole: NonZeroU32,
    seconds: NonZeroU32,
}

impl Pace {
    const fn new(whole: NonZeroU32, seconds: NonZeroU32) -> Self {
        Self { whole, seconds }
    }

    fn quota(self) -> Quota {
        let each = Duration::from_secs(self.seconds.get().into()) / self.whole.get();
        // What flows faster than a nanosecond a drop has no limit.
        let quota = Quota::with_period(each).unwrap_or(Quota::per_second(NonZeroU32::MAX));
        quota.allow_burst(self.whole)
    }
}

/// Buckets of one size.
struct Buckets<K: Hash + Eq + Clone, C: Clock = DefaultClock> {
    name: &'static str,
    pace: Pace,
    limiter: RateLimiter<K, DashMapStateStore<K>, C, StateInformationMiddleware>,
    clock: C,
    since_sweep: AtomicU32,
}

impl Limits {
    /// With that many requests a second of each caller in the long run, ten seconds' worth of them at once; from those
    /// proxies it is believed for whom they ask.
    #[must_use]
    pub fn new(per_second: NonZeroU32, proxies: Vec<IpNet>) -> Self {
        let clock = DefaultClock::default();
        let share = NonZeroU32::new(per_second.get() / SHARE).unwrap_or(NonZeroU32::MIN);
        let mails = NonZeroU32::new(per_second.get() / ACCOUNT_SHARE).unwrap_or(NonZeroU32::MIN);
        Self(Arc::new(All {
            callers: Buckets::new("caller", per_second, clock.clone()),
            subscribers: Buckets::new("subscriber", share, clock.clone()),
            companies: Buckets::new("company", per_second.saturating_mul(COMPANY), clock.clone()),
            strangers: Buckets::new("address", share, clock.clone()),
            doors: Buckets::paced("sign-in", Pace::new(share, DOOR_WINDOW), clock.clone()),
            accounts: Buckets::paced("account", Pace::new(mails, ACCOUNT_WINDOW), clock),
            proxies,
        }))
    }

    /// The address a request came from, past the proxies that are trusted.
    pub(crate) fn address(&self, request: &HttpRequest) -> Option<IpAddr> {
        address::of(request, &self.0.proxies)
    }

    /// A request of a caller.
    pub(crate) fn caller(&self, request: &HttpRequest, caller: &Caller) -> Result<(), Problem> {
        let spender = match &caller.who {
            Who::Person(presence) => Spender::Person(presence.user.id),
            Who::Program(holder) => Spender::Program(holder.key.id),
        };
        let left = self.0.callers.take(&spender)?;
        if let Some(company) = caller.company() {
            let _whole = self.0.companies.take(&company.id)?;
        }
        keep(request, left);
        Ok(())
    }

    /// A request with a subscriber's token.
    pub(crate) fn subscriber(&self, request: &HttpRequest, ticket: &Ticket) -> Result<(), Problem> {
        let company = ticket.company.id;
        let key = (company, ticket.claims.token_id.clone());
        let left = self.0.subscribers.take(&key)?;
        let _whole = self.0.companies.take(&company)?;
        keep(request, left);
        Ok(())
    }

    /// Somebody tries to sign in.
    pub(crate) fn door(&self, request: &HttpRequest) -> Result<(), Problem> {
        if let Some(address) = self.address(request) {
            keep(request, self.0.doors.take(&address::household(address))?);
        }
        Ok(())
    }

    /// Somebody asks for a mail to that address, whether anybody has it or not.
    pub(crate) fn mail(&self, request: &HttpRequest, email: &Email) -> Result<(), Problem> {
        self.door(request)?;
        self.0.accounts.take(&fold(email.as_str())).map(drop)
    }

    /// What a request is answered that has no credential, or one that opens nothing: that refusal, or that too many came
    /// from its address. Counted once, however many of its extractors ask.
    pub(crate) fn refused(&self, request: &HttpRequest, refusal: Problem) -> Problem {
        let counted = request.extensions().get::<Left>().is_some();
        let address = address::of(request, &self.0.proxies).filter(|_| !counted);
        let taken = address.map(|address| self.0.strangers.take(&address::household(address)));
        match taken {
            Some(Err(too_many)) => too_many,
            Some(Ok(left)) => {
                keep(request, left);
                refusal
            }
            None => refusal,
        }
    }
}

fn keep(request: &HttpRequest, left: Left) {
    request.extensions_mut().insert(left);
}

impl<K: Hash + Eq + Clone, C: Clock + Clone> Buckets<K, C> {
    /// Of a caller's size.
    fn new(name: &'static str, per_second: NonZeroU32, clock: C) -> Self {
        Self::paced(name, Pace::new(per_second.saturating_mul(WINDOW), WINDOW), clock)
    }

    fn paced(name: &'static str, pace: Pace, clock: C) -> Self {
        Self {
            name,
            pace,
            limiter: RateLimiter::new(pace.quota(), DashMapStateStore::default(), clock.clone()),
            clock,
            since_sweep: AtomicU32::new(0),
        }
    }

    /// Takes a drop; the problem says when there is one again.
    fn take(&self, key: &K) -> Result<Left, Problem> {
        if self.since_sweep.fetch_add(1, Ordering::Relaxed) >= SWEEP {
            self.since_sweep.store(0, Ordering::Relaxed);
            self.limiter.retain_recent();
        }
        match self.limiter.check_key(key) {
            Ok(snapshot) => Ok(self.left(snapshot.remaining_burst_capacity())),
            Err(until) => Err(self.refused(until.wait_time_from(self.clock.now()))),
        }
    }

    const fn left(&self, remaining: u32) -> Left {
        Left {
            name: self.name,
            pace: self.pace,
            remaining,
        }
    }

    fn refused(&self, wait: Duration) -> Problem {
        let problem = Problem::of("rate-limited").detail(format!(
            "{} requests in {} seconds are let through for each {}",
            self.pace.whole, self.pace.seconds, self.name
        ));
        let headers = self.left(0).headers().into_iter();
        let problem = headers.fold(problem, |problem, (name, value)| problem.header(name, value));
        problem.retry_after(wait)
    }
}

impl Left {
    /// As answers say it (draft-ietf-httpapi-ratelimit-headers-10): what is let through, what is left of it, and in how
    /// many seconds it is whole again.
    pub(crate) fn headers(self) -> Vec<(HeaderName, HeaderValue)> {
        let Self {
            name,
            pace,
            remaining,
        } = self;
        let (whole, window) = (pace.whole.get(), pace.seconds.get());
        let missing = u64::from(whole.saturating_sub(remaining)) * u64::from(window);
        let again = missing.div_ceil(u64::from(whole));
        let texts = [
            (POLICY, format!("\"{name}\";q={whole};w={window}")),
            (LIMIT, format!("\"{name}\";r={remaining};t={again}")),
        ];
        texts
            .into_iter()
            .filter_map(|(name, text)| Some((name, HeaderValue::try_from(text).ok()?)))
            .collect()
    }
}

impl<K: Hash + Eq + Clone, C: Clock> fmt::Debug for Buckets<K, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buckets")
            .field("name", &self.name)
            .field("pace", &self.pace)
            .finish_non_exhaustive()
    }
}
