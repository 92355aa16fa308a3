// hello PORT: a thread per connection on the standard library alone; requests without a body.
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

fn serve(stream: TcpStream) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let mut out = stream;
    loop {
        let mut last = false;
        let mut some = false;
        for line in lines.by_ref() {
            let line = line?;
            if line.is_empty() {
                break;
            }
            some = true;
            last |= line.eq_ignore_ascii_case("connection: close");
        }
        if !some {
            return Ok(());
        }
        out.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!")?;
        if last {
            return Ok(());
        }
    }
}

fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1).expect("a port");
    for stream in TcpListener::bind(format!("127.0.0.1:{port}"))?.incoming() {
        let stream = stream?;
        std::thread::spawn(move || serve(stream));
    }
    Ok(())
}
