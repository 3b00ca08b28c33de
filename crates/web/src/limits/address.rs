//! From where a request comes.

use std::net::{IpAddr, Ipv6Addr};

use actix_web::HttpRequest;
use ipnet::IpNet;

/// The address of whoever asks: the last one in `X-Forwarded-For` that is not one of our proxies, if one of them handed the
/// request over; else who opened the connection. What stands further left was written by whoever pleased.
pub(super) fn of(request: &HttpRequest, proxies: &[IpNet]) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    let lines = request.headers().get_all("x-forwarded-for");
    let texts: Vec<&str> = lines.filter_map(|line| line.to_str().ok()).collect();
    Some(believed(peer, &texts, proxies))
}

fn believed(peer: IpAddr, forwarded: &[&str], proxies: &[IpNet]) -> IpAddr {
    let is_proxy = |address: IpAddr| proxies.iter().any(|network| network.contains(&address));
    let hops = forwarded.iter().rev().flat_map(|line| line.rsplit(','));
    let mut nearest = peer;
    for hop in hops {
        if !is_proxy(nearest) {
            break;
        }
        // A proxy that writes anything but an address tells nothing.
        let Ok(address) = hop.trim().parse::<IpAddr>() else {
            break;
        };
        nearest = address.to_canonical();
    }
    nearest
}

/// Who shares a bucket: one IPv4 address, or an IPv6 network of 64 bits, which one household has whole.
pub(super) fn household(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let network = address.to_bits() & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from_bits(network))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(peer: &str, forwarded: &[&str]) -> String {
        let proxies = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        believed(peer.parse().unwrap(), forwarded, &proxies).to_string()
    }

    #[test]
    fn only_what_our_proxies_wrote_is_believed() {
        assert_eq!(asked("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(asked("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(asked("10.0.0.1", &["1.1.1.1, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(asked("10.0.0.1", &["198.51.100.1, 10.0.0.2"]), "198.51.100.1");
        assert_eq!(
            asked("10.0.0.1", &["1.1.1.1", "198.51.100.1", "10.0.0.2"]),
            "198.51.100.1"
        );
        assert_eq!(asked("fd00::1", &["::ffff:198.51.100.1"]), "198.51.100.1");
    }

    #[test]
    fn what_is_no_address_is_not_believed() {
        for text in [
            "unknown",
            "",
            "198.51.100.1:4711",
            "for=198.51.100.1",
            "198.51.100.1, ",
        ] {
            assert_eq!(asked("10.0.0.1", &[text]), "10.0.0.1", "{text}");
        }
        assert_eq!(asked("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn a_network_of_64_bits_is_one_household() {
        let of = |text: &str| household(text.parse().unwrap()).to_string();

        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::1"));
        assert_ne!(of("2001:db8:1:3::1"), of("2001:db8:1:2::1"));
        assert_eq!(of("203.0.113.9"), "203.0.113.9");
    }
}
