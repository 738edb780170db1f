//! Finds or installs the programs of the operating system: Debian packages, Node.js, a browser.

use std::env;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{heading, query, run};

const NODE_MAJOR: u32 = 20;

/// Installs Debian packages, as root or through sudo.
///
/// # Errors
///
/// If apt-get is missing, may not be used, or would have to remove a package.
pub(crate) fn install_packages(packages: &[&str]) -> Result<()> {
    which::which("apt-get").context("this is no Debian: there is no apt-get")?;
    heading(&format!(
        "installing Debian packages: {}",
        packages.join(" ")
    ));
    run(apt_get()?.args(["update", "-qq"]))?;
    run(apt_get()?
        .args([
            "install",
            "-y",
            "-qq",
            "--no-install-recommends",
            "--no-remove",
        ])
        .args(packages))
}

fn apt_get() -> Result<Command> {
    let mut command = if is_root() {
        Command::new("env")
    } else {
        let sudo = which::which("sudo").context("neither root nor sudo")?;
        let mut command = Command::new(sudo);
        if !std::io::stdin().is_terminal() {
            command.arg("--non-interactive");
        }
        command.arg("env");
        command
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    command.args(["-o", "DPkg::Lock::Timeout=120"]);
    Ok(command)
}

fn is_root() -> bool {
    query(Command::new("id").arg("-u")).as_deref() == Some("0")
}

/// Checks that Node.js and npm are installed, and that Node.js is recent enough.
///
/// # Errors
///
/// If one of them is missing, or Node.js is too old.
pub(crate) fn require_node() -> Result<()> {
    let remedy = format!("Node.js {NODE_MAJOR} or newer with npm is needed: https://nodejs.org");
    let Some(version) = query(Command::new("node").arg("--version")) else {
        bail!("Node.js is missing; {remedy}");
    };
    if !node_is_recent(&version) {
        bail!("Node.js {version} is too old; {remedy}");
    }
    if which::which("npm").is_err() {
        bail!("npm is missing; {remedy}");
    }
    Ok(())
}

fn node_is_recent(version: &str) -> bool {
    let major = version.trim_start_matches('v').split('.').next();
    major
        .and_then(|major| major.parse().ok())
        .is_some_and(|major: u32| major >= NODE_MAJOR)
}

/// A browser and its WebDriver program.
pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) driver: PathBuf,
}

impl Browser {
    /// Returns the browser that `CHROMIUM` and `CHROMEDRIVER` name, or else the one in `PATH`, or
    /// else installs Debian's.
    ///
    /// # Errors
    ///
    /// If there is no browser and none can be installed.
    pub(crate) fn find_or_install() -> Result<Self> {
        if let Some(browser) = Self::find() {
            return Ok(browser);
        }
        install_packages(&["chromium", "chromium-driver"])
            .context("Chromium with its chromedriver is needed (or CHROMIUM and CHROMEDRIVER)")?;
        Self::find().context("Chromium was installed, but is not in PATH")
    }

    fn find() -> Option<Self> {
        Some(Self {
            chromium: locate(
                "CHROMIUM",
                &["chromium", "chromium-browser", "google-chrome"],
            )?,
            driver: locate("CHROMEDRIVER", &["chromedriver"])?,
        })
    }
}

fn locate(variable: &str, names: &[&str]) -> Option<PathBuf> {
    match env::var_os(variable) {
        Some(path) => which::which(path).ok(),
        None => names.iter().find_map(|name| which::which(name).ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::node_is_recent;

    #[test]
    fn node_versions_are_compared_by_major() {
        assert!(node_is_recent("v20.20.2"));
        assert!(node_is_recent("v100.0.0"));
        assert!(!node_is_recent("v18.20.4"));
        assert!(!node_is_recent("v9.99.99"));
        assert!(!node_is_recent(""));
        assert!(!node_is_recent("node"));
    }
}
