// SPDX-License-Identifier: Apache-2.0
// One connection of HttpServer, over plain TCP or TLS: read a head, hand the body to its handler piece by
// piece, write the reply, and again. A piece of http_server.cc.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "service/http_server.h"

namespace querymark {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

// What the server may ask of a connection of either kind.
class ConnectionHandle {
 public:
  virtual ~ConnectionHandle() = default;
  // Closes it if no request is under way; from any thread.
  virtual void close_if_idle() = 0;
};

// What connections share.
struct ConnectionSetting {
  const HttpServerOptions& options;
  HttpService& service;
  MemoryBudget& budget;
  std::atomic<bool>& stopping;
  std::array<std::atomic<uint64_t>, 6>& replies;  // by the first digit of their status
  std::function<void(ConnectionHandle*)> on_end;
};

template <typename Stream>
class HttpConnection final : public ConnectionHandle,
                             public std::enable_shared_from_this<HttpConnection<Stream>> {
 public:
  HttpConnection(Stream stream, ConnectionSetting setting)
      : stream_(std::move(stream)), setting_(std::move(setting)), reservation_(setting_.budget) {}
  ~HttpConnection() override { setting_.on_end(this); }

  void start() {
    if constexpr (kIsTls) {
      tcp().expires_after(setting_.options.head_time);
      stream_.async_handshake(net::ssl::stream_base::server, [self = self()](beast::error_code error) {
        if (!error) self->read_head();
      });
    } else {
      net::dispatch(stream_.get_executor(), [self = self()] { self->read_head(); });
    }
  }

  void close_if_idle() override {
    net::post(stream_.get_executor(), [self = self()] {
      if (self->handler_ == nullptr) self->tcp().close();
    });
  }

 private:
  static constexpr bool kIsTls = std::is_same_v<Stream, TlsStream>;
  static constexpr size_t kReadSize = size_t{1} << 20;
  static constexpr size_t kChunkedReadSize = size_t{64} << 10;
  static constexpr size_t kDrainSize = size_t{16} << 10;
  static constexpr std::chrono::seconds kDrainTime{5};  // that a peer gets to close its side
  using Parser = http::request_parser<http::buffer_body>;

  std::shared_ptr<HttpConnection> self() { return this->shared_from_this(); }
  PlainStream& tcp() { return beast::get_lowest_layer(stream_); }

  void read_head() {
    parser_.emplace();
    parser_->header_limit(kHttpHeadSizeMax);
    parser_->body_limit(UINT64_MAX);
    if (buffer_.size() == 0) buffer_.shrink_to_fit();
    body_ = ByteBuffer();
    body_size_ = piece_size_ = timed_size_ = 0;
    reservation_.release();
    tcp().expires_after(setting_.options.head_time);
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = self()](beast::error_code error, size_t) { self->on_head(error); });
  }

  void on_head(beast::error_code error) {
    if (error == http::error::end_of_stream) return close();
    if (error == http::error::header_limit)
      return reply_and_close(json_message(431, "the head is too large"));
    if (is_protocol_error(error))
      return reply_and_close(json_message(400, "no HTTP request: " + error.message()));
    if (error) return;
    handler_ = setting_.service.begin(head());
    const auto length = parser_->content_length();
    is_chunked_ = !length;
    left_ = length.value_or(0);
    if (length && *length > handler_->body_size_max())
      return reply_and_close(handler_->refuse(HttpRefusal::kTooLarge));
    const uint64_t wanted =
        length ? std::min<uint64_t>(*length, handler_->piece_size()) : uint64_t{kReadSize};
    if (!reserve(wanted)) return reply_and_close(handler_->refuse(HttpRefusal::kOverloaded));
    if (beast::iequals(parser_->get()[http::field::expect], "100-continue")) return write_continue();
    begin_body();
  }

  // What the peer has done wrong, not the network.
  static bool is_protocol_error(beast::error_code error) {
    return error.category() == http::make_error_code(http::error::bad_method).category() &&
           error != http::error::partial_message && error != http::error::end_of_stream;
  }

  HttpHead head() const {
    const auto& message = parser_->get();
    const std::string_view target(message.target().data(), message.target().size());
    HttpHead head;
    head.method = std::string(message.method_string());
    head.path = target.substr(0, target.find('?'));
    if (head.path.size() < target.size()) head.query = target.substr(head.path.size() + 1);
    for (const auto& field : message) {
      head.headers.push_back({std::string(field.name_string()), std::string(field.value())});
    }
    return head;
  }

  void write_continue() {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    net::async_write(stream_, net::buffer(kContinue.data(), kContinue.size()),
                     [self = self()](beast::error_code error, size_t) {
                       if (!error) self->begin_body();
                     });
  }

  // What is made of a body is about as large again.
  bool reserve(uint64_t body_size) { return reservation_.grow_to(2 * body_size); }

  // A body of a known size goes straight to where it is handled; its first bytes came with the head.
  void begin_body() {
    if (is_chunked_) {
      if (parser_->is_done()) return give_body();
      buffer_.reserve(kChunkedReadSize);
      return read_body();
    }
    if (handler_->piece_size() == HttpHandler::kWholeBody) body_.room(static_cast<size_t>(left_));
    const size_t here = static_cast<size_t>(std::min<uint64_t>(buffer_.size(), left_));
    body_.append({static_cast<const char*>(buffer_.data().data()), here});
    buffer_.consume(here);
    tcp().expires_after(setting_.options.piece_time);
    on_bytes(here);
  }

  void read_body() {
    const auto wanted = static_cast<size_t>(is_chunked_ ? kReadSize : std::min<uint64_t>(left_, kReadSize));
    if (!reserve(body_.size() + wanted)) return reply_and_close(handler_->refuse(HttpRefusal::kOverloaded));
    char* room = body_.room(wanted);
    if (is_chunked_) return read_chunks(room, wanted);
    stream_.async_read_some(net::buffer(room, wanted),
                            [self = self()](beast::error_code error, size_t count) {
                              if (error) return;
                              self->body_.grow(count);
                              self->on_bytes(count);
                            });
  }

  void read_chunks(char* room, size_t wanted) {
    auto& target = parser_->get().body();
    target.data = room;
    target.size = wanted;
    http::async_read_some(stream_, buffer_, *parser_,
                          [self = self(), wanted](beast::error_code error, size_t) {
                            self->on_chunks(error, wanted - self->parser_->get().body().size);
                          });
  }

  void on_chunks(beast::error_code error, size_t count) {
    if (error && error != http::error::need_buffer) {
      if (is_protocol_error(error)) reply_and_close(json_message(400, "no HTTP body: " + error.message()));
      return;
    }
    body_.grow(count);
    on_bytes(count);
  }

  bool body_is_whole() const { return is_chunked_ ? parser_->is_done() : left_ == 0; }

  void on_bytes(size_t count) {
    if (!is_chunked_) left_ -= count;
    body_size_ += count;
    if (body_size_ > handler_->body_size_max())
      return reply_and_close(handler_->refuse(HttpRefusal::kTooLarge));
    piece_size_ += count;
    timed_size_ += count;
    if (timed_size_ >= kReadSize) {
      timed_size_ = 0;
      tcp().expires_after(setting_.options.piece_time);
    }
    if (body_is_whole() || piece_size_ >= handler_->piece_size()) return give_body();
    read_body();
  }

  void give_body() {
    piece_size_ = 0;
    tcp().expires_never();
    handler_->take(body_, body_is_whole(), [self = self()](HttpHandler::Next next) {
      net::post(self->stream_.get_executor(),
                [self, next = std::move(next)]() mutable { self->go_on(std::move(next)); });
    });
  }

  void go_on(HttpHandler::Next next) {
    if (auto* reply = std::get_if<HttpReply>(&next)) {
      return write_reply(std::move(*reply), body_is_whole() && parser_->keep_alive());
    }
    if (std::get<HttpHandler::Continue>(next) == HttpHandler::Continue::kAgain) return give_body();
    tcp().expires_after(setting_.options.piece_time);
    read_body();
  }

  void reply_and_close(HttpReply reply) { write_reply(std::move(reply), false); }

  void write_reply(HttpReply reply, bool keep_alive) {
    setting_.replies[static_cast<size_t>(reply.status / 100)].fetch_add(1, std::memory_order_relaxed);
    response_ = {};
    response_.version(11);
    response_.result(static_cast<unsigned>(reply.status));
    response_.set(http::field::content_type, reply.content_type);
    for (const HttpHeader& header : reply.headers) response_.set(header.name, header.value);
    keep_alive = keep_alive && !setting_.stopping && parser_->get().method() != http::verb::head;
    if (reply.source != nullptr) return write_head_of_stream(std::move(reply.source));
    response_.keep_alive(keep_alive);
    response_.body() = std::move(reply.body);
    response_.prepare_payload();
    tcp().expires_after(setting_.options.piece_time);
    http::async_write(stream_, response_, [self = self(), keep_alive](beast::error_code error, size_t) {
      if (error) return;
      const bool is_read = self->handler_ != nullptr && self->body_is_whole();
      self->handler_.reset();
      if (keep_alive && !self->setting_.stopping) return self->read_head();
      return is_read ? self->close() : self->drain();
    });
  }

  // In chunks; the connection ends with it.
  void write_head_of_stream(std::shared_ptr<HttpBodySource> source) {
    source_ = std::move(source);
    response_.keep_alive(false);
    response_.chunked(true);
    head_.emplace(response_);
    tcp().expires_never();
    watch_reader();
    tcp().expires_after(setting_.options.piece_time);
    http::async_write_header(stream_, *head_,
                             [self = self()](beast::error_code error, size_t) { self->on_streamed(error); });
  }

  // One that goes away is noticed at once, not with the next piece.
  void watch_reader() {
    drained_.resize(kDrainSize);
    stream_.async_read_some(net::buffer(drained_), [self = self()](beast::error_code error, size_t) {
      if (!error) return self->watch_reader();
      self->source_.reset();
      self->tcp().close();
    });
  }

  void on_streamed(beast::error_code error) {
    if (error) source_.reset();
    if (source_ == nullptr) return;
    tcp().expires_never();
    source_->next([self = self()](std::optional<std::string> piece) {
      net::post(self->stream_.get_executor(), [self, piece = std::move(piece)]() mutable {
        piece ? self->write_piece(*std::move(piece)) : self->end_stream();
      });
    });
  }

  void write_piece(std::string piece) {
    piece_ = std::move(piece);
    tcp().expires_after(setting_.options.piece_time);
    net::async_write(stream_, http::make_chunk(net::buffer(piece_)),
                     [self = self()](beast::error_code error, size_t) { self->on_streamed(error); });
  }

  void end_stream() {
    source_.reset();
    tcp().expires_after(setting_.options.piece_time);
    net::async_write(stream_, http::make_chunk_last(), [self = self()](beast::error_code, size_t) {
      beast::error_code ignored;
      self->tcp().socket().shutdown(net::ip::tcp::socket::shutdown_both, ignored);
    });
  }

  // A sender that is still sending would lose the reply to a reset: it is read on for a while, and dropped.
  void drain() {
    beast::error_code ignored;
    tcp().socket().shutdown(net::ip::tcp::socket::shutdown_send, ignored);
    tcp().expires_after(kDrainTime);
    drained_.resize(kDrainSize);
    read_and_drop();
  }

  void read_and_drop() {
    tcp().async_read_some(net::buffer(drained_), [self = self()](beast::error_code error, size_t) {
      if (!error) self->read_and_drop();
    });
  }

  void close() {
    if constexpr (kIsTls) {
      tcp().expires_after(kDrainTime);
      stream_.async_shutdown([self = self()](beast::error_code) {});
    } else {
      beast::error_code ignored;
      tcp().socket().shutdown(net::ip::tcp::socket::shutdown_both, ignored);
    }
  }

  Stream stream_;
  ConnectionSetting setting_;
  MemoryReservation reservation_;  // of body_
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::unique_ptr<HttpHandler> handler_;  // of the request under way
  ByteBuffer body_;
  bool is_chunked_ = false;
  uint64_t left_ = 0;       // of a body of a known size
  uint64_t body_size_ = 0;  // read so far
  size_t piece_size_ = 0;   // of them, not given to the handler yet
  size_t timed_size_ = 0;   // since the time for a MiB was set
  http::response<http::string_body> response_;
  std::optional<http::response_serializer<http::string_body>> head_;  // of a reply in pieces
  std::shared_ptr<HttpBodySource> source_;
  std::string piece_;  // of it, being written
  std::vector<char> drained_;
};

}  // namespace querymark
