#pragma once
// Runs a child process as an unprivileged user.

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

namespace tvl::suite {

struct account {
  uid_t user;
  gid_t group;
};

// For a program that must not run as root: the account of this name, else "nobody". Empty when this process is not
// root. Throws not_installed when there is neither account.
std::optional<account> ordinary_account(const std::string& name);

// Makes a folder that only the owner (empty = this process's user) can enter. Throws std::system_error.
void make_private_folder(const std::filesystem::path&, const std::optional<account>& owner);

}  // namespace tvl::suite
