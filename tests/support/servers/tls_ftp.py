"""The beginning of FTP over TLS with any certificate, however weak: its file, with the key. Prints its port."""

import socket
import ssl
import sys
import threading

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.set_ciphers("DEFAULT@SECLEVEL=0")
context.load_cert_chain(sys.argv[1])


def greet(connection):
    try:
        with connection:
            connection.sendall(b"220 ready\r\n")
            if connection.recv(4096).upper().startswith(b"AUTH TLS"):
                connection.sendall(b"234 go on\r\n")
                with context.wrap_socket(connection, server_side=True) as secured:
                    secured.recv(4096)
    except OSError:
        # Whoever looks at the certificate leaves.
        pass


with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    while True:
        threading.Thread(target=greet, args=(listener.accept()[0],), daemon=True).start()
