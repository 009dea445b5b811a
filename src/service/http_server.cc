// SPDX-License-Identifier: Apache-2.0
#include "service/http_server.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "service/http_connection-inl.h"

namespace querymark {
namespace {

// Pause where the system has no descriptor or memory left for another connection.
constexpr std::chrono::milliseconds kAcceptPause(100);

Error network_error(const std::string& what, const boost::system::error_code& code) {
  return Error::from_errno(code.value(), what);
}

Result<void> load_certificate(net::ssl::context& tls, const HttpServerOptions& options) {
  if (options.certificate_file.empty()) return {};
  boost::system::error_code code;
  tls.set_options(net::ssl::context::default_workarounds | net::ssl::context::no_sslv2 |
                      net::ssl::context::no_sslv3 | net::ssl::context::no_tlsv1 |
                      net::ssl::context::no_tlsv1_1,
                  code);
  if (!code) tls.use_certificate_chain_file(options.certificate_file, code);
  if (code) return Error::invalid("certificate " + options.certificate_file + ": " + code.message());
  tls.use_private_key_file(options.key_file, net::ssl::context::pem, code);
  if (code) return Error::invalid("key " + options.key_file + ": " + code.message());
  return {};
}

}  // namespace

Result<void> check_certificate(const HttpServerOptions& options) {
  net::ssl::context tls(net::ssl::context::tls_server);
  return load_certificate(tls, options);
}

struct HttpServer::State {
  State(const HttpServerOptions& opts, HttpService& svc, MemoryBudget& bud,
        std::function<void(std::string_view)> report)
      : options(opts),
        service(svc),
        budget(bud),
        on_error(std::move(report)),
        io(static_cast<int>(opts.threads)),
        work(net::make_work_guard(io)),
        tls(net::ssl::context::tls_server),
        acceptor(net::make_strand(io)),
        pause(acceptor.get_executor()) {}

  Result<void> listen();
  void accept();
  void on_accept(boost::system::error_code code, net::ip::tcp::socket socket);
  void serve(net::ip::tcp::socket socket);
  template <typename Stream>
  void begin(Stream stream);
  void run();
  void halt();

  HttpServerOptions options;
  HttpService& service;
  MemoryBudget& budget;
  std::function<void(std::string_view)> on_error;
  std::atomic<bool> stopping{false};
  std::atomic<uint64_t> connections_total{0};
  std::atomic<uint64_t> connections_refused{0};
  std::array<std::atomic<uint64_t>, 6> replies{};
  mutable std::mutex mutex;
  std::condition_variable ended;
  std::unordered_map<ConnectionHandle*, std::weak_ptr<ConnectionHandle>> open;  // guarded by mutex

  // Connections end with it, and tell so.
  net::io_context io;
  // Requests that wait for a disk are no work that it knows of.
  net::executor_work_guard<net::io_context::executor_type> work;
  net::ssl::context tls;
  net::ip::tcp::acceptor acceptor;
  net::steady_timer pause;
  std::vector<std::thread> threads;
};

Result<void> HttpServer::State::listen() {
  const std::string place = options.address + ":" + std::to_string(options.port);
  boost::system::error_code code;
  const net::ip::address address = net::ip::make_address(options.address, code);
  if (code) return Error::invalid("listen on " + options.address + ": no address of an interface");
  const net::ip::tcp::endpoint endpoint(address, options.port);
  acceptor.open(endpoint.protocol(), code);
  if (!code) acceptor.set_option(net::socket_base::reuse_address(true), code);
  if (!code) acceptor.bind(endpoint, code);
  if (!code) acceptor.listen(net::socket_base::max_listen_connections, code);
  if (code) return network_error("listen on " + place, code);
  return {};
}

void HttpServer::State::accept() {
  acceptor.async_accept(net::make_strand(io),
                        [this](boost::system::error_code code, net::ip::tcp::socket socket) {
                          on_accept(code, std::move(socket));
                        });
}

void HttpServer::State::on_accept(boost::system::error_code code, net::ip::tcp::socket socket) {
  if (stopping || code == net::error::operation_aborted) return;
  if (!code) {
    serve(std::move(socket));
    return accept();
  }
  on_error("accept a connection: " + code.message());
  pause.expires_after(kAcceptPause);
  pause.async_wait([this](boost::system::error_code cancelled) {
    if (!cancelled) accept();
  });
}

void HttpServer::State::serve(net::ip::tcp::socket socket) {
  ++connections_total;
  {
    const std::lock_guard<std::mutex> lock(mutex);
    if (open.size() >= options.connections_max) {
      ++connections_refused;
      return;
    }
  }
  boost::system::error_code ignored;
  socket.set_option(net::ip::tcp::no_delay(true), ignored);
  if (options.certificate_file.empty()) return begin(PlainStream(std::move(socket)));
  begin(TlsStream(PlainStream(std::move(socket)), tls));
}

template <typename Stream>
void HttpServer::State::begin(Stream stream) {
  const auto on_end = [this](ConnectionHandle* connection) {
    const std::lock_guard<std::mutex> lock(mutex);
    open.erase(connection);
    ended.notify_all();
  };
  const auto connection = std::make_shared<HttpConnection<Stream>>(
      std::move(stream), ConnectionSetting{options, service, budget, stopping, replies, on_end});
  {
    const std::lock_guard<std::mutex> lock(mutex);
    open.emplace(connection.get(), connection);
  }
  connection->start();
}

void HttpServer::State::run() {
  for (;;) {
    try {
      io.run();
      return;
    } catch (const std::exception& error) {
      on_error(std::string("a request failed: ") + error.what());
    }
  }
}

void HttpServer::State::halt() {
  stopping = true;
  io.stop();
  for (std::thread& thread : threads) thread.join();
  threads.clear();
}

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<HttpServer>> HttpServer::listen(const HttpServerOptions& options, HttpService& service,
                                                       MemoryBudget& budget,
                                                       std::function<void(std::string_view)> on_error) {
  auto state = std::make_unique<State>(options, service, budget, std::move(on_error));
  if (const Result<void> loaded = load_certificate(state->tls, options); !loaded) return loaded.error();
  if (const Result<void> listening = state->listen(); !listening) return listening.error();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

HttpServer::~HttpServer() {
  state_->halt();
}

void HttpServer::start() {
  state_->accept();
  for (unsigned i = 0; i < state_->options.threads; ++i) {
    state_->threads.emplace_back([&state = *state_] { state.run(); });
  }
}

uint16_t HttpServer::port() const {
  return state_->acceptor.local_endpoint().port();
}

HttpServerStatus HttpServer::status() const {
  HttpServerStatus status;
  std::copy(state_->replies.begin(), state_->replies.end(), status.replies.begin());
  status.connections_total = state_->connections_total;
  status.connections_refused = state_->connections_refused;
  const std::lock_guard<std::mutex> lock(state_->mutex);
  status.connections = state_->open.size();
  return status;
}

void HttpServer::stop(Deadline deadline) {
  state_->stopping = true;
  net::post(state_->acceptor.get_executor(), [this] {
    boost::system::error_code ignored;
    state_->acceptor.close(ignored);
    state_->pause.cancel();
  });
  // Held outside the lock: one that ends with us takes it.
  std::vector<std::shared_ptr<ConnectionHandle>> connections;
  {
    const std::lock_guard<std::mutex> lock(state_->mutex);
    for (const auto& [key, handle] : state_->open) connections.push_back(handle.lock());
  }
  for (const std::shared_ptr<ConnectionHandle>& connection : connections) {
    if (connection != nullptr) connection->close_if_idle();
  }
  connections.clear();
  std::unique_lock<std::mutex> lock(state_->mutex);
  state_->ended.wait_for(lock, deadline.left(), [this] { return state_->open.empty(); });
  lock.unlock();
  state_->halt();
}

}  // namespace querymark
