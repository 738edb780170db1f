//! The body of a request, read with a limit on its length and a minimum rate.
//!
//! `tower-http` bounds the length or the total time of a body. The server needs a deadline that
//! grows with the bytes received, and a limit that shrinks once the model is known.
//!
//! Relies on tokio for deadlines. Not for the meaning of the bytes, which the readers of the wire
//! format check.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Body as _;
use tokio::time::{Instant, timeout_at};

use crate::problem::Problem;

/// The minimum rate of a body: its next bytes must arrive before the deadline, which is `grace`
/// plus the time that the bytes so far take at `rate` bytes a second.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MinRate {
    pub(crate) grace: Duration,
    pub(crate) rate: u32,
}

/// A body that is read chunk by chunk.
pub(crate) struct BoundedBody {
    body: Body,
    limit: u64,
    min_rate: MinRate,
    start: Instant,
    received: u64,
}

impl BoundedBody {
    /// Bounds a body to `limit` bytes. The clock of `min_rate` starts now.
    ///
    /// # Errors
    /// [`Problem::BodyTooLarge`] if the announced length exceeds `limit`.
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
    /// [`Problem::BodyTooLarge`] if the announced length of the rest exceeds `limit`.
    pub(crate) fn limit_to(&mut self, limit: u64) -> Result<(), Problem> {
        self.limit = limit;
        match self.body.size_hint().lower() > limit {
            true => Err(Problem::BodyTooLarge { limit }),
            false => Ok(()),
        }
    }

    /// Reads and drops the rest of the body of a refused request. A client that is still sending
    /// when the connection closes may lose the response. Does nothing if the body is itself the
    /// reason of the `problem`.
    pub(crate) async fn discard(mut self, problem: &Problem) {
        while !problem.leaves_body_unread()
            && let Ok(Some(_)) = self.next().await
        {}
    }

    /// Returns the next chunk; `None` at the end.
    ///
    /// # Errors
    /// - [`Problem::TooSlow`] if no chunk arrives before the deadline.
    /// - [`Problem::BodyIncomplete`] if the connection breaks.
    /// - [`Problem::BodyTooLarge`] if the body exceeds its limit.
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
            // Other frames are trailers, which the API does not use.
            if let Ok(bytes) = frame.into_data() {
                self.received += bytes.len() as u64;
                if self.received > self.limit {
                    return Err(Problem::BodyTooLarge { limit: self.limit });
                }
                return Ok(Some(bytes));
            }
        }
    }

    /// Returns the rest of the body.
    ///
    /// # Errors
    /// The errors of [`BoundedBody::next`].
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

    fn body_of(chunks: &[&'static str], limit: u64) -> BoundedBody {
        let chunks: Vec<_> = chunks.iter().map(|s| Ok::<_, std::io::Error>(*s)).collect();
        BoundedBody::new(Body::from_stream(stream::iter(chunks)), limit, MIN_RATE).unwrap()
    }

    #[tokio::test]
    async fn a_body_within_its_limit_is_read() {
        assert_eq!(
            body_of(&["ab", "", "c"], 3).collect().await.unwrap(),
            b"abc"
        );
    }

    #[tokio::test]
    async fn a_body_beyond_its_limit_is_refused_at_once() {
        let refused = body_of(&["ab", "c"], 2).collect().await;
        assert!(matches!(refused, Err(Problem::BodyTooLarge { limit: 2 })));
        let announced = BoundedBody::new(Body::from("abc"), 2, MIN_RATE);
        assert!(matches!(announced, Err(Problem::BodyTooLarge { limit: 2 })));
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_incomplete() {
        let broken = [Ok("ab"), Err(std::io::Error::other("gone"))];
        let body = Body::from_stream(stream::iter(broken));
        let refused = BoundedBody::new(body, 9, MIN_RATE).unwrap().collect().await;
        assert!(matches!(
            refused,
            Err(Problem::BodyIncomplete { received: 2 })
        ));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_trickles_is_too_slow() {
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
