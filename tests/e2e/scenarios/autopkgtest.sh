# needs: packages
# timeout: 600
# The Debian package's own tests, as autopkgtest runs them on a machine of their own.
dpkg --install nvmf-policy.deb >install.txt 2>&1 || { cat install.txt; exit 1; }
. ./lib.sh
for test in installed connects; do
	step "$test"
	"tests/$test" >"$WORK/test" 2>&1 || fail "exit status $?: $(cat "$WORK/test")"
done

step "what is left"
expect "controllers" "" "$(controllers)"
expect "switched on" disabled "$(systemctl is-enabled nvmf-policy.service || true)"
expect "the policy" "" "$(diff /usr/share/nvmf/autoconnect.yaml /etc/nvmf/autoconnect.yaml)"
