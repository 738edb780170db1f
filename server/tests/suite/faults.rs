//! Faults: killed programs, broken connections, damaged, unreachable and full stores.

use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use futures_util::stream::BoxStream;
use hyper::StatusCode;
use object_store::memory::InMemory;
use object_store::path::Path as StorePath;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

use crate::client::Client;
use crate::servers::{LocalServer, ServerProcess, files};
use crate::visitor::Visitor;

/// Returns the head of a POST request.
fn head(address: &str, path: &str, headers: &str, length: usize) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: {address}\r\n{headers}Content-Length: {length}\r\n\r\n")
}

/// Sends the head of an upload and half of its keys.
fn send_half_an_upload(address: &str, keys: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = head(address, "/v1/models/digits/keys", "", keys.len());
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&keys[..keys.len() / 2]).unwrap();
    stream
}

/// Waits until the store has the first bytes of an upload.
async fn wait_for_upload(store: &Path) {
    while files(&store.join("incoming")).is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_killed_during_an_upload_stores_no_partial_keys() {
    let store = tempfile::tempdir().unwrap();
    let visitor = Visitor::new(20);
    let mut program = ServerProcess::start(store.path(), &[]);
    let stream = send_half_an_upload(program.address(), &visitor.keys);
    wait_for_upload(store.path()).await;
    program.kill();
    drop(stream);

    let program = ServerProcess::start(store.path(), &[]);
    let client = Client::new(&program.url);
    let id = visitor.id().to_string();
    client
        .infer(&id, visitor.input_and_result(1).0)
        .await
        .assert_problem("keys-unknown");
    assert!(files(&store.path().join("keys")).is_empty());
    client.upload_new(&visitor).await;
    client.infer_with_retries(&visitor, &id, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_killed_during_an_inference_answers_it_after_a_restart() {
    let store = tempfile::tempdir().unwrap();
    let visitor = Visitor::new(21);
    let mut program = ServerProcess::start(store.path(), &["--threads", "1"]);
    let client = Client::new(&program.url);
    let id = client.upload_new(&visitor).await;
    let requests = (0..8).map(|number| {
        let (client, id, input) = (
            client.clone(),
            id.clone(),
            visitor.input_and_result(number).0,
        );
        tokio::spawn(async move { client.try_infer(&id, input).await.is_ok() })
    });
    let requests: Vec<_> = requests.collect();
    let present = async || {
        let metrics = String::from_utf8(client.get("/metrics").await.body).unwrap();
        !metrics.contains("inkognito_inferences_present 0")
    };
    while !present().await && !requests.iter().all(|request| request.is_finished()) {}
    program.kill();
    let mut answered = 0;
    for request in requests {
        answered += usize::from(request.await.unwrap());
    }
    assert!(answered < 8, "the program was killed after the last answer");

    let program = ServerProcess::start(store.path(), &[]);
    let client = Client::new(&program.url);
    for number in 0..8 {
        client.infer_with_retries(&visitor, &id, number).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_breaks_off_leaves_nothing_in_the_store() {
    let store = tempfile::tempdir().unwrap();
    let server = LocalServer::start(store.path(), &[]).await;
    let client = Client::new(&server.url);
    let visitor = Visitor::new(22);
    let address = server
        .url
        .trim_start_matches("http://")
        .trim_end_matches('/');
    let stream = send_half_an_upload(address, &visitor.keys);
    wait_for_upload(store.path()).await;
    drop(stream);
    while !files(store.path()).is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let id = client.upload_new(&visitor).await;

    let input = visitor.input_and_result(1).0;
    let mut stream = TcpStream::connect(address).unwrap();
    let keys = format!("inkognito-keys: {id}\r\n");
    let head = head(address, "/v1/models/digits/infer", &keys, input.len());
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&input[..1000]).unwrap();
    drop(stream);
    client.infer_with_retries(&visitor, &id, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_damaged_in_the_store_are_unknown_and_can_be_uploaded_again() {
    let store = tempfile::tempdir().unwrap();
    let visitor = Visitor::new(23);
    let id = {
        let server = LocalServer::start(store.path(), &[]).await;
        Client::new(&server.url).upload_new(&visitor).await
    };
    let path = store.path().join("keys").join(&id);
    let mut damaged = visitor.keys.clone();
    damaged[1_000_000] ^= 1;
    for bytes in [&damaged[..], &visitor.keys[..5_000_000], &[]] {
        std::fs::write(&path, bytes).unwrap();
        let server = LocalServer::start(store.path(), &[]).await;
        let client = Client::new(&server.url);
        client
            .infer(&id, visitor.input_and_result(1).0)
            .await
            .assert_problem("keys-unknown");
        assert!(!path.exists());
        client.upload_new(&visitor).await;
        client.infer_with_retries(&visitor, &id, 1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_store_is_reported_until_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let server = LocalServer::start(&store, &["--recheck", "1ms"]).await;
    let client = Client::new(&server.url);
    let (known, unknown) = (Visitor::new(24), Visitor::new(25));
    let id = client.upload_new(&known).await;
    client.infer_with_retries(&known, &id, 1).await;
    // A file replaces the folder, so that nothing below it can be read or written.
    let aside = folder.path().join("aside");
    std::fs::rename(&store, &aside).unwrap();
    std::fs::write(&store, "").unwrap();

    client
        .get("/ready")
        .await
        .assert_problem("store-unavailable");
    client
        .upload(unknown.keys.clone())
        .await
        .assert_problem("store-unavailable");
    let other = unknown.id().to_string();
    client
        .infer(&other, unknown.input_and_result(1).0)
        .await
        .assert_problem("store-unavailable");
    client
        .delete(&other)
        .await
        .assert_problem("store-unavailable");
    assert_eq!(client.get("/health").await.status, StatusCode::OK);
    // Keys in memory work without the store.
    tokio::time::sleep(Duration::from_millis(5)).await;
    client.infer_with_retries(&known, &id, 2).await;

    std::fs::remove_file(&store).unwrap();
    std::fs::rename(&aside, &store).unwrap();
    assert_eq!(client.get("/ready").await.status, StatusCode::OK);
    let other = client.upload_new(&unknown).await;
    client.infer_with_retries(&unknown, &other, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_reported_and_stores_nothing() {
    let store = Arc::new(Failing::default());
    let server = LocalServer::start_with_store(store.clone(), &[]).await;
    let client = Client::new(&server.url);
    let visitor = Visitor::new(26);
    for when in [BEGIN, WRITE, END] {
        store.when.store(when, Ordering::SeqCst);
        client
            .upload(visitor.keys.clone())
            .await
            .assert_problem("store-full");
        store.when.store(NEVER, Ordering::SeqCst);
        let id = visitor.id().to_string();
        client
            .infer(&id, visitor.input_and_result(1).0)
            .await
            .assert_problem("keys-unknown");
    }
    let id = client.upload_new(&visitor).await;
    // Keys can be used even if the store cannot record their use.
    store.when.store(BEGIN, Ordering::SeqCst);
    client.infer_with_retries(&visitor, &id, 1).await;
}

/// Uses a real file system of 8 MB, if the operating system lets the test mount one. A container
/// may not.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_file_system_is_reported_and_the_server_continues() {
    let store = tempfile::tempdir().unwrap();
    let mount = "mount -t tmpfs -o size=8m tmpfs \"$0\" && ";
    let unshared = |script: &str| {
        let mut command = Command::new("unshare");
        let script = format!("{mount}{script}");
        command.args(["-rm", "sh", "-c", &script]).arg(store.path());
        command
    };
    if !unshared("true")
        .output()
        .is_ok_and(|output| output.status.success())
    {
        println!("not run: this system does not let the test mount a file system");
        return;
    }
    let program = env!("CARGO_BIN_EXE_inkognito-server");
    let command = unshared(&format!("exec {program} \"$@\""));
    let program = ServerProcess::spawn(command, store.path(), &[]);
    let client = Client::new(&program.url);
    for _ in 0..2 {
        client
            .upload(Visitor::new(27).keys)
            .await
            .assert_problem("store-full");
    }
    assert_eq!(client.get("/ready").await.status, StatusCode::OK);
}

const NEVER: u8 = 0;
const BEGIN: u8 = 1;
const WRITE: u8 = 2;
const END: u8 = 3;

/// A store in memory that reports a full disk at one step of an upload.
#[derive(Debug, Default)]
struct Failing {
    memory: InMemory,
    when: Arc<AtomicU8>,
}

/// Fails if `now` is the step at which the store reports a full disk.
fn fail(when: &AtomicU8, now: u8) -> Result<()> {
    if when.load(Ordering::SeqCst) != now {
        return Ok(());
    }
    let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
    let (store, source) = ("test", Box::new(full));
    Err(Error::Generic { store, source })
}

impl std::fmt::Display for Failing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a disk that fills up")
    }
}

#[async_trait::async_trait]
impl ObjectStore for Failing {
    async fn put_opts(
        &self,
        at: &StorePath,
        bytes: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        fail(&self.when, BEGIN)?;
        self.memory.put_opts(at, bytes, options).await
    }

    async fn put_multipart_opts(
        &self,
        at: &StorePath,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        fail(&self.when, BEGIN)?;
        let upload = self.memory.put_multipart_opts(at, options).await?;
        let when = self.when.clone();
        Ok(Box::new(FailingUpload { upload, when }))
    }

    async fn get_opts(&self, at: &StorePath, options: GetOptions) -> Result<GetResult> {
        self.memory.get_opts(at, options).await
    }

    fn delete_stream(
        &self,
        at: BoxStream<'static, Result<StorePath>>,
    ) -> BoxStream<'static, Result<StorePath>> {
        self.memory.delete_stream(at)
    }

    fn list(&self, prefix: Option<&StorePath>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.memory.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&StorePath>) -> Result<ListResult> {
        self.memory.list_with_delimiter(prefix).await
    }

    async fn copy_opts(
        &self,
        from: &StorePath,
        to: &StorePath,
        options: CopyOptions,
    ) -> Result<()> {
        self.memory.copy_opts(from, to, options).await
    }
}

#[derive(Debug)]
struct FailingUpload {
    upload: Box<dyn MultipartUpload>,
    when: Arc<AtomicU8>,
}

#[async_trait::async_trait]
impl MultipartUpload for FailingUpload {
    fn put_part(&mut self, bytes: PutPayload) -> object_store::UploadPart {
        match fail(&self.when, WRITE) {
            Ok(()) => self.upload.put_part(bytes),
            Err(error) => Box::pin(async { Err(error) }),
        }
    }

    async fn complete(&mut self) -> Result<PutResult> {
        fail(&self.when, END)?;
        self.upload.complete().await
    }

    async fn abort(&mut self) -> Result<()> {
        self.upload.abort().await
    }
}
