//! The command's side.

use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use drawbridge_protocol::{BoardId, ImageHash, ImageType};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;

use super::file::{self, Said};
use super::{CHORES, ControlError, IMAGES, LOCKS, Order, PEOPLE, Person};
use crate::committer::{Chored, What};

/// How long a relay on this machine may take to answer. A chore waits for those who draw.
const PATIENCE: Duration = Duration::from_secs(120);
/// No answer is longer: everybody who is here, a few hundred bytes each.
const LONGEST: usize = 64 << 20;

/// A relay that runs.
pub(crate) struct Client {
    said: Said,
    data: PathBuf,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("data", &self.data)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Finds the relay that uses the folder, and looks whether it answers.
    ///
    /// # Errors
    /// When it doesn't.
    pub(crate) async fn find(data: &Path) -> Result<Self, ControlError> {
        let silent = |why: String| ControlError::Silent {
            folder: data.to_owned(),
            why,
        };
        let said = match Said::read(data) {
            Ok(Some(said)) if said.version == file::VERSION => said,
            Ok(Some(said)) => return Err(silent(format!("its control.json has version {}", said.version))),
            Ok(None) => return Err(silent("it has no control.json".to_owned())),
            Err(error) => return Err(silent(format!("its control.json: {error}"))),
        };
        let client = Self {
            said,
            data: data.to_owned(),
        };
        client.people().await?;
        Ok(client)
    }

    /// Who is here.
    pub(crate) async fn people(&self) -> Result<Vec<Person>, ControlError> {
        self.ask(Method::GET, PEOPLE, None, Bytes::new()).await
    }

    /// Has a chore done.
    pub(crate) async fn chore(&self, board: BoardId, what: What) -> Result<Chored, ControlError> {
        let order = serde_json::to_vec(&Order { board, what });
        let order = order.map_err(|error| ControlError::Failed(error.to_string()))?;
        self.ask(Method::POST, CHORES, None, order.into()).await
    }

    /// Locks a board, or unlocks it.
    pub(crate) async fn lock(&self, board: &BoardId, locked: bool) -> Result<(), ControlError> {
        let path = format!("{LOCKS}{board}");
        let method = if locked { Method::PUT } else { Method::DELETE };
        self.ask(method, &path, None, Bytes::new()).await
    }

    /// Brings a board an image.
    pub(crate) async fn image(
        &self,
        board: &BoardId,
        hash: &ImageHash,
        kind: ImageType,
        bytes: Bytes,
    ) -> Result<(), ControlError> {
        let path = format!("{IMAGES}{board}/{hash}");
        self.ask(Method::PUT, &path, Some(kind), bytes).await
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        kind: Option<ImageType>,
        body: Bytes,
    ) -> Result<T, ControlError> {
        let silent = |why: String| ControlError::Silent {
            folder: self.data.clone(),
            why,
        };
        let late = |_| silent("it doesn't answer".to_owned());
        let asked = tokio::time::timeout(PATIENCE, self.send(method, path, kind, body));
        let (status, body) = asked.await.map_err(late)?.map_err(silent)?;
        match status {
            StatusCode::OK => {
                serde_json::from_slice(&body).map_err(|error| ControlError::Failed(error.to_string()))
            }
            StatusCode::CONFLICT => match serde_json::from_slice(&body) {
                Ok(refused) => Err(ControlError::Refused(refused)),
                Err(error) => Err(ControlError::Failed(error.to_string())),
            },
            // Somebody else listens where a relay once did that was killed.
            StatusCode::UNAUTHORIZED => Err(silent("its control.json is of another start".to_owned())),
            status => {
                let why: String = String::from_utf8_lossy(&body).chars().take(200).collect();
                Err(ControlError::Failed(format!("{status} {why}")))
            }
        }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        kind: Option<ImageType>,
        body: Bytes,
    ) -> Result<(StatusCode, Bytes), String> {
        let failed = |error: &dyn std::fmt::Display| error.to_string();
        let tcp = TcpStream::connect(self.said.address)
            .await
            .map_err(|error| failed(&error))?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(tcp))
            .await
            .map_err(|error| failed(&error))?;
        let running = tokio::spawn(connection);
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, self.said.address.to_string())
            .header(header::AUTHORIZATION, format!("Bearer {}", self.said.token));
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind.as_str());
        }
        let request = request.body(Body::from(body)).map_err(|error| failed(&error))?;
        let response = sender
            .send_request(request)
            .await
            .map_err(|error| failed(&error))?;
        let status = response.status();
        let body = to_bytes(Body::new(response.into_body()), LONGEST)
            .await
            .map_err(|error| failed(&error))?;
        running.abort();
        Ok((status, body))
    }
}
