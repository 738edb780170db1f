//! What a measurement was made on, and how.

use std::{env, fs, thread};

use serde::{Deserialize, Serialize};

/// Where a report comes from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Origin {
    /// The command that makes it again.
    pub(crate) command: String,
    /// Processor and number of cores.
    pub(crate) machine: String,
}

impl Origin {
    /// This machine, and a command of this program.
    pub(crate) fn here(arguments: &str) -> Self {
        Self {
            command: format!("cargo run --release -p inkognito-lab -- {arguments}"),
            machine: machine(),
        }
    }
}

fn machine() -> String {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let value = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .and_then(|rest| rest.split_once(':'));
    let processor = value.map_or(env::consts::ARCH, |(_, name)| name.trim());
    let widest = if cpuinfo.contains(" avx512f") {
        ", AVX-512"
    } else if cpuinfo.contains(" avx2") {
        ", AVX2"
    } else {
        ""
    };
    format!("{processor}{widest}, {cores} cores")
}
