//! The limits on one client, which protect the others: queue, rate, time, size and connections.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use hyper::StatusCode;
use hyper::header::RETRY_AFTER;

use crate::client::Client;
use crate::servers::{LocalServer, ServerProcess};
use crate::visitor::Visitor;

fn connect(server: &LocalServer) -> TcpStream {
    let address = server
        .url
        .trim_start_matches("http://")
        .trim_end_matches('/');
    let stream = TcpStream::connect(address).unwrap();
    // A test that fails must end.
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    stream
}

/// Returns all that the server sends until it closes the connection.
fn read_to_close(mut stream: TcpStream) -> String {
    let mut all = vec![];
    match stream.read_to_end(&mut all) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}"),
    }
    String::from_utf8_lossy(&all).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_refuses_requests_and_serves_their_retries() {
    let store = tempfile::tempdir().unwrap();
    let server = LocalServer::start(store.path(), &["--threads", "1", "--queue", "1"]).await;
    let client = Client::new(&server.url);
    let visitor = std::sync::Arc::new(Visitor::new(30));
    let id = client.upload_new(&visitor).await;
    let visits = (0..16).map(|number| {
        let (client, visitor, id) = (client.clone(), visitor.clone(), id.clone());
        tokio::spawn(async move { client.infer_with_retries(&visitor, &id, number).await })
    });
    let mut refused = 0;
    for visit in visits.collect::<Vec<_>>() {
        refused += visit.await.unwrap();
    }
    assert!(refused > 0, "a queue of three held sixteen requests");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_with_too_many_requests_learns_when_to_retry() {
    let store = tempfile::tempdir().unwrap();
    let server = LocalServer::start(store.path(), &["--rate", "1"]).await;
    let client = Client::new(&server.url);
    let mut refused = client.get("/v1/models").await;
    for _ in 0..20 {
        if refused.status != StatusCode::OK {
            break;
        }
        refused = client.get("/v1/models").await;
    }
    refused.assert_problem("rate-limited");
    assert_eq!(refused.headers[RETRY_AFTER], "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_head_closes_the_connection() {
    let store = tempfile::tempdir().unwrap();
    let server = LocalServer::start(store.path(), &["--head-timeout", "200ms"]).await;
    let mut stream = connect(&server);
    stream
        .write_all(b"GET /health HTTP/1.1\r\nHost: somebody\r\nX-")
        .unwrap();
    assert!(!read_to_close(stream).contains("200 OK"));
    assert!(
        !read_to_close(connect(&server)).contains("200 OK"),
        "an idle connection is closed as well"
    );
    assert_eq!(
        Client::new(&server.url).get("/health").await.status,
        StatusCode::OK
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_body_is_refused() {
    let store = tempfile::tempdir().unwrap();
    let flags = ["--body-timeout", "200ms", "--body-rate", "1MiB"];
    let server = LocalServer::start(store.path(), &flags).await;
    let mut stream = connect(&server);
    let head =
        "POST /v1/models/digits/keys HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nINKO";
    stream.write_all(head.as_bytes()).unwrap();
    let answer = read_to_close(stream);
    assert!(
        answer.starts_with("HTTP/1.1 408") && answer.contains("too-slow"),
        "{answer}"
    );
    assert!(crate::servers::files(store.path()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_too_large_is_refused_before_it_is_sent() {
    let store = tempfile::tempdir().unwrap();
    let server = LocalServer::start(store.path(), &[]).await;
    let mut stream = connect(&server);
    let head =
        "POST /v1/models/digits/keys HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let answer = read_to_close(stream);
    assert!(
        answer.starts_with("HTTP/1.1 413") && answer.contains("body-too-large"),
        "{answer}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_are_bounded_in_number() {
    let store = tempfile::tempdir().unwrap();
    let server = LocalServer::start(store.path(), &["--uploads", "1"]).await;
    let head =
        "POST /v1/models/digits/keys HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nINKO";
    let client = Client::new(&server.url);
    // Either upload may get the permit. The loop ends when the slow one has it.
    let (stream, refused) = loop {
        let mut stream = connect(&server);
        stream.write_all(head.as_bytes()).unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        let answer = client.upload(vec![]).await;
        if answer.status == StatusCode::SERVICE_UNAVAILABLE {
            break (stream, answer);
        }
        answer.assert_problem("keys-unfit");
    };
    refused.assert_problem("busy");
    drop(stream);
    let visitor = Visitor::new(31);
    while client.upload(visitor.keys.clone()).await.status != StatusCode::CREATED {}
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_beyond_the_bound_wait() {
    let store = tempfile::tempdir().unwrap();
    let server = LocalServer::start(store.path(), &["--connections", "1"]).await;
    let idle = connect(&server);
    let client = Client::new(&server.url);
    let waiting = tokio::spawn(async move { client.get("/health").await.status });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!waiting.is_finished());
    drop(idle);
    assert_eq!(waiting.await.unwrap(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_finishes_running_requests() {
    let store = tempfile::tempdir().unwrap();
    let mut program = ServerProcess::start(store.path(), &["--threads", "1"]);
    let client = Client::new(&program.url);
    let visitor = Visitor::new(32);
    let id = client.upload_new(&visitor).await;
    // The client has sent half of a body when the shutdown begins.
    let (input, expected) = visitor.input_and_result(1);
    let mut stream = TcpStream::connect(program.address()).unwrap();
    let head = format!(
        "POST /v1/models/digits/infer HTTP/1.1\r\nHost: x\r\ninkognito-keys: {id}\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        input.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // The server has begun to read the body. Before that, it may close the connection as idle.
    let mut begun = [0; 25];
    stream.read_exact(&mut begun).unwrap();
    assert_eq!(&begun, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(&input[..input.len() / 2]).unwrap();
    let terminating = std::thread::spawn(move || program.terminate());
    // After the shutdown began, the server accepts no connection, but serves the open one.
    while client.try_infer(&id, vec![]).await.is_ok() {}
    stream.write_all(&input[input.len() / 2..]).unwrap();
    let mut answer = vec![];
    stream.read_to_end(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200 OK"));
    assert!(answer.ends_with(&expected));
    assert!(
        terminating.join().unwrap(),
        "the program shuts down in order"
    );
}
