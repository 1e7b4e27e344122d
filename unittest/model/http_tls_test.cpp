#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <csignal>
#include <cstdlib>

#include "model/http_stand_in.h"

namespace llmc {
namespace {

using test::greedy;
using test::json;
using test::message_of;
using test::options_for;
using test::take;
using test::temporary_folder;
using testing::HasSubstr;

/// A certificate for 127.0.0.1 that signs itself.
class Certificate {
 public:
  Certificate() : key_(EVP_RSA_gen(2048)), certificate_(X509_new()) {
    X509_set_version(certificate_, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate_), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate_), 3600);
    X509_set_pubkey(certificate_, key_);
    X509_NAME* name = X509_get_subject_name(certificate_);
    const auto* words = reinterpret_cast<const unsigned char*>("stand-in");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, words, -1, -1, 0);
    X509_set_issuer_name(certificate_, name);
    X509_EXTENSION* address =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(certificate_, address, -1);
    X509_EXTENSION_free(address);
    X509_sign(certificate_, key_, EVP_sha256());
  }
  ~Certificate() {
    X509_free(certificate_);
    EVP_PKEY_free(key_);
  }
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  [[nodiscard]] EVP_PKEY* key() const { return key_; }
  [[nodiscard]] X509* certificate() const { return certificate_; }
  void write(const std::filesystem::path& path) const {
    FILE* file = std::fopen(path.c_str(), "w");
    PEM_write_X509(file, certificate_);
    std::fclose(file);
  }

 private:
  EVP_PKEY* key_;
  X509* certificate_;
};

/// A server behind TLS that knows one model.
class SecureServer {
 public:
  explicit SecureServer(const Certificate& certificate)
      : server_(certificate.certificate(), certificate.key()) {
    server_.Get("/v1/models", [](const httplib::Request&, httplib::Response& reply) {
      reply.set_content(R"({"data": [{"id": "llmc-test"}]})", "application/json");
    });
    server_.Post("/v1/completions", [](const httplib::Request& request, httplib::Response& reply) {
      const std::string prompt = json::parse(request.body)["prompt"];
      reply.set_content(json{{"choices", {{{"text", prompt}}}}}.dump(), "application/json");
    });
    // Hangs up on long requests without reading them.
    server_.set_pre_routing_handler([](const httplib::Request& request, httplib::Response&) {
      const bool is_long = request.get_header_value<std::uint64_t>("Content-Length") > 1 << 20;
      return is_long ? httplib::Server::HandlerResponse::Handled
                     : httplib::Server::HandlerResponse::Unhandled;
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    // What the server writes to a client that is gone must not end the process either.
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
    pthread_sigmask(SIG_UNBLOCK, &pipe, nullptr);
    before_ = std::signal(SIGPIPE, SIG_DFL);
  }
  ~SecureServer() {
    server_.stop();
    thread_.join();
    std::signal(SIGPIPE, before_);
  }
  SecureServer(const SecureServer&) = delete;
  SecureServer& operator=(const SecureServer&) = delete;

  [[nodiscard]] HttpModelOptions options() const {
    HttpModelOptions options = options_for(fmt::format("https://127.0.0.1:{}/v1", port_));
    options.retries = 0;
    return options;
  }

 private:
  httplib::SSLServer server_;
  int port_ = 0;
  std::thread thread_;
  void (*before_)(int) = SIG_DFL;
};

TEST(HttpsModel, RefusesACertificateThatNobodyKnows) {
  const Certificate certificate;
  const SecureServer server(certificate);
  EXPECT_THAT(message_of(open_http_model(server.options())),
              HasSubstr("the server's certificate could not be verified; expected"));
}

TEST(HttpsModel, TakesACertificateThatTheSystemKnows) {
  const Certificate certificate;
  const TemporaryFolder folder = temporary_folder();
  certificate.write(folder.path() / "certificate.pem");
  setenv("SSL_CERT_FILE", (folder.path() / "certificate.pem").c_str(), 1);
  const SecureServer server(certificate);
  const auto model = take(open_http_model(server.options()));
  const std::string prompt(200'000, 'x');
  EXPECT_EQ(take(model->generate(greedy(prompt))).completions[0].text, prompt);
  unsetenv("SSL_CERT_FILE");
}

TEST(HttpsModel, OutlivesAServerThatHangsUp) {
  const Certificate certificate;
  const TemporaryFolder folder = temporary_folder();
  certificate.write(folder.path() / "certificate.pem");
  setenv("SSL_CERT_FILE", (folder.path() / "certificate.pem").c_str(), 1);
  const SecureServer server(certificate);
  const auto model = take(open_http_model(server.options()));
  EXPECT_THAT(message_of(model->generate(greedy(std::string(32 << 20, 'x')))),
              HasSubstr("the connection ended before a whole answer came"));
  unsetenv("SSL_CERT_FILE");
}

TEST(HttpsModel, SaysThatTheServerDoesNotSpeakTls) {
  test::StandIn server({});
  HttpModelOptions options = options_for(fmt::format("https://127.0.0.1:{}/v1", server.port()));
  options.connect_timeout = std::chrono::milliseconds(200);
  options.retries = 0;
  EXPECT_THAT(message_of(open_http_model(options)), HasSubstr("no secure connection; expected"));
}

}  // namespace
}  // namespace llmc
