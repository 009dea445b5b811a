# Marks by the last two labels of the name (jq has no suffix list); $domains: an object whose keys are the domains.
(.query_name | ascii_downcase | rtrimstr(".") | split(".") | .[-2:] | join(".")) as $domain
| .isMatchedDomain = (if $domains[0][$domain] then "Y" else "N" end)
