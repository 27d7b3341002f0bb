"""A real mail server as a process of its own, with moods; what it took over stands in a file.

python -m tests.domain.messages.mailserver PORT FOLDER

The file `mood` in the folder is read anew for each mail: «up», «slow» (0.3 s a mail), «busy» (451),
«dies» (the process ends in the middle of the next mail), «loses» (takes the mail over, and the
connection breaks before it has said so). An address that begins with «unknown» is refused.
"""

import asyncio
import email
import json
import os
import sys
from email.policy import default
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Moody:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def mood(self) -> str:
        return (self._folder / "mood").read_text()

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("unknown"):
            return f"550 5.1.1 <{address}>: no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        mood = self.mood
        if mood == "dies":
            os._exit(9)
        if mood == "busy":
            return "451 4.3.2 Come back later"
        if mood == "slow":
            await asyncio.sleep(0.3)
        self._keep(envelope)
        if mood == "loses":
            os._exit(9)
        return "250 OK"

    def _keep(self, envelope: Envelope) -> None:
        content = envelope.content
        assert isinstance(content, bytes)
        mail = email.message_from_bytes(content, policy=default)
        body = mail.get_body(("plain",))
        assert body is not None
        line = json.dumps(
            {
                "id": mail["Message-ID"],
                "to": envelope.rcpt_tos,
                "subject": mail["Subject"],
                "text": body.get_content(),
                "html": mail.get_body(("html",)) is not None,
                "files": {
                    part.get_filename(): part.get_content()[:4].decode("latin-1")
                    for part in mail.iter_attachments()
                },
            }
        )
        with (self._folder / "taken").open("a") as file:
            file.write(f"{line}\n")
            file.flush()
            os.fsync(file.fileno())


async def serve(port: int, folder: Path) -> None:
    loop = asyncio.get_running_loop()
    moody = Moody(folder)
    server = await loop.create_server(
        lambda: SMTP(moody, hostname="mail.test", loop=loop), "127.0.0.1", port
    )
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
