//! The limit on the requests from one address.
//!
//! Relies on `governor` for the generic cell rate algorithm. Not for the load of all addresses
//! together, which `compute.rs` bounds.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use client_ip::rightmost_x_forwarded_for;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use crate::body::{BoundedBody, MinRate};
use crate::problem::Problem;

/// The number of addresses from which on the limiter drops those that were idle for long.
const CLEAN_UP_AT: usize = 10_000;

/// The length up to which the server reads the body of a refused request, so that its client can
/// read the response.
const SMALL: u64 = 1 << 20;
/// The rate at which such a body must arrive.
const MIN_RATE: MinRate = MinRate {
    grace: Duration::from_secs(2),
    rate: SMALL as u32,
};

/// A limit on the requests from one address, by the generic cell rate algorithm.
pub(crate) struct RateLimit {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
    behind_proxy: bool,
}

impl RateLimit {
    /// Returns a limit of `rate` requests a second, with bursts of twice as many; `None` if `rate`
    /// is zero. With `behind_proxy`, the client's address is the last one in `X-Forwarded-For`.
    pub(crate) fn new(rate: u32, behind_proxy: bool) -> Option<Arc<Self>> {
        let rate = NonZeroU32::new(rate)?;
        let quota = Quota::per_second(rate).allow_burst(rate.saturating_add(rate.get()));
        Some(Arc::new(Self {
            limiter: DefaultKeyedRateLimiter::keyed(quota),
            clock: DefaultClock::default(),
            behind_proxy,
        }))
    }

    /// Counts a request from this address.
    ///
    /// # Errors
    /// [`Problem::RateLimited`] if the address has sent too many.
    fn check(&self, address: IpAddr) -> Result<(), Problem> {
        if self.limiter.len() > CLEAN_UP_AT {
            self.limiter.retain_recent();
        }
        let checked = self.limiter.check_key(&network(address));
        checked.map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            let retry_after = wait.as_secs() + 1;
            Problem::RateLimited { retry_after }
        })
    }

    /// Returns the address of the client. Only the last entry of `X-Forwarded-For` is the proxy's
    /// own; clients can write the others.
    fn client_address(&self, headers: &HeaderMap, peer: SocketAddr) -> IpAddr {
        let forwarded = || rightmost_x_forwarded_for(headers).ok();
        self.behind_proxy
            .then(forwarded)
            .flatten()
            .unwrap_or(peer.ip())
    }
}

/// Passes a request on, or refuses it if its address has sent too many.
pub(crate) async fn rate_limit(
    State(limit): State<Arc<RateLimit>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    match limit.check(limit.client_address(request.headers(), peer)) {
        Ok(()) => next.run(request).await,
        Err(problem) => {
            if let Ok(rest) = BoundedBody::new(request.into_body(), SMALL, MIN_RATE) {
                rest.discard(&problem).await;
            }
            problem.into_response()
        }
    }
}

/// Returns the network of one client: the IPv4 address, or the IPv6 prefix of 64 bits.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let prefix = v6.to_bits() >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from_bits(prefix))
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn each_address_has_a_limit_of_its_own() {
        let limit = RateLimit::new(1, false).unwrap();
        let (one, other) = (address("10.0.0.1"), address("10.0.0.2"));
        assert!(limit.check(one).is_ok() && limit.check(one).is_ok());
        let refused = limit.check(one);
        assert!(matches!(
            refused,
            Err(Problem::RateLimited { retry_after: 1 })
        ));
        assert!(limit.check(other).is_ok());
        assert!(RateLimit::new(0, false).is_none());
    }

    #[test]
    fn addresses_of_an_ipv6_prefix_share_a_limit() {
        assert_eq!(
            network(address("2001:db8:1:2:3::4")),
            network(address("2001:db8:1:2::9"))
        );
        assert_ne!(
            network(address("2001:db8:1:2::1")),
            network(address("2001:db8:1:3::1"))
        );
        assert_eq!(network(address("::ffff:10.0.0.1")), address("10.0.0.1"));
    }

    #[test]
    fn only_the_last_forwarded_address_counts_and_only_behind_a_proxy() {
        let peer = "192.0.2.1:1".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "10.9.9.9, 10.0.0.7".parse().unwrap());
        let client = |headers: &HeaderMap, behind_proxy| {
            let limit = RateLimit::new(1, behind_proxy).unwrap();
            limit.client_address(headers, peer)
        };
        assert_eq!(client(&headers, false), address("192.0.2.1"));
        assert_eq!(client(&headers, true), address("10.0.0.7"));
        let none = HeaderMap::new();
        assert_eq!(client(&none, true), address("192.0.2.1"));
    }
}
