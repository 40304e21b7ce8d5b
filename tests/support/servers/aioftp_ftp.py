"""An FTP server of aioftp: root, port."""

import asyncio
import sys

import aioftp

root, port = sys.argv[1], int(sys.argv[2])
user = aioftp.User("tester", "secret", base_path=root, permissions=[aioftp.Permission("/")])
asyncio.run(aioftp.Server([user]).run("127.0.0.1", port))
