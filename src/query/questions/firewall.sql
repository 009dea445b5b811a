-- What DNS Firewall did, beside whether the name is an interesting domain.
SELECT firewall_rule_action,
       firewall_domain_list_id,
       query_name,
       isMatchedDomain,
       count(*) AS logged_queries
FROM route53query
WHERE firewall_rule_action IS NOT NULL
GROUP BY firewall_rule_action, firewall_domain_list_id, query_name, isMatchedDomain
ORDER BY logged_queries DESC, query_name
