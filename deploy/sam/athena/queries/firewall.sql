-- What DNS Firewall did in the last 7 days, beside whether the name is an interesting domain.
SELECT firewall_rule_action,
       firewall_domain_list_id,
       query_name,
       isMatchedDomain,
       count(*) AS logged_queries
FROM route53query
WHERE firewall_rule_action IS NOT NULL
  AND day >= date_format(current_date - INTERVAL '7' DAY, '%Y/%m/%d')
GROUP BY 1, 2, 3, 4
ORDER BY logged_queries DESC, query_name
