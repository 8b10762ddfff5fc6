"""An SMTP server for tests: aiosmtpd with STARTTLS, TLS and login. What it receives it writes as JSON, one file for each mail.

Arguments: folder, certificate, key. The password of the user 'dkron' comes from the environment. Prints its two ports.
"""
import asyncio
import email
import email.policy
import json
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

folder, certificate, key = sys.argv[1:4]
password = os.environ["DKRON_TEST_PASSWORD"].encode()
seen = []


class Handler:
    count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 5.1.1 no such user"
        if address.startswith(("later", "never", "twice")) and seen.count(address) < (2 if address.startswith("twice") else 1):
            seen.append(address)
            return "451 4.7.1 come back later"
        if address.startswith("never"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = [part for part in message.walk() if not part.is_multipart()]
        Handler.count += 1
        path = os.path.join(folder, "%06d" % Handler.count)
        with open(path + ".part", "w", encoding="utf-8") as file:
            json.dump({
                "from": envelope.mail_from,
                "receivers": envelope.rcpt_tos,
                "login": session.auth_data.decode() if session.auth_data else "",
                "tls": session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None,
                "headers": [[name, str(value)] for name, value in message.items()],
                "defects": [repr(defect) for part in message.walk() for defect in part.defects],
                "parts": [{
                    "type": part.get_content_type(),
                    "name": part.get_filename() or "",
                    "text": part.get_payload(decode=True).decode("utf-8", "replace").replace("\r\n", "\n"),
                } for part in parts],
                "raw": envelope.content.decode("utf-8", "replace"),
            }, file)
        os.rename(path + ".part", path + ".json")
        return "250 OK"


def authenticate(server, session, envelope, mechanism, auth_data):
    good = auth_data.login == b"dkron" and auth_data.password == password
    return AuthResult(success=good, handled=False, auth_data=auth_data.login if good else None)


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    loop = asyncio.get_running_loop()
    rules = dict(hostname="mail.test", auth_required=True, authenticator=authenticate, enable_SMTPUTF8=True)
    starttls = await loop.create_server(lambda: SMTP(Handler(), tls_context=context, require_starttls=True, loop=loop, **rules), "127.0.0.1", 0)
    tls = await loop.create_server(lambda: SMTP(Handler(), auth_require_tls=False, loop=loop, **rules), "127.0.0.1", 0, ssl=context)
    print(starttls.sockets[0].getsockname()[1], tls.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
