"""An SFTP server of asyncssh: root, port, host key, accepted keys."""

import asyncio
import sys

import asyncssh

root, port, host_key, accepted = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]


async def serve():
    await asyncssh.listen(
        "127.0.0.1",
        port,
        server_host_keys=[host_key],
        authorized_client_keys=accepted,
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=root.encode()),
    )
    await asyncio.get_running_loop().create_future()


asyncio.run(serve())
