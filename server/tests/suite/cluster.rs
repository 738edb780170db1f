//! Several evaluators on one store, as behind a load balancer that knows nothing of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hyper::StatusCode;
use tokio::sync::Mutex;

use crate::client::Client;
use crate::noise::Visitor;
use crate::process::Program;

const EVALUATORS: usize = 3;
const VISITORS: u16 = 4;
const QUESTIONS: u16 = 24;

/// Sends each request to the next evaluator, and to the one after it where one is gone.
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

    /// The right answer to a question, whoever gives it.
    async fn ask(&self, visitor: &Visitor, id: &str, number: u16) {
        let (input, expected) = visitor.question(number);
        for _ in 0..1000 {
            match self.pick().await.try_infer(id, input.clone()).await {
                Ok(answer) if answer.status == StatusCode::OK => {
                    assert!(answer.body == expected, "a wrong answer");
                    return;
                }
                Ok(answer) => answer.expect_problem("busy"),
                // Broken off, or nobody there: the same request may be sent again, to anyone.
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
    let start = || Program::start(store.path(), &["--threads", "1", "--queue", "4"]);
    let mut programs: Vec<Program> = (0..EVALUATORS).map(|_| start()).collect();
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
            // Taken in by one, known to all.
            let id = balancer.pick().await.welcome(&visitor).await;
            for number in 0..QUESTIONS {
                balancer.ask(&visitor, &id, number).await;
                answered.fetch_add(1, Ordering::Relaxed);
            }
        }));
    }
    let total = usize::from(VISITORS * QUESTIONS);
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
        visit.await.expect("every question was answered");
    }
    assert_eq!(answered.load(Ordering::Relaxed), total);
    for program in &mut programs {
        assert!(program.terminate(), "it ends in order");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_deleted_at_one_evaluator_are_gone_at_the_others() {
    let store = tempfile::tempdir().unwrap();
    let start = || crate::process::Local::start(store.path(), &["--recheck", "1ms"]);
    let servers = [start().await, start().await];
    let [one, other] = servers.each_ref().map(|server| Client::new(&server.url));
    let visitor = Visitor::new(110);
    let id = one.welcome(&visitor).await;
    other.patient_infer(&visitor, &id, 1).await;
    assert_eq!(one.delete(&id).await.status, StatusCode::NO_CONTENT);
    tokio::time::sleep(Duration::from_millis(5)).await;
    other
        .infer(&id, visitor.question(1).0)
        .await
        .expect_problem("keys-unknown");
}
