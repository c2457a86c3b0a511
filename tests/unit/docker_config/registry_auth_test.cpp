// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/docker_config/registry_auth.hpp"

#include "docker_sandbox/base/text.hpp"
#include "support/private_directory.hpp"
#include "support/scoped_variable.hpp"
#include "support/waiting.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace docker_sandbox::docker_config {
namespace {

std::string header_of(const std::string& image, const ConfigFile& config, const Environment& environment = {},
                      std::string* warning = nullptr, std::chrono::milliseconds patience = k_helper_patience) {
  std::string ignored;
  std::string text =
      registry_auth_header(image, config, environment, warning == nullptr ? &ignored : warning, patience);
  for (char& c : text) {
    c = c == '-' ? '+' : c == '_' ? '/' : c;
  }
  return base::base64_decode(text).value_or("not base64");
}

TEST(RegistryKey, IsTheFirstPartWhenThatIsAHost) {
  EXPECT_EQ(registry_key("docker/sandbox-templates:gemini"), "https://index.docker.io/v1/");
  EXPECT_EQ(registry_key("busybox"), "https://index.docker.io/v1/");
  EXPECT_EQ(registry_key("docker.io/library/busybox"), "https://index.docker.io/v1/");
  EXPECT_EQ(registry_key("localhost/x"), "localhost");
  EXPECT_EQ(registry_key("127.0.0.1:5000/x:1"), "127.0.0.1:5000");
  EXPECT_EQ(registry_key("ghcr.io/a/b@sha256:00"), "ghcr.io");
}

TEST(RegistryAuth, WithoutALoginIsAnEmptyObject) {
  EXPECT_EQ(header_of("busybox", {}), "{}");
}

TEST(RegistryAuth, AuthsAreFoundByTheirHostName) {
  ConfigFile config;
  config.auths["https://r.example/v2/"].auth = base::base64_encode("me:p:w");
  EXPECT_EQ(header_of("r.example/x", config), R"({"password":"p:w","serveraddress":"r.example","username":"me"})");
  EXPECT_EQ(header_of("other.example/x", config), "{}");
}

TEST(RegistryAuth, TheEnvironmentComesFirst) {
  ConfigFile config;
  config.auths["r.example"].auth = base::base64_encode("me:pw");
  const Environment environment{
      {"DOCKER_AUTH_CONFIG", R"({"auths":{"r.example":{"auth":")" + base::base64_encode("ci:token") + R"("}}})"}};
  EXPECT_NE(header_of("r.example/x", config, environment).find("\"ci\""), std::string::npos);
}

TEST(RegistryAuth, AnEnvironmentThatIsNestedDeeplyNeedsNoStack) {
  constexpr std::size_t k_levels = 250'000;
  const std::string deep = std::string(k_levels, '[') + std::string(k_levels, ']');
  EXPECT_EQ(header_of("r.example/x", {}, {{"DOCKER_AUTH_CONFIG", R"({"auths":{"r.example":)" + deep + "}}"}}), "{}");
}

/// Is asked for "r.example"; found through PATH, which every process that it starts has in its environment.
class CredentialHelper : public testing::Test {
 protected:
  CredentialHelper() { config_.credential_helpers["r.example"] = "probe"; }

  void does(const std::string& script) {
    const std::string program = directory_.path() + "/docker-credential-probe";
    std::ofstream(program) << "#!/bin/sh\n" << script;
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  }

  std::string ask(std::chrono::milliseconds patience = k_helper_patience, const std::string& image = "r.example/x") {
    return header_of(image, config_, {{"PATH", std::getenv("PATH")}}, &warning_, patience);
  }

  bool lives_on() const {
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      std::ifstream environment(entry.path() / "environ", std::ios::binary);
      const std::string text((std::istreambuf_iterator<char>(environment)), {});
      if (text.find("PATH=" + directory_.path()) != std::string::npos) {
        return true;
      }
    }
    return false;
  }

  /// A killed process takes a moment to go.
  bool is_gone() const {
    return support::comes_true([this] { return !lives_on(); });
  }

  const support::PrivateDirectory directory_;
  /// The helper is looked up in our own PATH.
  const support::ScopedVariable path_{"PATH", directory_.path() + ":" + std::getenv("PATH")};
  ConfigFile config_;
  std::string warning_;
};

constexpr const char* k_answer = "echo '{\"ServerURL\":\"r.example\",\"Username\":\"<token>\",\"Secret\":\"t0k\"}'\n";
constexpr const char* k_login = R"({"identitytoken":"t0k","serveraddress":"r.example"})";
constexpr const char* k_complaint = "error getting credentials from docker-credential-probe: ";
constexpr std::chrono::seconds k_short{2};

TEST_F(CredentialHelper, OfTheRegistryIsAsked) {
  does(std::string("read -r key\n[ \"$1 $key\" = 'get r.example' ] || { echo \"asked $1 $key\"; exit 1; }\n") +
       k_answer);
  EXPECT_EQ(ask(), k_login);
  EXPECT_EQ(warning_, "");
  config_.credentials_store = "probe";
  EXPECT_EQ(ask(k_helper_patience, "other.example/x"), "{}");
  EXPECT_NE(warning_.find("asked get other.example"), std::string::npos) << warning_;
}

TEST_F(CredentialHelper, ThatHangsIsKilledWithItsChildren) {
  for (const char* script :
       {"sleep 1000 & wait\n", "exec >&- 2>&-\nsleep 1000 & wait\n", "trap '' TERM\nsleep 1000\n"}) {
    does(script);
    EXPECT_EQ(ask(k_short), "{}");
    EXPECT_EQ(warning_, std::string(k_complaint) + "it did not end within 2 s; going on without a login for r.example");
    EXPECT_TRUE(is_gone()) << script;
  }
}

TEST_F(CredentialHelper, ThatFloodsItsOutputIsKilled) {
  for (const char* script : {"yes\n", "yes >&2\n"}) {
    does(script);
    EXPECT_EQ(ask(), "{}");
    EXPECT_EQ(warning_, std::string(k_complaint) + "it wrote more than 16 MiB; going on without a login for r.example");
    EXPECT_TRUE(is_gone()) << script;
  }
}

TEST_F(CredentialHelper, ThatASignalEndsIsToldSo) {
  does(std::string(k_answer) + "kill -KILL $$\n");
  EXPECT_EQ(ask(), "{}");
  EXPECT_EQ(warning_, std::string(k_complaint) + "signal 9 ended it; going on without a login for r.example");
}

TEST_F(CredentialHelper, ThatFailsWithoutAWordIsToldByItsStatus) {
  does("exit 3\n");
  EXPECT_EQ(ask(), "{}");
  EXPECT_EQ(warning_, std::string(k_complaint) + "it ended with status 3; going on without a login for r.example");
}

TEST_F(CredentialHelper, MayLeaveAChildThatHoldsItsOutputs) {
  does(std::string("sleep 1000 &\n") + k_answer);
  EXPECT_EQ(ask(), k_login);
  EXPECT_EQ(warning_, "");
  EXPECT_TRUE(is_gone());
}

TEST(RegistryAuth, AMissingHelperIsAWarning) {
  ConfigFile config;
  config.credentials_store = "no-such-helper-anywhere";
  std::string warning;
  EXPECT_EQ(header_of("busybox", config, {}, &warning), "{}");
  EXPECT_NE(warning.find("docker-credential-no-such-helper-anywhere"), std::string::npos);
}

}  // namespace
}  // namespace docker_sandbox::docker_config
