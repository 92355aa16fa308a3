#pragma once
// For tests only: a folder that vanishes, and servers that misbehave.

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

// A server in Python that knows /plaintext, /delay/{ms} and /cache/key:1. It appends the pid of each of its processes
// to FOLDER/pids. MODE is ok, wrong (another text), early (no delays), closing (never keeps a connection), forking
// (leaves a child that ignores SIGTERM), stubborn (ignores SIGTERM itself), dying (ends in the middle of its work).
inline constexpr char fake_server[] = R"(
import asyncio, json, os, signal, sys
folder, port, mode = sys.argv[1], int(sys.argv[2]), sys.argv[3]
served = 0

def note_pid():
    with open(folder + '/pids', 'a') as file:
        file.write(f'{os.getpid()}\n')

async def serve(reader, writer):
    global served
    try:
        while True:
            head = (await reader.readuntil(b'\r\n\r\n')).decode()
            path = head.split(' ')[1]
            if path.startswith('/delay/'):
                text = path.split('/')[2]
                await asyncio.sleep(int(text) / 1000 * (0 if mode == 'early' else 1.02))
            elif path == '/cache/key:1':
                text = 'value of key:1 '.ljust(100, '.')
            else:
                text = 'Hello, World?' if mode == 'wrong' else 'Hello, World!'
            close = mode == 'closing' or 'connection: close' in head.lower()
            writer.write((f'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(text)}\r\n'
                          + ('Connection: close\r\n' if close else '') + '\r\n' + text).encode())
            served += 1
            if mode == 'dying' and served > 50: os._exit(7)
            if close: break
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()

async def main():
    done = asyncio.Event()
    loop = asyncio.get_running_loop()
    stop = (lambda: None) if mode == 'stubborn' else done.set
    loop.add_signal_handler(signal.SIGTERM, stop)
    server = await asyncio.start_server(serve, '127.0.0.1', port, backlog=512)
    print('listening on 127.0.0.1:%d' % server.sockets[0].getsockname()[1], flush=True)
    await done.wait()
    print(json.dumps({'requests': served}), flush=True)

note_pid()
if mode == 'forking' and os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.setsid()
    note_pid()
    while True: signal.pause()
asyncio.run(main())
)";

// Pids that fake servers noted and that still run.
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
