//! Which addresses may be asked. A name is judged by what it resolves to at the moment of connecting, so that one that
//! changes between a look and a use opens nothing.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use reqwest::{
    Url,
    dns::{Addrs, Name, Resolve, Resolving},
};

/// Where requests may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destinations {
    /// Public addresses by https.
    Public,
    /// Those, and this machine by http, too: for emulators in tests and in development. Where an address comes from a
    /// company it is never this.
    PublicAndLoopback,
}

impl Destinations {
    /// Whether that address may be connected to.
    #[must_use]
    pub fn allow(self, address: IpAddr) -> bool {
        is_public(address) || (self == Self::PublicAndLoopback && plain(address).is_loopback())
    }

    /// Whether the text of an address may be asked at all, before any name in it is resolved.
    pub(crate) fn allow_url(self, url: &Url) -> bool {
        let (Some(host), true, None) = (url.host_str(), url.username().is_empty(), url.password()) else {
            return false;
        };
        // Addresses in brackets are those of version 6.
        let literal: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
        let here = literal.map_or(host == "localhost", |address| plain(address).is_loopback());
        let scheme = match url.scheme() {
            "https" => true,
            "http" => here && self == Self::PublicAndLoopback,
            _ => false,
        };
        // No resolver is asked about a literal.
        scheme && literal.is_none_or(|address| self.allow(address))
    }
}

/// Says that nothing was connected because no address of the name may be.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to no address that may be asked")]
pub(crate) struct Forbidden;

/// Resolves names, and forgets the addresses that may not be asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Guarded(pub(crate) Destinations);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let destinations = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.collect();
            if found.is_empty() {
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
            let allowed: Vec<SocketAddr> = found
                .into_iter()
                .filter(|address| destinations.allow(address.ip()))
                .collect();
            if allowed.is_empty() {
                return Err(Forbidden.into());
            }
            let allowed: Addrs = Box::new(allowed.into_iter());
            Ok(allowed)
        })
    }
}

/// An address of version 4 that wears the dress of version 6, undressed.
fn plain(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(six) => six.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

fn is_public(address: IpAddr) -> bool {
    match plain(address) {
        IpAddr::V4(four) => is_public_v4(four),
        IpAddr::V6(six) => is_public_v6(six),
    }
}

/// Everything but what IANA keeps for special purposes.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(a == 0
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19)))
}

/// Global unicast, less what carries an address of version 4 or is for documents.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let global = (first & 0xe000) == 0x2000;
    let protocols = first == 0x2001 && second < 0x0200;
    let documents = (first == 0x2001 && second == 0x0db8) || (first == 0x3fff && second < 0x1000);
    let six_to_four = first == 0x2002;
    global && !protocols && !documents && !six_to_four
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_that_is_not_public_is_refused_in_every_dress() {
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "127.1.2.3",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            let address: IpAddr = text.parse().unwrap();
            assert!(!Destinations::Public.allow(address), "{text}");
        }
    }

    #[test]
    fn a_public_address_is_allowed() {
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "100.128.0.1",
            "172.32.0.1",
            "2606:4700::1111",
            "2a00:1450::1",
        ] {
            assert!(Destinations::Public.allow(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn loopback_is_opened_by_name_only_and_nothing_else_with_it() {
        let here = Destinations::PublicAndLoopback;
        for text in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            assert!(here.allow(text.parse().unwrap()), "{text}");
        }
        for text in ["10.0.0.1", "169.254.169.254", "0.0.0.0", "fd12::1"] {
            assert!(!here.allow(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn a_url_is_judged_before_a_name_is_resolved() {
        for text in [
            "http://api.example.com/",
            "ftp://api.example.com/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://[::ffff:a00:1]/",
            "https://ada:secret@api.example.com/",
            "https://ada@api.example.com/",
            "http://localhost/",
        ] {
            assert!(!Destinations::Public.allow_url(&url(text)), "{text}");
        }
        assert!(Destinations::Public.allow_url(&url("https://api.example.com/a?b=c")));
        let here = Destinations::PublicAndLoopback;
        for text in [
            "http://localhost:4100/",
            "http://127.0.0.1:1/",
            "http://[::1]:1/",
            "https://api.example.com/",
        ] {
            assert!(here.allow_url(&url(text)), "{text}");
        }
        for text in ["http://api.example.com/", "http://10.0.0.1/", "https://10.0.0.1/"] {
            assert!(!here.allow_url(&url(text)), "{text}");
        }
    }

    proptest! {
        /// The standard library's own words for what is not for everybody, over all addresses.
        #[test]
        fn no_private_address_is_public(bits: u32) {
            let four = Ipv4Addr::from_bits(bits);
            let special = four.is_private() || four.is_loopback() || four.is_link_local() || four.is_multicast()
                || four.is_unspecified() || four.is_broadcast();
            prop_assert!(!(special && Destinations::Public.allow(four.into())));
            let dressed = IpAddr::V6(four.to_ipv6_mapped());
            prop_assert_eq!(Destinations::Public.allow(dressed), Destinations::Public.allow(four.into()));
        }
    }
}
