//! `lab load`: many visitors of one companion at once, each with keys of its own.
//!
//! Relies on hyper and tokio. Not for a browser's times.

use std::{
    collections::BTreeMap,
    fs,
    num::NonZeroUsize,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, StatusCode,
    body::Bytes,
    header::{HeaderMap, RETRY_AFTER},
};
use hyper_util::{
    client::legacy::{Client as HttpClient, connect::HttpConnector},
    rt::TokioExecutor,
};
use inkognito::Vault;
use inkognito_dataset::Split;
use inkognito_network::Model;
use serde::Serialize;
use tokio::{sync::Semaphore, task::JoinSet, time::sleep};

use crate::models;

/// The largest difference of a plain and an encrypted score that counts as right.
const SCORE_ERROR: f64 = 0.05;
/// How often a request is repeated if the connection fails.
const MAX_FAILURES: usize = 20;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The companion; it must run with `--rate 0`, because all visitors have the same address
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    server: String,
    /// A model of models/, which the companion must serve
    #[arg(long, default_value = "digits")]
    model: String,
    /// The number of visitors; each sends the next request after each answer
    #[arg(long, default_value_t = NonZeroUsize::new(200).expect("not zero"))]
    visitors: NonZeroUsize,
    /// For how long they send requests
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// The companion's process on this machine, to report its peak memory
    #[arg(long)]
    pid: Option<u32>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

type Client = HttpClient<HttpConnector, Full<Bytes>>;

/// One visitor: an encrypted image, and its answer once it is known.
struct Visitor {
    vault: Vault,
    query: inkognito::QueryId,
    message: Vec<u8>,
    plain: Vec<f64>,
    keys: String,
    /// The first answer, which was decrypted and checked; every further one must be the same.
    answer: Option<Vec<u8>>,
}

/// The requests of one visitor.
#[derive(Default)]
struct Tally {
    /// Milliseconds of each answered request.
    served: Vec<f64>,
    /// Milliseconds from the first attempt to the answer, with all waiting.
    whole: Vec<f64>,
    /// Requests that the companion refused with status 503, to be sent again later.
    overloaded: usize,
    /// Requests without a response.
    broken: usize,
}

#[derive(Serialize)]
struct Report {
    visitors: usize,
    seconds: f64,
    answers: usize,
    wrong: usize,
    lost: usize,
    overloaded: usize,
    broken_connections: usize,
    answers_per_second: f64,
    served_ms_p50: f64,
    served_ms_p99: f64,
    with_waits_ms_p50: f64,
    with_waits_ms_p99: f64,
    server_peak_mb: Option<f64>,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    tokio::runtime::Runtime::new()?.block_on(run_async(arguments))
}

async fn run_async(arguments: &Arguments) -> anyhow::Result<()> {
    let (bytes, model) = models::load(&arguments.model)?;
    let test = models::dataset(&model)?.load()?.test;
    let client: Client = HttpClient::builder(TokioExecutor::new()).build_http();
    let base = format!(
        "{}/v1/models/{}",
        arguments.server.trim_end_matches('/'),
        arguments.model
    );
    eprintln!(
        "generating and uploading the keys of {} visitors",
        arguments.visitors
    );
    let visitors = arrive(arguments, &bytes, &model, &test, &client, &base).await?;

    eprintln!("sending requests for {} s", arguments.seconds);
    let start = Instant::now();
    let end = start + Duration::from_secs(arguments.seconds);
    let mut visits = JoinSet::new();
    for visitor in visitors {
        let (client, base) = (client.clone(), base.clone());
        visits.spawn(async move { visit(visitor, &client, &base, end).await });
    }
    let (mut total, mut wrong, mut lost) = (Tally::default(), 0, 0);
    while let Some(visit) = visits.join_next().await {
        match visit? {
            Ok(tally) => {
                total.served.extend(tally.served);
                total.whole.extend(tally.whole);
                total.overloaded += tally.overloaded;
                total.broken += tally.broken;
            }
            Err(Failure::Wrong) => wrong += 1,
            Err(Failure::Lost(error)) => {
                eprintln!("lost: {error:#}");
                lost += 1;
            }
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let report = summarise(arguments, total, seconds, wrong, lost);
    if arguments.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print_table(&report)?;
    }
    ensure!(wrong == 0 && lost == 0, "{wrong} wrong and {lost} lost");
    Ok(())
}

/// Generates each visitor's keys and uploads them, a few at a time.
///
/// # Errors
///
/// If keys cannot be generated or are refused.
async fn arrive(
    arguments: &Arguments,
    bytes: &[u8],
    model: &Model,
    test: &Split,
    client: &Client,
    base: &str,
) -> anyhow::Result<Vec<Visitor>> {
    let at_once = Arc::new(Semaphore::new(4));
    let mut arriving: JoinSet<anyhow::Result<Visitor>> = JoinSet::new();
    for index in 0..arguments.visitors.get() {
        let image = test.image(index % test.len());
        let plain = model.scores(image.view()).to_vec();
        let (client, url, bytes) = (client.clone(), format!("{base}/keys"), bytes.to_vec());
        let at_once = at_once.clone();
        arriving.spawn(async move {
            let _permit = at_once.acquire().await?;
            let made = tokio::task::spawn_blocking(move || {
                let mut vault = Vault::new(&bytes)?;
                let mut keys = Vec::new();
                while let Some(part) = vault.next_key_part() {
                    keys.extend(part);
                }
                let query = vault.encrypt(image.view())?;
                anyhow::Ok((vault, keys, query))
            });
            let (vault, keys, query) = made.await??;
            let request = Request::post(url).body(Full::from(keys))?;
            let (status, _, body) = send(&client, request).await?;
            let text = String::from_utf8_lossy(&body);
            ensure!(status.is_success(), "keys were refused: {text}");
            let stored: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&body)?;
            let keys = stored["id"].as_str().context("no id")?.to_owned();
            Ok(Visitor {
                vault,
                query: query.id,
                message: query.message,
                plain,
                keys,
                answer: None,
            })
        });
    }
    let mut visitors = Vec::new();
    while let Some(visitor) = arriving.join_next().await {
        visitors.push(visitor??);
    }
    Ok(visitors)
}

/// The reason why a visitor stopped early.
enum Failure {
    /// An answer differs from that of the plain network.
    Wrong,
    /// A request was never answered.
    Lost(anyhow::Error),
}

/// Sends the same request until `end`, and checks every answer.
async fn visit(
    mut visitor: Visitor,
    client: &Client,
    base: &str,
    end: Instant,
) -> Result<Tally, Failure> {
    let mut tally = Tally::default();
    while Instant::now() < end {
        let start = Instant::now();
        let answer = ask(&visitor, client, base, &mut tally).await;
        let answer = answer.map_err(Failure::Lost)?;
        tally.whole.push(milliseconds(start));
        if !visitor.is_right(answer) {
            return Err(Failure::Wrong);
        }
    }
    Ok(tally)
}

/// Sends a request until it is answered. Repeats it after a failed connection and after status 503;
/// every other status is an error.
async fn ask(
    visitor: &Visitor,
    client: &Client,
    base: &str,
    tally: &mut Tally,
) -> anyhow::Result<Vec<u8>> {
    let mut failures = 0;
    loop {
        let start = Instant::now();
        let request = Request::post(format!("{base}/infer"))
            .header("inkognito-keys", &visitor.keys)
            .body(Full::from(visitor.message.clone()))?;
        let (status, headers, body) = match send(client, request).await {
            Ok(response) => response,
            Err(error) if failures == MAX_FAILURES => return Err(error),
            Err(_) => {
                failures += 1;
                tally.broken += 1;
                sleep(Duration::from_millis(200)).await;
                continue;
            }
        };
        match status {
            StatusCode::OK => {
                tally.served.push(milliseconds(start));
                return Ok(body.into());
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                tally.overloaded += 1;
                sleep(retry_after(&headers)?).await;
            }
            status => bail!("{status}: {}", String::from_utf8_lossy(&body)),
        }
    }
}

/// Sends one request and returns its whole response.
async fn send(
    client: &Client,
    request: Request<Full<Bytes>>,
) -> anyhow::Result<(StatusCode, HeaderMap, Bytes)> {
    let (head, body) = client.request(request).await?.into_parts();
    Ok((head.status, head.headers, body.collect().await?.to_bytes()))
}

/// Reads how long to wait before the next attempt.
fn retry_after(headers: &HeaderMap) -> anyhow::Result<Duration> {
    let seconds = headers.get(RETRY_AFTER);
    let seconds = seconds.context("status 503 without Retry-After")?;
    Ok(Duration::from_secs(seconds.to_str()?.parse()?))
}

impl Visitor {
    /// Returns whether an answer is right: the first by its scores, every further one by its bytes.
    fn is_right(&mut self, answer: Vec<u8>) -> bool {
        if let Some(first) = &self.answer {
            return *first == answer;
        }
        let Ok(scores) = self.vault.decrypt(self.query, &answer) else {
            return false;
        };
        let close = |(p, e): (&f64, &f64)| (p - e).abs() < SCORE_ERROR;
        self.answer = Some(answer);
        scores.len() == self.plain.len() && self.plain.iter().zip(&scores).all(close)
    }
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

fn summarise(
    arguments: &Arguments,
    mut total: Tally,
    seconds: f64,
    wrong: usize,
    lost: usize,
) -> Report {
    total.served.sort_by(f64::total_cmp);
    total.whole.sort_by(f64::total_cmp);
    let at = |times: &[f64], share: f64| {
        let last_index = times.len().saturating_sub(1);
        times
            .get((last_index as f64 * share) as usize)
            .copied()
            .unwrap_or(f64::NAN)
    };
    Report {
        visitors: arguments.visitors.get(),
        seconds,
        answers: total.whole.len(),
        wrong,
        lost,
        overloaded: total.overloaded,
        broken_connections: total.broken,
        answers_per_second: total.whole.len() as f64 / seconds,
        served_ms_p50: at(&total.served, 0.5),
        served_ms_p99: at(&total.served, 0.99),
        with_waits_ms_p50: at(&total.whole, 0.5),
        with_waits_ms_p99: at(&total.whole, 0.99),
        server_peak_mb: arguments.pid.and_then(peak_memory),
    }
}

/// Returns the peak memory of a process in MB, as Linux reports it.
fn peak_memory(pid: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}

fn print_table(report: &Report) -> anyhow::Result<()> {
    let serde_json::Value::Object(lines) = serde_json::to_value(report)? else {
        bail!("a report is an object");
    };
    for (name, value) in lines {
        let value = match value.as_f64() {
            Some(number) if !value.is_u64() => format!("{number:.1}"),
            _ => value.to_string(),
        };
        println!("{:<22} {value:>12}", name.replace('_', " "));
    }
    Ok(())
}
