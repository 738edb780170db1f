//! Reading a request's body: never more than it may be, never slower.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Body as _;
use tokio::time::{Instant, timeout_at};

use crate::Problem;

/// How slowly a body may come: all of it within `grace` and the time that its bytes so far take at
/// `rate` bytes a second.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MinRate {
    pub(crate) grace: Duration,
    pub(crate) rate: u32,
}

/// A body, piece by piece.
pub(crate) struct BoundedBody {
    body: Body,
    limit: u64,
    min_rate: MinRate,
    start: Instant,
    received: u64,
}

impl BoundedBody {
    /// The pieces of a body of at most `limit` bytes.
    ///
    /// # Errors
    /// [`Problem::BodyTooLarge`] where the length is announced and exceeds `limit`.
    pub(crate) fn new(body: Body, limit: u64, min_rate: MinRate) -> Result<Self, Problem> {
        if body.size_hint().lower() > limit {
            return Err(Problem::BodyTooLarge { limit });
        }
        Ok(Self {
            body,
            limit,
            min_rate,
            start: Instant::now(),
            received: 0,
        })
    }

    /// Lowers the limit.
    ///
    /// # Errors
    /// As [`BoundedBody::new`].
    pub(crate) fn limit_to(&mut self, limit: u64) -> Result<(), Problem> {
        self.limit = limit;
        match self.body.size_hint().lower() > limit {
            true => Err(Problem::BodyTooLarge { limit }),
            false => Ok(()),
        }
    }

    /// Reads what is left, in vain, before a request is refused: who is still sending when the
    /// connection is closed may never see the answer. Bodies that are themselves the reason are
    /// not read any further.
    pub(crate) async fn discard(mut self, problem: &Problem) {
        while !problem.is_in_the_body()
            && let Ok(Some(_)) = self.next().await
        {}
    }

    /// The next bytes; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        let received = self.received;
        let earned = Duration::from_secs_f64(received as f64 / f64::from(self.min_rate.rate));
        let deadline = self.start + self.min_rate.grace + earned;
        loop {
            let frame = match timeout_at(deadline, self.body.frame()).await {
                Err(_) => return Err(Problem::TooSlow { received }),
                Ok(None) => return Ok(None),
                Ok(Some(Err(_))) => return Err(Problem::BodyIncomplete { received }),
                Ok(Some(Ok(frame))) => frame,
            };
            // Trailers are of no interest.
            if let Ok(bytes) = frame.into_data() {
                self.received += bytes.len() as u64;
                if self.received > self.limit {
                    return Err(Problem::BodyTooLarge { limit: self.limit });
                }
                return Ok(Some(bytes));
            }
        }
    }

    /// All of it.
    pub(crate) async fn collect(&mut self) -> Result<Vec<u8>, Problem> {
        let mut all = Vec::new();
        while let Some(bytes) = self.next().await? {
            all.extend_from_slice(&bytes);
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    const MIN_RATE: MinRate = MinRate {
        grace: Duration::from_secs(10),
        rate: 100,
    };

    fn pieces(of: &[&'static str], limit: u64) -> BoundedBody {
        let pieces: Vec<_> = of.iter().map(|s| Ok::<_, std::io::Error>(*s)).collect();
        BoundedBody::new(Body::from_stream(stream::iter(pieces)), limit, MIN_RATE).unwrap()
    }

    #[tokio::test]
    async fn a_body_within_its_limit_is_read() {
        assert_eq!(pieces(&["ab", "", "c"], 3).collect().await.unwrap(), b"abc");
    }

    #[tokio::test]
    async fn a_body_beyond_its_limit_is_refused_as_soon_as_that_is_known() {
        let refused = pieces(&["ab", "c"], 2).collect().await;
        assert!(matches!(refused, Err(Problem::BodyTooLarge { limit: 2 })));
        let announced = BoundedBody::new(Body::from("abc"), 2, MIN_RATE);
        assert!(matches!(announced, Err(Problem::BodyTooLarge { limit: 2 })));
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_told_from_one_that_ends() {
        let broken = [Ok("ab"), Err(std::io::Error::other("gone"))];
        let body = Body::from_stream(stream::iter(broken));
        let refused = BoundedBody::new(body, 9, MIN_RATE).unwrap().collect().await;
        assert!(matches!(
            refused,
            Err(Problem::BodyIncomplete { received: 2 })
        ));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_trickles_is_given_up() {
        let trickle = stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Some((Ok::<_, std::io::Error>("x"), ()))
        });
        let mut slow = BoundedBody::new(Body::from_stream(trickle), 1000, MIN_RATE).unwrap();
        let refused = slow.collect().await;
        assert!(
            matches!(refused, Err(Problem::TooSlow { received: 10 })),
            "{refused:?}"
        );
    }
}
