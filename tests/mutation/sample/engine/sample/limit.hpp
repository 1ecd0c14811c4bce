int limited(int value, int limit);
int sevens(int value);
const char* text();
