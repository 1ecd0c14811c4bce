#include <string>

int limited(int value, int limit);
int sevens(int value);
std::string text(const std::string& name);
