-- Logged queries, hosts and matches of each VPC in the last 7 days.
SELECT vpc_id,
       count(*) AS logged_queries,
       count(DISTINCT srcaddr) AS hosts,
       count_if(isMatchedDomain = 'Y') AS matched
FROM route53query
WHERE day >= date_format(current_date - INTERVAL '7' DAY, '%Y/%m/%d')
GROUP BY 1
ORDER BY matched DESC, logged_queries DESC
