//! Work that would hold up the network is done on threads of its own.

/// Runs work on our own disk where it doesn't hold up the network. A panic in it goes on here.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    begin(work).end().await
}

/// Work that goes on by itself.
pub struct InHand<T>(tokio::task::JoinHandle<T>);

/// Begins work on our own disk, beside other work of its kind.
pub fn begin<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> InHand<T> {
    InHand(tokio::task::spawn_blocking(work))
}

impl<T> InHand<T> {
    /// What the work came to. A panic in it goes on here.
    pub async fn end(self) -> T {
        match self.0.await {
            Ok(outcome) => outcome,
            Err(failed) => std::panic::resume_unwind(failed.into_panic()),
        }
    }
}
