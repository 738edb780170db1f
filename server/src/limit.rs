//! How many requests one address may make.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use crate::Problem;
use crate::body::{BoundedBody, MinRate};

/// How many addresses are remembered before those that have long been quiet are forgotten.
const SWEEP_AT: usize = 10_000;

/// Bodies up to this length are read even of those who ask too often, so that they see the answer.
const SMALL: u64 = 1 << 20;
const MIN_RATE: MinRate = MinRate {
    grace: Duration::from_secs(2),
    rate: SMALL as u32,
};

/// The address at the other end of the connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// The limit on requests from one address.
pub(crate) struct RateLimit {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
    behind_proxy: bool,
}

impl RateLimit {
    /// `rate` requests a second and bursts of twice as many; no limit where it is 0.
    pub(crate) fn new(rate: u32, behind_proxy: bool) -> Option<Arc<Self>> {
        let rate = NonZeroU32::new(rate)?;
        let quota = Quota::per_second(rate).allow_burst(rate.saturating_add(rate.get()));
        Some(Arc::new(Self {
            limiter: DefaultKeyedRateLimiter::keyed(quota),
            clock: DefaultClock::default(),
            behind_proxy,
        }))
    }

    fn admit(&self, address: IpAddr) -> Result<(), Problem> {
        if self.limiter.len() > SWEEP_AT {
            self.limiter.retain_recent();
        }
        let verdict = self.limiter.check_key(&network(address));
        verdict.map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            let retry_after = wait.as_secs() + 1;
            Problem::RateLimited { retry_after }
        })
    }

    fn visitor(&self, headers: &HeaderMap, Peer(peer): Peer) -> IpAddr {
        let forwarded = || {
            let last = headers.get_all("x-forwarded-for").iter().next_back()?;
            last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
        };
        self.behind_proxy
            .then(forwarded)
            .flatten()
            .unwrap_or(peer.ip())
    }
}

/// Lets a request through, or tells when to come back.
pub(crate) async fn rate_limit(
    State(limit): State<Arc<RateLimit>>,
    request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<Peer>().copied();
    let visitor = peer.map(|peer| limit.visitor(request.headers(), peer));
    match visitor.map_or(Ok(()), |visitor| limit.admit(visitor)) {
        Ok(()) => next.run(request).await,
        Err(problem) => {
            if let Ok(rest) = BoundedBody::new(request.into_body(), SMALL, MIN_RATE) {
                rest.discard(&problem).await;
            }
            problem.into_response()
        }
    }
}

/// What is one visitor's: an IPv4 address, or an IPv6 network of 64 bits.
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
    fn one_address_does_not_use_up_what_another_has() {
        let limit = RateLimit::new(1, false).unwrap();
        let (one, other) = (address("10.0.0.1"), address("10.0.0.2"));
        assert!(limit.admit(one).is_ok() && limit.admit(one).is_ok());
        let refused = limit.admit(one);
        assert!(matches!(
            refused,
            Err(Problem::RateLimited { retry_after: 1 })
        ));
        assert!(limit.admit(other).is_ok());
        assert!(RateLimit::new(0, false).is_none());
    }

    #[test]
    fn neighbours_in_a_network_count_as_one() {
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
    fn only_a_proxy_is_believed_and_only_its_own_entry() {
        let peer = Peer("192.0.2.1:1".parse().unwrap());
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "10.9.9.9, 10.0.0.7".parse().unwrap());
        let seen = |behind| RateLimit::new(1, behind).unwrap().visitor(&headers, peer);
        assert_eq!(seen(false), address("192.0.2.1"));
        assert_eq!(seen(true), address("10.0.0.7"));
        let none = HeaderMap::new();
        assert_eq!(
            RateLimit::new(1, true).unwrap().visitor(&none, peer),
            address("192.0.2.1")
        );
    }
}
