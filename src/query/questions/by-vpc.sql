-- Logged queries, hosts and matches of each VPC.
SELECT vpc_id,
       count(*) AS logged_queries,
       count(DISTINCT srcaddr) AS hosts,
       count_if(isMatchedDomain = 'Y') AS matched
FROM route53query
GROUP BY vpc_id
ORDER BY matched DESC, logged_queries DESC
