// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/docker_config/endpoint.hpp"

#include "docker_sandbox/base/text.hpp"
#include "support/errors.hpp"
#include "support/private_directory.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>

namespace docker_sandbox::docker_config {
namespace {

Endpoint resolve(const GlobalOptions& options, const Environment& environment = {}, const ConfigFile& config = {}) {
  return resolve_endpoint(options, environment, config);
}

GlobalOptions with_host(const std::string& host) {
  GlobalOptions options;
  options.hosts = {host};
  return options;
}

std::string failure(const GlobalOptions& options, const Environment& environment = {}, const ConfigFile& config = {}) {
  return support::message_of([&] { resolve_endpoint(options, environment, config); }, base::ErrorKind::bad_config);
}

TEST(ContextName, FollowsTheDockerClisOrder) {
  ConfigFile config;
  config.current_context = "current";
  GlobalOptions with_context;
  with_context.context = "option";
  const Environment both{{"DOCKER_HOST", "unix:///h"}, {"DOCKER_CONTEXT", "variable"}};
  EXPECT_EQ(resolve_context_name(with_context, both, config), "option");
  EXPECT_EQ(resolve_context_name(with_host(""), {{"DOCKER_CONTEXT", "variable"}}, config), "default");
  EXPECT_EQ(resolve_context_name({}, both, config), "default");
  EXPECT_EQ(resolve_context_name({}, {{"DOCKER_HOST", ""}, {"DOCKER_CONTEXT", "variable"}}, config), "variable");
  EXPECT_EQ(resolve_context_name({}, {}, config), "current");
  EXPECT_EQ(resolve_context_name({}, {}, {}), "default");
}

TEST(ContextName, HostTogetherWithContextIsRefused) {
  GlobalOptions options = with_host("unix:///s");
  options.context = "c";
  EXPECT_EQ(failure(options), "conflicting options: cannot specify both --host and --context");
}

TEST(Endpoint, DefaultsToTheSystemSocket) {
  const Endpoint endpoint = resolve({});
  EXPECT_EQ(endpoint.scheme, Scheme::unix_socket);
  EXPECT_EQ(endpoint.socket_path, "/var/run/docker.sock");
  EXPECT_EQ(endpoint.host, "unix:///var/run/docker.sock");
  EXPECT_EQ(endpoint.context_name, "default");
}

TEST(Endpoint, HostStringsMeanWhatTheDockerCliMakesOfThem) {
  EXPECT_EQ(resolve(with_host("unix://")).socket_path, "/var/run/docker.sock");
  EXPECT_EQ(resolve(with_host(" unix:///x y ")).socket_path, "/x y");
  EXPECT_EQ(resolve(with_host("tcp://")).host, "tcp://localhost:2375");
  EXPECT_EQ(resolve(with_host("tcp://h:1/base/")).base_path, "/base");
  EXPECT_EQ(resolve(with_host("tcp://[::1]:77")).address, "::1");
  EXPECT_EQ(resolve(with_host("tcp://[::1]:77")).port, 77);
  EXPECT_EQ(resolve(with_host("tcp://[::1]")).port, 2375);
  EXPECT_EQ(resolve(with_host("tcp://h:65535")).port, 65535);
  EXPECT_EQ(resolve(with_host("/var/run/docker.sock")).host, "tcp://localhost:2375/var/run/docker.sock");
  const Endpoint ssh = resolve(with_host("ssh://me@box:22/run/d.sock"));
  EXPECT_EQ(ssh.scheme, Scheme::ssh);
  EXPECT_EQ(ssh.user, "me");
  EXPECT_EQ(ssh.address, "box");
  EXPECT_EQ(ssh.port, 22);
  EXPECT_EQ(ssh.base_path, "/run/d.sock");
}

TEST(Endpoint, BadHostStringsAreRefused) {
  EXPECT_EQ(failure(with_host("foo://x")), "invalid bind address format: foo://x");
  EXPECT_NE(failure(with_host("tcp://h:port")), "");
  EXPECT_NE(failure(with_host("tcp://h:65536")), "");
  EXPECT_NE(failure(with_host("tcp://h:-1")), "");
  EXPECT_NE(failure(with_host("ssh://me:secret@box")).find("password is not supported"), std::string::npos);
  EXPECT_EQ(failure(with_host("ssh://me:secret@box")).find("secret"), std::string::npos);
  EXPECT_NE(failure(with_host("ssh://-oProxyCommand=x")), "");
  EXPECT_EQ(failure(with_host("tcp://[::1")), "unable to parse docker host `tcp://[::1`");
  EXPECT_EQ(failure(with_host("tcp://[::1]2375")), "unable to parse docker host `tcp://[::1]2375`");
  EXPECT_EQ(failure(with_host("tcp://[::1]2")), "unable to parse docker host `tcp://[::1]2`");
  EXPECT_EQ(failure(with_host("tcp://::1:2375")), "unable to parse docker host `tcp://::1:2375`");
  EXPECT_EQ(failure(with_host("ssh://box?x=1")), "invalid SSH URL: query and fragment are not allowed");
  EXPECT_EQ(failure(with_host("ssh://me@")), "invalid SSH URL: no host specified");
  GlobalOptions two;
  two.hosts = {"unix:///a", "unix:///b"};
  EXPECT_NE(failure(two).find("specify only one -H"), std::string::npos);
}

class Files : public ::testing::Test {
 protected:
  Files() { config_.directory = directory_.path(); }

  void write(const std::string& path, const std::string& text) const {
    const std::filesystem::path full = std::filesystem::path(config_.directory) / path;
    std::filesystem::create_directories(full.parent_path());
    std::ofstream(full) << text;
  }

  const support::PrivateDirectory directory_;
  ConfigFile config_;
};

TEST_F(Files, TlsWithoutACaIsAnErrorEvenForASocket) {
  EXPECT_NE(
      failure({}, {{"DOCKER_TLS_VERIFY", "0"}, {"DOCKER_HOST", "unix:///s"}}, config_).find("ca.pem: no such file"),
      std::string::npos);
}

TEST_F(Files, TlsWishMovesTheDefaultHost) {
  write("ca.pem", "x");
  const Endpoint endpoint = resolve({}, {{"DOCKER_TLS_VERIFY", "1"}}, config_);
  EXPECT_EQ(endpoint.host, "tcp://localhost:2376");
  ASSERT_TRUE(endpoint.tls);
  EXPECT_TRUE(endpoint.tls->verify);
  EXPECT_EQ(endpoint.tls->certificate, "");
}

TEST_F(Files, TlsIsWhatOptionsAndThenVariablesAskFor) {
  write("ca.pem", "x");
  // Whether the engine has to prove who it is; nothing where no TLS is spoken.
  const auto verifies = [&](GlobalOptions options, const Environment& environment = {}) {
    options.hosts = {"tcp://h:1"};
    const Endpoint endpoint = resolve(options, environment, config_);
    return endpoint.tls ? std::optional(endpoint.tls->verify) : std::nullopt;
  };
  EXPECT_EQ(verifies({}), std::nullopt);
  EXPECT_EQ(verifies({}, {{"DOCKER_TLS", "1"}}), false);
  EXPECT_EQ(verifies({}, {{"DOCKER_TLS_VERIFY", "0"}}), true) << "any text is on";
  EXPECT_EQ(verifies({}, {{"DOCKER_TLS", ""}, {"DOCKER_TLS_VERIFY", ""}}), std::nullopt);
  EXPECT_EQ(verifies({.tls = true}), false);
  EXPECT_EQ(verifies({.tls = false}, {{"DOCKER_TLS", "1"}}), std::nullopt);
  EXPECT_EQ(verifies({.tls_verify = true}), true);
  EXPECT_EQ(verifies({.tls_verify = false}, {{"DOCKER_TLS_VERIFY", "1"}}), false) << "also a wish for TLS";
}

TEST_F(Files, AContextWithoutTlsFilesSpeaksTlsOnlyWhereItSkipsTheProof) {
  const std::string meta = "contexts/meta/" + base::sha256_hex("far") + "/meta.json";
  GlobalOptions options;
  options.context = "far";
  write(meta, R"({"Name":"far","Endpoints":{"docker":{"Host":"tcp://far:9"}}})");
  EXPECT_FALSE(resolve(options, {}, config_).tls);
  write(meta, R"({"Name":"far","Endpoints":{"docker":{"Host":"tcp://far:9","SkipTLSVerify":true}}})");
  const Endpoint endpoint = resolve(options, {}, config_);
  ASSERT_TRUE(endpoint.tls);
  EXPECT_FALSE(endpoint.tls->verify);
}

TEST_F(Files, AContextGivesHostAndTlsFiles) {
  const std::string hash = base::sha256_hex("far");
  write("contexts/meta/" + hash + "/meta.json",
        R"({"Name":"far","Endpoints":{"docker":{"Host":"tcp://far:9","SkipTLSVerify":true}}})");
  write("contexts/tls/" + hash + "/docker/ca.pem", "x");
  GlobalOptions options;
  options.context = "far";
  const Endpoint endpoint = resolve(options, {{"DOCKER_TLS_VERIFY", "1"}}, config_);
  EXPECT_EQ(endpoint.host, "tcp://far:9");
  EXPECT_EQ(endpoint.context_name, "far");
  ASSERT_TRUE(endpoint.tls);
  EXPECT_FALSE(endpoint.tls->verify);
  EXPECT_EQ(endpoint.tls->ca_certificate, config_.directory + "/contexts/tls/" + hash + "/docker/ca.pem");
}

TEST_F(Files, AnUnknownContextIsNamed) {
  GlobalOptions options;
  options.context = "nosuch";
  const std::string words = failure(options, {}, config_);
  EXPECT_NE(words.find("context \"nosuch\": context not found: open "), std::string::npos) << words;
}

TEST_F(Files, AContextWithoutAHostIsTheEngineOfThisMachine) {
  GlobalOptions options;
  options.context = "near";
  for (const char* docker : {"{}", R"({"Host":""})", R"({"Host":null})"}) {
    write("contexts/meta/" + base::sha256_hex("near") + "/meta.json",
          std::string(R"({"Name":"near","Endpoints":{"docker":)") + docker + "}}");
    EXPECT_EQ(resolve(options, {}, config_).host, "unix:///var/run/docker.sock") << docker;
  }
}

TEST_F(Files, AContextThatNamesNoEngineSaysWhatIsWrongWithIt) {
  const std::string meta = "contexts/meta/" + base::sha256_hex("half") + "/meta.json";
  GlobalOptions options;
  options.context = "half";
  write(meta, "{");
  EXPECT_NE(failure(options, {}, config_).find("meta.json is not valid JSON"), std::string::npos);
  write(meta, R"({"Name":"half","Endpoints":{"kubernetes":{}}})");
  EXPECT_NE(failure(options, {}, config_).find("cannot find docker endpoint in context"), std::string::npos);
  write(meta, R"({"Name":"half","Endpoints":{"docker":"tcp://far:9"}})");
  EXPECT_NE(failure(options, {}, config_).find("cannot find docker endpoint in context"), std::string::npos);
  write(meta, R"({"Name":"half","Endpoints":{"docker":{"Host":["tcp://far:9"]}}})");
  EXPECT_NE(failure(options, {}, config_).find("the host of its docker endpoint is not a string"), std::string::npos);
}

TEST_F(Files, AFileForTlsThatWasNamedMustBeThere) {
  GlobalOptions options = with_host("tcp://far:9");
  options.tls_verify = true;
  options.tls_ca_certificate = config_.directory + "/nowhere.pem";
  EXPECT_EQ(failure(options, {}, config_),
            "unable to resolve docker endpoint: open " + config_.directory + "/nowhere.pem: no such file or directory");
}

TEST_F(Files, ABrokenConfigFileIsWarnedOfWithoutItsText) {
  write("config.json", R"({"auths":{"x":{"auth":"SECRET"}},)");
  GlobalOptions options;
  options.config_directory = config_.directory;
  const ConfigFile config = load_config_file(options, {});
  ASSERT_TRUE(config.warning);
  EXPECT_NE(config.warning->find("WARNING: Error parsing config file"), std::string::npos);
  EXPECT_EQ(config.warning->find("SECRET"), std::string::npos);
}

TEST_F(Files, AConfigFileThatIsNestedDeeplyNeedsNoStack) {
  constexpr std::size_t k_levels = 250'000;
  const std::string deep = std::string(k_levels, '[') + std::string(k_levels, ']');
  write("config.json",
        R"({"auths":{"a":{"x":)" + deep + R"(}},"plugins":{"b":{"x":)" + deep + R"(}},"currentContext":"c"})");
  EXPECT_EQ(load_config_file({}, {{"DOCKER_CONFIG", config_.directory}}).current_context, "c");
}

TEST_F(Files, TheConfigFileIsRead) {
  write("config.json", R"({"currentContext":"c","credsStore":"s","detachKeys":"ctrl-a","HttpHeaders":{"X-A":"1",
    "User-Agent":"me"},"auths":{"r":{"auth":"YTpi"}},"proxies":{"default":{"httpProxy":"http://p"}},
    "plugins":{"sandbox":{"lsFormat":"{{.ID}}"},"x":{"y":"z"}},"other":[1]})");
  const ConfigFile config = load_config_file({}, {{"DOCKER_CONFIG", config_.directory}});
  EXPECT_FALSE(config.warning);
  EXPECT_EQ(config.current_context, "c");
  EXPECT_EQ(config.credentials_store, "s");
  EXPECT_EQ(config.detach_keys, "ctrl-a");
  EXPECT_EQ(config.ls_format, "{{.ID}}");
  EXPECT_EQ(config.proxies.at("default").http_proxy, "http://p");
  EXPECT_EQ(custom_headers(config, {}), (std::map<std::string, std::string>{{"X-A", "1"}}));
}

TEST(Proxies, AreVariablesInBothCases) {
  ConfigFile config;
  config.proxies["default"] = {
      .http_proxy = "h", .https_proxy = "s", .no_proxy = "n", .ftp_proxy = "f", .all_proxy = "a"};
  EXPECT_EQ(proxy_variables(config, "unix:///x"), (std::map<std::string, std::string>{{"HTTP_PROXY", "h"},
                                                                                      {"http_proxy", "h"},
                                                                                      {"HTTPS_PROXY", "s"},
                                                                                      {"https_proxy", "s"},
                                                                                      {"NO_PROXY", "n"},
                                                                                      {"no_proxy", "n"},
                                                                                      {"FTP_PROXY", "f"},
                                                                                      {"ftp_proxy", "f"},
                                                                                      {"ALL_PROXY", "a"},
                                                                                      {"all_proxy", "a"}}));
}

TEST(Proxies, OfAnEngineTakeThePlaceOfTheDefaultOnesAsAWhole) {
  ConfigFile config;
  EXPECT_TRUE(proxy_variables(config, "tcp://a:1").empty());
  config.proxies["tcp://a:1"] = {.no_proxy = "n"};
  config.proxies["tcp://b:1"] = {};
  EXPECT_TRUE(proxy_variables(config, "tcp://c:1").empty());
  config.proxies["default"] = {.http_proxy = "h"};
  EXPECT_EQ(proxy_variables(config, "tcp://a:1"),
            (std::map<std::string, std::string>{{"NO_PROXY", "n"}, {"no_proxy", "n"}}));
  EXPECT_TRUE(proxy_variables(config, "tcp://b:1").empty());
  EXPECT_EQ(proxy_variables(config, "tcp://c:1").size(), 2U);
}

TEST(CustomHeaders, TheVariableReplacesTheConfiguredOnes) {
  ConfigFile config;
  config.http_headers = {{"X-A", "1"}};
  EXPECT_EQ(custom_headers(config, {{"DOCKER_CUSTOM_HEADERS", R"(X-B=2,"X-C=3,4")"}}),
            (std::map<std::string, std::string>{{"X-B", "2"}, {"X-C", "3,4"}}));
  EXPECT_THROW(custom_headers(config, {{"DOCKER_CUSTOM_HEADERS", "novalue"}}), base::Error);
  EXPECT_THROW(custom_headers(config, {{"DOCKER_CUSTOM_HEADERS", "\"open"}}), base::Error);
}

TEST(CustomHeaders, HaveNoLineBreakWithWhichAnotherHeaderCouldBegin) {
  ConfigFile config;
  config.http_headers = {{"X-A", "1\r\nX-B: 2"}};
  EXPECT_THROW(custom_headers(config, {}), base::Error);
  EXPECT_THROW(custom_headers({}, {{"DOCKER_CUSTOM_HEADERS", "\"X-A=1\nX-B: 2\""}}), base::Error);
}

}  // namespace
}  // namespace docker_sandbox::docker_config
