//! What carrying to a partner says is told in Japanese, whole, where Japanese is spoken: our own words, those of the system and
//! those of the libraries underneath. What a partner itself says is quoted as it came.
//!
//! A process of its own: the language is the process's.

#![allow(clippy::unwrap_used, reason = "a panic in a test is its failure report")]

use std::io::{self, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use totatsu_base::messages::{Tongue, speak};
use totatsu_transport::ftps::{FtpsSettings, Protection};
use totatsu_transport::medium::MediumSettings;
use totatsu_transport::sftp::SftpSettings;
use totatsu_transport::{Reach, Session, TransportError};

/// A port at which each connection hears these words and is closed.
fn port_that_says(words: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket: TcpStream = socket.unwrap();
            let _ = socket.write_all(words.as_bytes());
            let _ = socket.shutdown(Shutdown::Write);
            // Closed with words of the client unread, the line would be reset.
            let _ = io::copy(&mut socket, &mut io::sink());
        }
    });
    port
}

/// A port at which nobody listens.
const CLOSED: u16 = 1;

fn sftp(port: u16) -> Reach {
    Reach::Sftp(SftpSettings::new("127.0.0.1", port, "kyuyo"))
}

fn ftp(port: u16) -> Reach {
    Reach::Ftps(FtpsSettings { port, ..FtpsSettings::new("127.0.0.1", "kyuyo", Protection::Cleartext) })
}

async fn told(reach: &Reach) -> String {
    speak(Tongue::Ja);
    let opened: Result<Box<dyn Session>, TransportError> = reach.connect().await;
    opened.err().unwrap().to_string()
}

#[tokio::test]
async fn why_a_partner_cant_be_reached_is_told_in_japanese_with_its_code() {
    let refused = "接続を拒否されました (os error 111)。続くときは、回線、ファイアウォール、先方のサーバを調べてください [TT-3001]";
    for reach in [sftp(CLOSED), ftp(CLOSED)] {
        let told = told(&reach).await;
        assert!(told.contains("に接続できません: ") && told.ends_with(refused), "{told}");
    }
}

#[tokio::test]
async fn what_the_libraries_say_is_told_in_japanese_and_what_the_partner_says_as_it_came() {
    for (reach, words) in [
        (sftp(port_that_says("")), "接続が切れました（ハンドシェイク）: 切断されました [TT-3004]"),
        (
            sftp(port_that_says("220 ProFTPD ready\r\n")),
            "SSH のバージョンではなく \"220 ProFTPD ready\" が来ました。SSH サーバのポートですか [TT-3004]",
        ),
        (ftp(port_that_says("")), "サーバが、応答する前に接続を閉じました [TT-3004]"),
        (ftp(port_that_says("SSH-2.0-x\r\n")), "FTP サーバの応答ではありません: \"SSH-2.0-x"),
        (ftp(port_that_says("421 Too many users\r\n")), "に接続できません: 421 Too many users。"),
    ] {
        let told = told(&reach).await;
        assert!(told.contains(words) && !told.contains('「'), "{told}");
    }
}

#[tokio::test]
async fn a_medium_is_told_in_japanese_and_known_again_in_any_language() {
    let home = tempfile::tempdir().unwrap();
    let missing = Reach::Medium(MediumSettings::new(home.path().join("usb"), "kyuyo"));
    let words = "媒体がありません（ファイルまたはディレクトリがありません (os error 2)）。差し込んで、マウントしてください [TT-3301]";
    let told = told(&missing).await;
    assert!(told.ends_with(words), "{told}");
    let session = Reach::Medium(MediumSettings::to_read(home.path().to_owned())).connect().await.unwrap();
    // It stands in the journal, and is compared with what is there after the next start.
    assert_eq!(session.peer().host_key, "not asked for");
}
