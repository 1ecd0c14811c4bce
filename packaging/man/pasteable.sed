# scdoc's output → pages whose words can be searched and pasted: no word is divided at the end of a
# line, and a hyphen is the one of ASCII, at which no line ends either (groff_man_style(7), `\-`).
/^\.TH /i\
.nr HY 0
/^[.']/b
# A list's mark and its place.
/^\\h'/b
s/\\-/-/g
s/-/\\-/g
