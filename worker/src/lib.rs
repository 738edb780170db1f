//! The evaluator as a WebAssembly web worker.
