//! Several evaluators on one store, behind a load balancer without affinity.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hyper::StatusCode;
use tokio::sync::Mutex;

use crate::client::Client;
use crate::servers::{LocalServer, ServerProcess};
use crate::visitor::Visitor;

const EVALUATORS: usize = 3;
const VISITORS: u16 = 4;
const REQUESTS: u16 = 24;

/// A load balancer that sends each request, and each retry, to the next evaluator.
#[derive(Clone)]
struct Balancer {
    clients: Arc<Mutex<Vec<Client>>>,
    next: Arc<AtomicUsize>,
}

impl Balancer {
    async fn pick(&self) -> Client {
        let clients = self.clients.lock().await;
        clients[self.next.fetch_add(1, Ordering::Relaxed) % clients.len()].clone()
    }

    /// Sends an inference until one evaluator answers it. The result must be right.
    async fn infer(&self, visitor: &Visitor, id: &str, number: u16) {
        let (input, expected) = visitor.input_and_result(number);
        for _ in 0..1000 {
            match self.pick().await.try_infer(id, input.clone()).await {
                Ok(answer) if answer.status == StatusCode::OK => {
                    assert!(answer.body == expected, "a wrong result");
                    return;
                }
                Ok(answer) => answer.assert_problem("busy"),
                // The evaluator was killed. Any evaluator may answer the same request.
                Err(_) => {}
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("never served");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_is_lost_while_one_of_three_is_killed_and_started_again() {
    let store = tempfile::tempdir().unwrap();
    let start = || ServerProcess::start(store.path(), &["--threads", "1", "--queue", "4"]);
    let mut programs: Vec<ServerProcess> = (0..EVALUATORS).map(|_| start()).collect();
    let clients = programs
        .iter()
        .map(|program| Client::new(&program.url))
        .collect();
    let balancer = Balancer {
        clients: Arc::new(Mutex::new(clients)),
        next: Arc::default(),
    };
    let answered = Arc::new(AtomicUsize::new(0));
    let mut visits = vec![];
    for seed in 0..VISITORS {
        let (balancer, answered) = (balancer.clone(), answered.clone());
        visits.push(tokio::spawn(async move {
            let visitor = Visitor::new(100 + seed);
            // One evaluator stores the keys for all.
            let id = balancer.pick().await.upload_new(&visitor).await;
            for number in 0..REQUESTS {
                balancer.infer(&visitor, &id, number).await;
                answered.fetch_add(1, Ordering::Relaxed);
            }
        }));
    }
    let total = usize::from(VISITORS * REQUESTS);
    let until = async |count| {
        while answered.load(Ordering::Relaxed) < count {
            assert!(
                !visits.iter().all(|visit| visit.is_finished()),
                "a visit failed"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    until(total / 4).await;
    programs[1].kill();
    until(total / 2).await;
    programs[1] = start();
    balancer.clients.lock().await[1] = Client::new(&programs[1].url);
    for visit in visits {
        visit.await.expect("every request was answered");
    }
    assert_eq!(answered.load(Ordering::Relaxed), total);
    for program in &mut programs {
        assert!(program.terminate(), "the program shuts down in order");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_deleted_at_one_evaluator_are_unknown_at_the_others() {
    let store = tempfile::tempdir().unwrap();
    let start = || LocalServer::start(store.path(), &["--recheck", "1ms"]);
    let servers = [start().await, start().await];
    let [one, other] = servers.each_ref().map(|server| Client::new(&server.url));
    let visitor = Visitor::new(110);
    let id = one.upload_new(&visitor).await;
    other.infer_with_retries(&visitor, &id, 1).await;
    assert_eq!(one.delete(&id).await.status, StatusCode::NO_CONTENT);
    tokio::time::sleep(Duration::from_millis(5)).await;
    other
        .infer(&id, visitor.input_and_result(1).0)
        .await
        .assert_problem("keys-unknown");
}
