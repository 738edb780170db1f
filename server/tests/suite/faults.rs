//! What happens to programs, disks and connections.

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

use crate::api::files;
use crate::client::Client;
use crate::noise::Visitor;
use crate::process::{Local, Program};

fn head(address: &str, path: &str, headers: &str, length: usize) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: {address}\r\n{headers}Content-Length: {length}\r\n\r\n")
}

/// Sends the head of an upload and half of its keys.
fn half_an_upload(address: &str, keys: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = head(address, "/v1/models/digits/keys", "", keys.len());
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&keys[..keys.len() / 2]).unwrap();
    stream
}

/// Waits until an upload has left its first bytes in the store.
async fn until_incoming(store: &Path) {
    while files(&store.join("incoming")).is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_during_an_upload_it_keeps_nothing_half_written() {
    let store = tempfile::tempdir().unwrap();
    let visitor = Visitor::new(20);
    let mut program = Program::start(store.path(), &[]);
    let stream = half_an_upload(program.address(), &visitor.keys);
    until_incoming(store.path()).await;
    program.kill();
    drop(stream);

    let program = Program::start(store.path(), &[]);
    let client = Client::new(&program.url);
    let id = visitor.id().to_string();
    client
        .infer(&id, visitor.question(1).0)
        .await
        .expect_problem("keys-unknown");
    assert!(files(&store.path().join("keys")).is_empty());
    client.welcome(&visitor).await;
    client.patient_infer(&visitor, &id, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_during_an_inference_it_answers_the_same_request_afterwards() {
    let store = tempfile::tempdir().unwrap();
    let visitor = Visitor::new(21);
    let mut program = Program::start(store.path(), &["--threads", "1"]);
    let client = Client::new(&program.url);
    let id = client.welcome(&visitor).await;
    let questions = (0..8).map(|number| {
        let (client, id, input) = (client.clone(), id.clone(), visitor.question(number).0);
        tokio::spawn(async move { client.try_infer(&id, input).await.is_ok() })
    });
    let questions: Vec<_> = questions.collect();
    let present = async || {
        let metrics = String::from_utf8(client.get("/metrics").await.body).unwrap();
        !metrics.contains("inkognito_inferences_present 0")
    };
    while !present().await && !questions.iter().all(|question| question.is_finished()) {}
    program.kill();
    let mut answered = 0;
    for question in questions {
        answered += usize::from(question.await.unwrap());
    }
    assert!(answered < 8, "it was killed when all was over");

    let program = Program::start(store.path(), &[]);
    let client = Client::new(&program.url);
    for number in 0..8 {
        client.patient_infer(&visitor, &id, number).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_breaks_off_leaves_nothing_behind() {
    let store = tempfile::tempdir().unwrap();
    let server = Local::start(store.path(), &[]).await;
    let client = Client::new(&server.url);
    let visitor = Visitor::new(22);
    let address = server
        .url
        .trim_start_matches("http://")
        .trim_end_matches('/');
    let stream = half_an_upload(address, &visitor.keys);
    until_incoming(store.path()).await;
    drop(stream);
    while !files(store.path()).is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let id = client.welcome(&visitor).await;

    let input = visitor.question(1).0;
    let mut stream = TcpStream::connect(address).unwrap();
    let keys = format!("inkognito-keys: {id}\r\n");
    let head = head(address, "/v1/models/digits/infer", &keys, input.len());
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&input[..1000]).unwrap();
    drop(stream);
    client.patient_infer(&visitor, &id, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_damaged_in_the_store_are_asked_for_again() {
    let store = tempfile::tempdir().unwrap();
    let visitor = Visitor::new(23);
    let id = {
        let server = Local::start(store.path(), &[]).await;
        Client::new(&server.url).welcome(&visitor).await
    };
    let path = store.path().join("keys").join(&id);
    let mut damaged = visitor.keys.clone();
    damaged[1_000_000] ^= 1;
    for bytes in [&damaged[..], &visitor.keys[..5_000_000], &[]] {
        std::fs::write(&path, bytes).unwrap();
        let server = Local::start(store.path(), &[]).await;
        let client = Client::new(&server.url);
        client
            .infer(&id, visitor.question(1).0)
            .await
            .expect_problem("keys-unknown");
        assert!(!path.exists());
        client.welcome(&visitor).await;
        client.patient_infer(&visitor, &id, 1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_cannot_be_read_is_named_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let server = Local::start(&store, &["--recheck", "1ms"]).await;
    let client = Client::new(&server.url);
    let (known, unknown) = (Visitor::new(24), Visitor::new(25));
    let id = client.welcome(&known).await;
    client.patient_infer(&known, &id, 1).await;
    // A file where the folder was: nothing below it can be read or written.
    let aside = folder.path().join("aside");
    std::fs::rename(&store, &aside).unwrap();
    std::fs::write(&store, "").unwrap();

    client
        .get("/ready")
        .await
        .expect_problem("store-unavailable");
    client
        .upload(unknown.keys.clone())
        .await
        .expect_problem("store-unavailable");
    let other = unknown.id().to_string();
    client
        .infer(&other, unknown.question(1).0)
        .await
        .expect_problem("store-unavailable");
    client
        .delete(&other)
        .await
        .expect_problem("store-unavailable");
    assert_eq!(client.get("/health").await.status, StatusCode::OK);
    // Keys in memory do not need it.
    tokio::time::sleep(Duration::from_millis(5)).await;
    client.patient_infer(&known, &id, 2).await;

    std::fs::remove_file(&store).unwrap();
    std::fs::rename(&aside, &store).unwrap();
    assert_eq!(client.get("/ready").await.status, StatusCode::OK);
    let other = client.welcome(&unknown).await;
    client.patient_infer(&unknown, &other, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_named_and_leaves_nothing_behind() {
    let store = Arc::new(Failing::default());
    let server = Local::start_on(store.clone(), &[]).await;
    let client = Client::new(&server.url);
    let visitor = Visitor::new(26);
    for when in [BEGIN, WRITE, END] {
        store.when.store(when, Ordering::SeqCst);
        client
            .upload(visitor.keys.clone())
            .await
            .expect_problem("store-full");
        store.when.store(NEVER, Ordering::SeqCst);
        let id = visitor.id().to_string();
        client
            .infer(&id, visitor.question(1).0)
            .await
            .expect_problem("keys-unknown");
    }
    let id = client.welcome(&visitor).await;
    // With no room for as much as a note that the keys are in use, they are used all the same.
    store.when.store(BEGIN, Ordering::SeqCst);
    client.patient_infer(&visitor, &id, 1).await;
}

/// A real file system of 8 MB, where the system lets one be made: inside a container it may not.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_really_full_is_named_and_serves_on() {
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
        println!("not run: no file system can be mounted here");
        return;
    }
    let program = env!("CARGO_BIN_EXE_inkognito-server");
    let command = unshared(&format!("exec {program} \"$@\""));
    let program = Program::spawn(command, store.path(), &[]);
    let client = Client::new(&program.url);
    for _ in 0..2 {
        client
            .upload(Visitor::new(27).keys)
            .await
            .expect_problem("store-full");
    }
    assert_eq!(client.get("/ready").await.status, StatusCode::OK);
}

const NEVER: u8 = 0;
const BEGIN: u8 = 1;
const WRITE: u8 = 2;
const END: u8 = 3;

/// A store in memory whose disk is full from some point of an upload on.
#[derive(Debug, Default)]
struct Failing {
    memory: InMemory,
    when: Arc<AtomicU8>,
}

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
