#pragma once
// For tests only: a temporary folder, and servers that misbehave.

#include "bench/suite/config/variables.hpp"
#include "bench/support/temporary_folder.hpp"
#include "clients/load/meter/process_tree.hpp"
#include "servers/runtime/free_port.hpp"

#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace tvl::suite {

class temporary_folder : public scratch_folder {
 public:
  temporary_folder() : scratch_folder("tvl-suite-test") {}

  std::filesystem::path operator/(const std::string& name) const { return path() / name; }

  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path() / name).parent_path());
    std::ofstream(path() / name) << text;
    return path() / name;
  }
};

inline variable numbers(const std::string& name, const std::vector<long>& values, role part = role::x) {
  variable v{name, {}, part};
  for (const long value : values) v.values.push_back(quantity::of(value));
  return v;
}

inline std::string read_file(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A Python server with /plaintext, /delay/{ms} and /cache/key:1: FOLDER PORT MODE. It appends the pids of its processes
// to FOLDER/pids. MODE is ok, wrong (another text), newline (one more), early (no delays), closing (never keeps a
// connection), old (HTTP/1.0, without keep-alive), old-kept (HTTP/1.0 with keep-alive), forking (leaves a child that
// ignores SIGTERM), stubborn (ignores SIGTERM), dying (exits after 50 replies).
// It uses threads: importing asyncio would take most of its CPU time.
inline constexpr char fake_server[] = R"(
import os, signal, socket, sys, threading, time
folder, port, mode = sys.argv[1], int(sys.argv[2]), sys.argv[3]
served, lock = 0, threading.Lock()

def note_pid():
    with open(folder + '/pids', 'a') as file:
        file.write(f'{os.getpid()}\n')

def text_of(path):
    if path.startswith('/delay/'):
        ms = path.split('/')[2]
        time.sleep(int(ms) / 1000 * (0 if mode == 'early' else 1.02))
        return ms
    if path == '/cache/key:1': return 'value of key:1 '.ljust(100, '.')
    return {'wrong': 'Hello, World?', 'newline': 'Hello, World!\n'}.get(mode, 'Hello, World!')

def serve(connection):
    global served
    received = b''
    with connection:
        while True:
            while b'\r\n\r\n' not in received:
                piece = connection.recv(4096)
                if not piece: return
                received += piece
            head, received = received.split(b'\r\n\r\n', 1)
            text = text_of(head.decode().split(' ')[1])
            close = mode in ('closing', 'old') or b'connection: close' in head.lower()
            version = 'HTTP/1.0' if mode.startswith('old') else 'HTTP/1.1'
            said = 'Connection: close\r\n' if close else 'Connection: keep-alive\r\n' if mode == 'old-kept' else ''
            with lock: served += 1
            connection.sendall((f'{version} 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(text)}\r\n'
                                + said * (mode != 'old') + '\r\n' + text).encode())
            if mode == 'dying' and served > 50: os._exit(7)
            if close: return

def serve_or_end(connection):
    try: serve(connection)
    except ConnectionError: pass

def accept(listener):
    while True:
        connection = listener.accept()[0]
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=serve_or_end, args=(connection,), daemon=True).start()

note_pid()
if mode == 'forking' and os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    note_pid()
    while True: signal.pause()
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
listener = socket.create_server(('127.0.0.1', port), backlog=512)
threading.Thread(target=accept, args=(listener,), daemon=True).start()
print('listening on 127.0.0.1:%d' % listener.getsockname()[1], flush=True)
while signal.sigwait([signal.SIGTERM]) and mode == 'stubborn': pass
print('{"requests": %d}' % served, flush=True)
os._exit(0)
)";

// A Python server that is not ready, or no HTTP/1.x server: PORT MODE. MODE is starting (503 three times, then 200),
// busy (503), tls (an alert to all), quiet-tls (an alert to TLS, else it closes),
// silent-tls (likewise, else it waits), shut (closes), banner, short (5 of 13
// bytes), v6 (listens on ::1 alone), elsewhere (on 127.0.0.2 alone), unix (PORT is the path of a socket).
inline constexpr char odd_server[] = R"(
import itertools, socket, sys
place, mode = sys.argv[1:]
not_yet = b'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'
hello = b'HTTP/1.1 200 OK\r\nContent-Length: 13\r\nConnection: close\r\n\r\nHello, World!'
says = {'busy': not_yet, 'tls': bytes.fromhex('15030100020246'), 'banner': b'220 mail ready\r\n', 'short': hello[:-8],
        'quiet-tls': bytes.fromhex('15030300020228'), 'silent-tls': bytes.fromhex('15030300020228')}
waiting = []
here = {'v6': '::1', 'elsewhere': '127.0.0.2'}.get(mode, '127.0.0.1')
family = {'v6': socket.AF_INET6, 'unix': socket.AF_UNIX}.get(mode, socket.AF_INET)
listener = socket.create_server((here, int(place)), family=family) if mode != 'unix' else socket.socket(family)
if mode == 'unix': listener.bind(place); listener.listen()
for number in itertools.count():
    connection = listener.accept()[0]
    asked = connection.recv(4096)
    reply = says.get(mode) or (not_yet if mode == 'starting' and number < 3 else hello)
    if mode == 'shut' or (mode.endswith('-tls') and not asked.startswith(b'\x16')): reply = b''
    if mode == 'silent-tls' and reply != says[mode]: waiting.append(connection); continue
    connection.sendall(reply)
    connection.close()
)";

// The pids in FOLDER/pids that still run.
inline std::vector<pid_t> still_running(const std::filesystem::path& folder) {
  std::vector<pid_t> pids;
  std::ifstream in(folder / "pids");
  for (pid_t pid = 0; in >> pid;) {
    const auto p = load::read_process(pid);
    if (p && p->state != 'Z') pids.push_back(pid);
  }
  return pids;
}

}  // namespace tvl::suite
