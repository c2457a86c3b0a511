// SPDX-License-Identifier: Apache-2.0
#include "tls_relay.hpp"

#include "docker_sandbox/os/unix_socket.hpp"
#include "support/errors.hpp"
#include "support/private_directory.hpp"
#include "support/waiting.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <ctime>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace docker_sandbox::engine {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

template <typename T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

constexpr std::size_t k_piece = 16U * 1024;

/// An engine that speaks TLS on a port of the loopback interface, with a certificate for that address that it has signed itself.
class TlsEngine {
 public:
  TlsEngine() {
    make_certificate();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const int little = 1;  // as little as the kernel has for a connection: a sender is soon held up
    EXPECT_EQ(::setsockopt(listener_.get(), SOL_SOCKET, SO_RCVBUF, &little, sizeof little), 0);
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_.get(), 1), 0);
    EXPECT_EQ(::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    endpoint_.scheme = docker_config::Scheme::tcp;
    endpoint_.address = "127.0.0.1";
    endpoint_.port = ntohs(address.sin_port);
    endpoint_.host = "tcp://127.0.0.1:" + std::to_string(endpoint_.port);
    endpoint_.tls = docker_config::TlsSettings{.ca_certificate = directory_.path() + "/ca.pem"};
  }

  const docker_config::Endpoint& endpoint() const { return endpoint_; }

  /// Takes the next connection and shakes hands; none where the other side does not want to.
  void accept() {
    socket_.reset(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    connection_.reset(::SSL_new(context_.get()));
    ::SSL_set_fd(connection_.get(), socket_.get());
    is_connected_ = ::SSL_accept(connection_.get()) == 1;
  }
  bool is_connected() const { return is_connected_; }

  void send(const std::string& text) {
    EXPECT_EQ(::SSL_write(connection_.get(), text.data(), static_cast<int>(text.size())),
              static_cast<int>(text.size()));
  }

  /// All that comes until the end that TLS tells of; a cut is none.
  std::string read_all() {
    std::string text;
    std::array<char, k_piece> buffer{};
    int count = 0;
    while ((count = ::SSL_read(connection_.get(), buffer.data(), buffer.size())) > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    EXPECT_EQ(::SSL_get_error(connection_.get(), count), SSL_ERROR_ZERO_RETURN);
    return text;
  }

  void end() {
    ::SSL_shutdown(connection_.get());
    socket_.reset();
  }

  /// As an engine that is killed: the connection is reset.
  void reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    socket_.reset();
  }

 private:
  void make_certificate() {
    const Owned<EVP_PKEY> key(::EVP_EC_gen("P-256"), ::EVP_PKEY_free);
    const Owned<X509> certificate(::X509_new(), ::X509_free);
    ::X509_set_version(certificate.get(), X509_VERSION_3);
    ::X509_gmtime_adj(::X509_getm_notBefore(certificate.get()), -3600);
    ::X509_gmtime_adj(::X509_getm_notAfter(certificate.get()), 24 * 3600);
    ::X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* const name = ::X509_get_subject_name(certificate.get());
    ::X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("engine"), -1, -1, 0);
    ::X509_set_issuer_name(certificate.get(), name);
    const Owned<X509_EXTENSION> names(::X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1"),
                                      ::X509_EXTENSION_free);
    ::X509_add_ext(certificate.get(), names.get(), -1);
    ASSERT_GT(::X509_sign(certificate.get(), key.get(), ::EVP_sha256()), 0);
    ASSERT_EQ(::SSL_CTX_use_certificate(context_.get(), certificate.get()), 1);
    ASSERT_EQ(::SSL_CTX_use_PrivateKey(context_.get(), key.get()), 1);
    const Owned<BIO> file(::BIO_new_file((directory_.path() + "/ca.pem").c_str(), "w"), ::BIO_free_all);
    ASSERT_EQ(::PEM_write_bio_X509(file.get(), certificate.get()), 1);
  }

  support::PrivateDirectory directory_;
  os::UniqueFd listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  docker_config::Endpoint endpoint_;
  Owned<SSL_CTX> context_{::SSL_CTX_new(::TLS_server_method()), ::SSL_CTX_free};
  os::UniqueFd socket_;
  Owned<SSL> connection_{nullptr, ::SSL_free};
  bool is_connected_ = false;
};

/// One connection that a relay serves, on a thread of its own.
class Served {
 public:
  explicit Served(const docker_config::Endpoint& endpoint) : relay_(endpoint) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    client.reset(ends[0]);
    const int little = 1;  // room for what the client has not read
    EXPECT_EQ(::setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &little, sizeof little), 0);
    thread_ = std::thread([this, end = ends[1]] {
      thread_id_ = ::gettid();
      fault_ = relay_.serve(os::UniqueFd(end), stop_.get());
      has_ended_ = true;
    });
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  ~Served() { stop(); }

  /// What the relay has to say at its end.
  const std::string& fault() {
    if (thread_.joinable()) {
      thread_.join();
    }
    return fault_;
  }

  const std::string& stop() {
    ::eventfd_write(stop_.get(), 1);
    return fault();
  }

  /// Whether the relay comes to wait for something; false as soon as it has worked for a quarter of a second instead, and
  /// when it has ended.
  bool comes_to_rest() {
    constexpr std::chrono::milliseconds k_much{250};
    constexpr int k_looks = 3;
    const std::chrono::nanoseconds begin = processor_time();
    std::chrono::nanoseconds now = begin;
    int rests = 0;
    while (rests < k_looks && now - begin < k_much && !has_ended_) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      const std::chrono::nanoseconds before = std::exchange(now, processor_time());
      rests = now == before && sleeps() ? rests + 1 : 0;
    }
    return rests == k_looks;
  }

  os::UniqueFd client;

 private:
  std::chrono::nanoseconds processor_time() {
    clockid_t clock{};
    timespec time{};
    if (::pthread_getcpuclockid(thread_.native_handle(), &clock) == 0) {
      ::clock_gettime(clock, &time);
    }
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  }

  /// As the kernel has it: "1234 (name) S …".
  bool sleeps() const {
    std::ifstream file("/proc/self/task/" + std::to_string(thread_id_) + "/stat");
    std::string line;
    std::getline(file, line);
    const std::size_t state = line.rfind(") ");
    return state != std::string::npos && line.compare(state, 3, ") S") == 0;
  }

  TlsRelay relay_;
  os::UniqueFd stop_{::eventfd(0, EFD_CLOEXEC)};
  std::string fault_;
  std::atomic<pid_t> thread_id_{0};
  std::atomic<bool> has_ended_{false};
  std::thread thread_;
};

class TlsRelayTest : public testing::Test {
 protected:
  void SetUp() override { ::signal(SIGPIPE, SIG_IGN); }

  TlsEngine engine_;
};

TEST_F(TlsRelayTest, CarriesBytesBothWaysAndTheEndOfTheClients) {
  Served served(engine_.endpoint());
  engine_.accept();
  ASSERT_TRUE(engine_.is_connected());
  const std::string asked(10 * k_piece, 'a');
  os::send_all(served.client.get(), asked);
  ::shutdown(served.client.get(), SHUT_WR);
  EXPECT_EQ(engine_.read_all(), asked);
  engine_.send("answer");
  engine_.end();
  std::array<char, 100> answer{};
  EXPECT_EQ(::recv(served.client.get(), answer.data(), answer.size(), MSG_WAITALL), 6);
  EXPECT_EQ(std::string(answer.data()), "answer");
  EXPECT_EQ(served.fault(), "");
}

TEST_F(TlsRelayTest, GoesToNoEngineWhoseCertificateNobodyHasSigned) {
  docker_config::Endpoint endpoint = engine_.endpoint();
  endpoint.tls->ca_certificate.clear();
  Served served(endpoint);
  engine_.accept();
  EXPECT_FALSE(engine_.is_connected());
  EXPECT_THAT(served.fault(),
              HasSubstr("the certificate of the engine at " + endpoint.host + " cannot be trusted: self"));
}

TEST_F(TlsRelayTest, SaysWhyTheEngineCannotBeReached) {
  docker_config::Endpoint endpoint = engine_.endpoint();
  endpoint.port = 1;
  Served served(endpoint);
  EXPECT_THAT(served.fault(), StartsWith("Cannot connect to the Docker daemon at " + endpoint.host));
}

TEST_F(TlsRelayTest, NamesTheFileThatItCannotUse) {
  const support::PrivateDirectory directory;
  const std::string empty = directory.path() + "/empty.pem";
  std::ofstream(empty).flush();
  const std::string good = engine_.endpoint().tls->ca_certificate;
  const std::vector<std::pair<docker_config::TlsSettings, const char*>> settings{
      {{.ca_certificate = empty}, "CA certificate "},
      {{.ca_certificate = good, .certificate = empty, .key = empty}, "certificate "},
      {{.ca_certificate = good, .certificate = good, .key = empty}, "key "}};
  for (const auto& [tls, what] : settings) {
    docker_config::Endpoint endpoint = engine_.endpoint();
    endpoint.tls = tls;
    EXPECT_THAT(support::message_of([&] { const TlsRelay relay(endpoint); }, base::ErrorKind::bad_config),
                StartsWith("cannot use the TLS " + std::string(what) + empty));
  }
}

TEST_F(TlsRelayTest, SleepsWhileTheEngineIsGoneAndTheClientDoesNotRead) {
  Served served(engine_.endpoint());
  engine_.accept();
  ASSERT_TRUE(engine_.is_connected());
  engine_.send(std::string(2 * k_piece, 'x'));
  ASSERT_TRUE(os::wait_readable(served.client.get(), support::deadline()));
  ASSERT_TRUE(served.comes_to_rest());
  engine_.reset();
  EXPECT_TRUE(served.comes_to_rest());
}

TEST_F(TlsRelayTest, SleepsWhileTheClientIsGoneAndTheEngineDoesNotRead) {
  Served served(engine_.endpoint());
  engine_.accept();
  ASSERT_TRUE(engine_.is_connected());
  const std::string piece(k_piece, 'x');
  std::size_t sent = 0;
  // Full to the brim: the relay holds what the engine does not take, and takes nothing more.
  std::size_t before = 0;
  do {
    before = sent;
    ssize_t count = 0;
    while ((count = ::send(served.client.get(), piece.data(), piece.size(), MSG_DONTWAIT | MSG_NOSIGNAL)) > 0) {
      sent += static_cast<std::size_t>(count);
    }
    ASSERT_TRUE(served.comes_to_rest());
  } while (sent != before);
  served.client.reset();
  EXPECT_TRUE(served.comes_to_rest());
  EXPECT_EQ(engine_.read_all().size(), sent) << "what was taken arrives";
  EXPECT_EQ(served.fault(), "");
}

}  // namespace
}  // namespace docker_sandbox::engine
