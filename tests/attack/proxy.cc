#include "tests/attack/proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <stdexcept>

#include "absl/strings/str_cat.h"

namespace leadclock::attack {
namespace {

constexpr int kLookMillis = 20;
constexpr int kWaiting = 64;

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

int NewSocket() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) throw std::runtime_error("cannot make a socket");
  return fd;
}

void Quicken(int fd) {
  const int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
}

}  // namespace

Proxy::Proxy(int port, int target_port)
    : target_port_(target_port), listener_(NewSocket()) {
  const int yes = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  const sockaddr_in address = Loopback(port);
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address),
           sizeof(address)) != 0 ||
      listen(listener_, kWaiting) != 0) {
    throw std::runtime_error(absl::StrCat("the proxy cannot listen on ", port,
                                          ": ", std::strerror(errno)));
  }
  thread_ = std::thread([this] { Serve(); });
}

Proxy::~Proxy() {
  stop_ = true;
  thread_.join();
  for (const Connection& connection : connections_) Close(connection);
  close(listener_);
}

void Proxy::Serve() {
  while (!stop_) {
    std::vector<pollfd> fds = {{listener_, POLLIN, 0}};
    for (const Connection& connection : connections_) {
      for (const Way* way : {&connection.requests, &connection.answers}) {
        const bool reads =
            way->pending.empty() && !way->ended && !Holds(connection, *way);
        // A negative one is passed over: a hang-up would wake us for ever.
        fds.push_back({reads ? way->from : -1, POLLIN, 0});
        fds.push_back({way->pending.empty() ? -1 : way->to, POLLOUT, 0});
      }
    }
    poll(fds.data(), fds.size(), kLookMillis);
    if (fds.front().revents != 0) Accept();
    const bool cut = cut_.exchange(false);
    std::erase_if(connections_, [&](Connection& connection) {
      if (!cut && Move(connection)) return false;
      Close(connection);
      return true;
    });
  }
}

void Proxy::Accept() {
  const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  const int server = NewSocket();
  const sockaddr_in address = Loopback(target_port_);
  if (connect(server, reinterpret_cast<const sockaddr*>(&address),
              sizeof(address)) != 0) {
    close(server);
    close(client);
    return;
  }
  Quicken(client);
  Quicken(server);
  connections_.push_back({.requests = {.from = client, .to = server},
                          .answers = {.from = server, .to = client}});
}

bool Proxy::Holds(const Connection& connection, const Way& way) const {
  const Mode mode = mode_;
  return (mode == Mode::kHoldAnswers && &way == &connection.answers) ||
         (mode == Mode::kHoldRequests && &way == &connection.requests);
}

bool Proxy::Move(Connection& connection) const {
  for (Way* way : {&connection.requests, &connection.answers}) {
    if (!Move(*way, Holds(connection, *way))) return false;
  }
  return true;
}

bool Proxy::Move(Way& way, bool held) {
  if (way.pending.empty() && !held && !way.ended) {
    std::array<char, 65536> bytes;
    const ssize_t got =
        recv(way.from, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got > 0) {
      way.pending.assign(bytes.data(), static_cast<size_t>(got));
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
      way.ended = true;
    }
  }
  if (!way.pending.empty()) {
    const ssize_t put = send(way.to, way.pending.data(), way.pending.size(),
                             MSG_DONTWAIT | MSG_NOSIGNAL);
    if (put > 0) {
      way.pending.erase(0, static_cast<size_t>(put));
    } else if (errno != EAGAIN && errno != EINTR) {
      return false;
    }
  }
  return !way.ended || !way.pending.empty();
}

void Proxy::Close(const Connection& connection) {
  close(connection.requests.from);
  close(connection.answers.from);
}

}  // namespace leadclock::attack
