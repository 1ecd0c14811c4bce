// The text that is written to /dev/nvme-fabrics: `nqn=…,transport=tcp,traddr=…`.
//
// One builder makes both the string for the kernel and the one that is shown; they differ only
// where a reference replaces a value, so that a dry run and the executor agree byte for byte.
// Order of the options: nvme-cli's (the kernel, drivers/nvme/host/fabrics.c nvmf_parse_options,
// takes any).
#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"
#include "decide/facts.hpp"
#include "plan/plan.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace nvmf::fabrics {

// The values of the options that a policy states by reference: for the DH-CHAP secrets the
// `DHHC-1:` text, for `keyring` and `tls_key` the serial number of the key as `0x%08x`.
using ResolvedSecrets = std::map<base::OptionId, base::Secret>;

// The string for the kernel. Fails, naming the option, when a value is missing, is not valid in an
// option string (comma, blank, control or non-ASCII character: the kernel knows no escape), or when
// the whole is longer than a page. Nothing is left out: an option that must not be written is not
// in `item`.
base::Result<base::Secret> option_string(const plan::Item& item, const ResolvedSecrets& secrets);

// The same with `<credential:NAME>`, `<keyring:NAME>` or `<file:PATH>` in place of a reference.
base::Result<std::string> redacted_option_string(const plan::Item& item);

// The kernel's names of all options that the string uses, in its order.
std::vector<std::string> option_names(const plan::Item& item);

// Those of them that a kernel with these options lacks.
std::vector<std::string> missing_options(const plan::Item& item,
                                         const decide::KernelOptions& kernel_options);

// The options whose values are references: dhchap_secret, dhchap_ctrl_secret, keyring, tls_key.
std::map<base::OptionId, base::SecretRef> references(const plan::Item& item);

} // namespace nvmf::fabrics
