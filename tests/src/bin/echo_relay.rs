//! Echoes WebSocket messages through the relay's own accept path: what `tests/autobahn/run` tests. Prints its address.

use drawbridge_protocol::Limits;
use drawbridge_relay::Settings;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let settings = Settings {
        limits: Limits {
            // The suite sends messages of 16 MiB.
            frame: 64 << 20,
            ..Limits::default()
        },
        ..Settings::default()
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    match drawbridge_relay::testing::echo(listener, settings).await? {}
}
