"""An FTP server of pyftpdlib: root, port, and `plain` where it isn't to know facts (MLST, MLSD)."""

import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer

root, port, plain = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "plain"


class Handler(FTPHandler):
    authorizer = DummyAuthorizer()


Handler.authorizer.add_user("tester", "secret", root, perm="elradfmwMT")
if plain:
    Handler.proto_cmds = {verb: told for verb, told in FTPHandler.proto_cmds.items() if verb not in ("MLST", "MLSD")}
FTPServer(("127.0.0.1", port), Handler).serve_forever()
