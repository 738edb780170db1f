//! What one visitor may take from the others: a place in the queue, and no more.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use hyper::StatusCode;
use hyper::header::RETRY_AFTER;

use crate::client::Client;
use crate::noise::Visitor;
use crate::process::{Local, Program};

fn connect(server: &Local) -> TcpStream {
    let address = server
        .url
        .trim_start_matches("http://")
        .trim_end_matches('/');
    let stream = TcpStream::connect(address).unwrap();
    // Only so that a test which fails ends.
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    stream
}

/// What comes until the other end closes the connection.
fn rest(mut stream: TcpStream) -> String {
    let mut all = vec![];
    match stream.read_to_end(&mut all) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}"),
    }
    String::from_utf8_lossy(&all).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_finds_the_queue_full_is_told_to_come_back_and_served_then() {
    let store = tempfile::tempdir().unwrap();
    let server = Local::start(store.path(), &["--threads", "1", "--queue", "1"]).await;
    let client = Client::new(&server.url);
    let visitor = std::sync::Arc::new(Visitor::new(30));
    let id = client.welcome(&visitor).await;
    let visits = (0..16).map(|number| {
        let (client, visitor, id) = (client.clone(), visitor.clone(), id.clone());
        tokio::spawn(async move { client.patient_infer(&visitor, &id, number).await })
    });
    let mut told = 0;
    for visit in visits.collect::<Vec<_>>() {
        told += visit.await.unwrap();
    }
    assert!(told > 0, "sixteen at once found room for three");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_asks_too_often_is_told_when_to_come_back() {
    let store = tempfile::tempdir().unwrap();
    let server = Local::start(store.path(), &["--rate", "1"]).await;
    let client = Client::new(&server.url);
    let mut refused = client.get("/v1/models").await;
    for _ in 0..20 {
        if refused.status != StatusCode::OK {
            break;
        }
        refused = client.get("/v1/models").await;
    }
    refused.expect_problem("rate-limited");
    assert_eq!(refused.headers[RETRY_AFTER], "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sends_a_head_slowly_is_cut_off() {
    let store = tempfile::tempdir().unwrap();
    let server = Local::start(store.path(), &["--head-timeout", "200ms"]).await;
    let mut stream = connect(&server);
    stream
        .write_all(b"GET /health HTTP/1.1\r\nHost: somebody\r\nX-")
        .unwrap();
    assert!(!rest(stream).contains("200 OK"));
    assert!(
        !rest(connect(&server)).contains("200 OK"),
        "silence is slow, too"
    );
    assert_eq!(
        Client::new(&server.url).get("/health").await.status,
        StatusCode::OK
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sends_a_body_slowly_is_told_so() {
    let store = tempfile::tempdir().unwrap();
    let flags = ["--body-timeout", "200ms", "--body-rate", "1MiB"];
    let server = Local::start(store.path(), &flags).await;
    let mut stream = connect(&server);
    let head =
        "POST /v1/models/digits/keys HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nINKO";
    stream.write_all(head.as_bytes()).unwrap();
    let answer = rest(stream);
    assert!(
        answer.starts_with("HTTP/1.1 408") && answer.contains("too-slow"),
        "{answer}"
    );
    assert!(crate::api::files(store.path()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_too_large_is_refused_before_it_is_sent() {
    let store = tempfile::tempdir().unwrap();
    let server = Local::start(store.path(), &[]).await;
    let mut stream = connect(&server);
    let head =
        "POST /v1/models/digits/keys HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let answer = rest(stream);
    assert!(
        answer.starts_with("HTTP/1.1 413") && answer.contains("body-too-large"),
        "{answer}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_are_bounded_in_number() {
    let store = tempfile::tempdir().unwrap();
    let server = Local::start(store.path(), &["--uploads", "1"]).await;
    let head =
        "POST /v1/models/digits/keys HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nINKO";
    let client = Client::new(&server.url);
    // The one that comes first may be either: until it is the one that lasts.
    let (stream, refused) = loop {
        let mut stream = connect(&server);
        stream.write_all(head.as_bytes()).unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        let answer = client.upload(vec![]).await;
        if answer.status == StatusCode::SERVICE_UNAVAILABLE {
            break (stream, answer);
        }
        answer.expect_problem("keys-unfit");
    };
    refused.expect_problem("busy");
    drop(stream);
    let visitor = Visitor::new(31);
    while client.upload(visitor.keys.clone()).await.status != StatusCode::CREATED {}
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_beyond_the_bound_wait_for_their_turn() {
    let store = tempfile::tempdir().unwrap();
    let server = Local::start(store.path(), &["--connections", "1"]).await;
    let idle = connect(&server);
    let client = Client::new(&server.url);
    let waiting = tokio::spawn(async move { client.get("/health").await.status });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!waiting.is_finished());
    drop(idle);
    assert_eq!(waiting.await.unwrap(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn told_to_end_it_finishes_what_is_running() {
    let store = tempfile::tempdir().unwrap();
    let mut program = Program::start(store.path(), &["--threads", "1"]);
    let client = Client::new(&program.url);
    let visitor = Visitor::new(32);
    let id = client.welcome(&visitor).await;
    // A request whose body is on its way when the end is asked for.
    let (input, expected) = visitor.question(1);
    let mut stream = TcpStream::connect(program.address()).unwrap();
    let head = format!(
        "POST /v1/models/digits/infer HTTP/1.1\r\nHost: x\r\ninkognito-keys: {id}\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        input.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // The server has begun to read the body: before, a connection may be closed as one that rests.
    let mut begun = [0; 25];
    stream.read_exact(&mut begun).unwrap();
    assert_eq!(&begun, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(&input[..input.len() / 2]).unwrap();
    let asking = std::thread::spawn(move || program.terminate());
    // No new connection is taken once it is ending; the old one is served all the same.
    while client.try_infer(&id, vec![]).await.is_ok() {}
    stream.write_all(&input[input.len() / 2..]).unwrap();
    let mut answer = vec![];
    stream.read_to_end(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200 OK"));
    assert!(answer.ends_with(&expected));
    assert!(asking.join().unwrap(), "it ended in order");
}
