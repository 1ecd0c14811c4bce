// The properties, one function per file; each says whether all of its checks held.
#pragma once

namespace nvmf::property {

bool matcher_agrees_with_reference();
bool globs_agree_with_enumeration();
bool reachability_agrees_with_sampling();
bool difference_agrees_with_sampling();
bool target_difference_agrees_with_sampling();

} // namespace nvmf::property
