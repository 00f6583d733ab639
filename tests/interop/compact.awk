# Prints a JSON text on one line: white space outside strings goes away, nothing else changes.
{
  text = text (NR > 1 ? "\n" : "") $0
}
END {
  n = length(text); quoted = 0; out = ""; start = 1
  for (i = 1; i <= n; i++) {
    c = substr(text, i, 1)
    if (quoted) {
      if (c == "\\") i++
      else if (c == "\"") quoted = 0
    } else if (c == "\"") quoted = 1
    else if (c ~ /[ \n\t\r]/) { out = out substr(text, start, i - start); start = i + 1 }
  }
  print out substr(text, start)
}
