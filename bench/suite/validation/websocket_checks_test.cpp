// Correct and faulty WebSocket servers.

#include "bench/suite/processes/launched_server.hpp"
#include "bench/suite/processes/test_support.hpp"
#include "bench/suite/validation/validate.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

// FAULT: none; upper (changes the text); mute (never sends); deaf (no upgrade, whatever is asked for); open (200 to a
// plain GET); lonely (a room that sends a message to its sender only); greets (a message after the handshake).
constexpr char fake_websocket[] = R"(
import asyncio, base64, hashlib, signal, sys
port, fault = int(sys.argv[1]), sys.argv[2]
members = []

async def frame(reader):
    first, second = await reader.readexactly(2)
    size = second & 127
    if size == 126: size = int.from_bytes(await reader.readexactly(2), 'big')
    mask = await reader.readexactly(4)
    body = await reader.readexactly(size)
    return first & 15, bytes(b ^ mask[i % 4] for i, b in enumerate(body))

def framed(kind, body):
    size = bytes([len(body)]) if len(body) < 126 else bytes([126]) + len(body).to_bytes(2, 'big')
    return bytes([128 | kind]) + size + body

async def converse(reader, writer, path):
    members.append(writer)
    try:
        while True:
            kind, body = await frame(reader)
            if kind == 8:
                writer.write(framed(8, body))
                break
            if fault == 'mute': continue
            if fault == 'upper': body = body.upper()
            if path == '/ws/echo' or fault == 'lonely': writer.write(framed(kind, body))
            else:
                for member in members: member.write(framed(kind, body))
    finally:
        members.remove(writer)

async def serve(reader, writer):
    try:
        head = (await reader.readuntil(b'\r\n\r\n')).decode()
        path = head.split(' ')[1]
        lines = dict(line.lower().split(': ', 1) for line in head.split('\r\n')[1:] if ': ' in line)
        if 'upgrade' not in lines or fault == 'deaf':
            status = '200 OK' if fault == 'open' else '426 Upgrade Required'
            writer.write(f'HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n'.encode())
        else:
            key = [line.split(': ')[1] for line in head.split('\r\n') if line.lower().startswith('sec-websocket-key')][0]
            accept = base64.b64encode(hashlib.sha1((key + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').encode()).digest())
            writer.write(b'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                         + b'Sec-WebSocket-Accept: ' + accept + b'\r\n\r\n')
            if fault == 'greets': writer.write(framed(1, b'welcome'))
            await converse(reader, writer, path)
        await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()

async def main():
    done = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, done.set)
    server = await asyncio.start_server(serve, '127.0.0.1', port)
    print('listening on 127.0.0.1:%d' % server.sockets[0].getsockname()[1], flush=True)
    await done.wait()

asyncio.run(main())
)";

std::map<std::string, check> run_checks(const std::string& endpoint, const std::string& fault) {
  const temporary_folder folder;
  folder.write("fake.py", fake_websocket);
  launch l;
  l.name = "fake";
  l.command = {TVL_PYTHON, folder / "fake.py", "{port}", fault};
  l.probe = "/";
  l.logs = folder / "logs";
  const launched_server server(l);
  validation_spec spec;
  spec.base = server.url("");
  spec.offered = {{"ws_echo", "/ws/echo"}, {"ws_room", "/ws/room"}};
  spec.endpoints = {endpoint};
  std::map<std::string, check> named;
  for (const auto& c : validate(spec)) named[c.endpoint] = c;
  return named;
}

TEST(validate_websocket, echo_and_room_that_are_right_pass) {
  for (const std::string endpoint : {"ws_echo", "ws_room"}) {
    const auto checks = run_checks(endpoint, "none");
    ASSERT_EQ(checks.size(), 2U) << "rules for HTTP connections do not apply";
    for (const auto& [name, c] : checks) EXPECT_EQ(c.result, finding::pass) << name << ": " << c.got;
  }
}

TEST(validate_websocket, a_greeting_is_not_taken_for_the_message) {
  for (const std::string endpoint : {"ws_echo", "ws_room"}) {
    const auto c = run_checks(endpoint, "greets").at(endpoint);
    EXPECT_EQ(c.result, finding::pass) << endpoint << ": " << c.got;
  }
}

TEST(validate_websocket, another_text_fails_and_is_shown) {
  const auto c = run_checks("ws_echo", "upper").at("ws_echo");
  EXPECT_EQ(c.result, finding::fail);
  EXPECT_TRUE(c.expected.starts_with("the message '"));
  EXPECT_TRUE(c.got.starts_with("'")) << c.got;
}

TEST(validate_websocket, a_server_that_does_not_upgrade_fails) {
  const auto c = run_checks("ws_echo", "deaf").at("ws_echo");
  EXPECT_EQ(c.result, finding::fail);
  EXPECT_EQ(c.got, "no WebSocket handshake: refused with 426 'Upgrade Required'");
}

TEST(validate_websocket, a_plain_request_must_get_426) {
  const auto c = run_checks("ws_room", "open").at("ws_room without upgrade");
  EXPECT_EQ(c.result, finding::fail);
  EXPECT_TRUE(c.got.starts_with("200")) << c.got;
}

}  // namespace
}  // namespace tvl::suite
