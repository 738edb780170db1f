//! The machine and the command of a measurement.
//!
//! Relies on `/proc/cpuinfo`, where there is one.

use std::{env, fs, thread};

use serde::{Deserialize, Serialize};

/// The origin of a report.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Origin {
    /// The command that measures it again.
    pub(crate) command: String,
    /// Processor and number of cores.
    pub(crate) machine: String,
}

impl Origin {
    /// Returns this machine, and this program's command with `arguments`.
    pub(crate) fn here(arguments: &str) -> Self {
        Self {
            command: format!("cargo run --release -p inkognito-lab -- {arguments}"),
            machine: machine(),
        }
    }
}

/// Describes this machine: processor, widest instruction set, number of cores.
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
