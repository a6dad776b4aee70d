//! Serves the endpoint that petstore.json calls.

use std::error::Error;

use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:8081".to_owned());
    let listener = TcpListener::bind(address).await?;
    #[expect(clippy::print_stdout, reason = "an example shows where it listens")]
    {
        println!("the pets are at http://{}/pets", listener.local_addr()?);
    }
    petstore::serve(listener).await?;
    Ok(())
}
